// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Foundation
import GRDB
package import Messages
package import Outbox

extension SQLiteOutbox {
    package func expiredLeases(at now: Timestamp, limit: Int) async throws(StoreError) -> [ClaimedMessage] {
        try await read { try MessageWork(database: $0).expired(at: now, limit: limit) }
    }

    package func event(_ id: EventID) async throws(StoreError) -> StoredEvent? {
        try await read { try EventReading(database: $0).event(id) }
    }

    package func events(_ filter: EventFilter) async throws(StoreError) -> Page<EventSummary> {
        try await read { try EventReading(database: $0).events(filter) }
    }

    package func archive(after cursor: PageCursor?, limit: Int) async throws(StoreError) -> Page<ArchivedEvent> {
        try await read { try ArchiveReading(database: $0).events(after: cursor, limit: limit) }
    }

    package func message(_ id: MessageID) async throws(StoreError) -> MessageDetail? {
        try await read { try MessageReading(database: $0).message(id) }
    }

    package func messages(_ filter: MessageFilter) async throws(StoreError) -> Page<Message> {
        try await read { try MessageReading(database: $0).messages(filter) }
    }

    package func rejections(_ filter: RejectionFilter) async throws(StoreError) -> Page<Rejection> {
        try await read { try RejectionReading(database: $0).rejections(filter) }
    }

    package func count(_ filter: EventFilter, upTo bound: Int) async throws(StoreError) -> Int {
        try await read { try EventReading(database: $0).list(filter).count($0, upTo: bound) }
    }

    package func count(_ filter: MessageFilter, upTo bound: Int) async throws(StoreError) -> Int {
        try await read { try MessageReading(database: $0).list(filter).count($0, upTo: bound) }
    }

    package func countsByState() async throws(StoreError) -> [MessageState: Int] {
        try await read { try MessageReading(database: $0).countsByState() }
    }

    /// Reads a snapshot on a reader connection, which sees every commit that returned before.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        guard !writes.isClosed else { throw StoreError(.closed, "the store is closed") }
        do {
            return try await pool.read(body)
        } catch {
            throw StoreError(error)
        }
    }
}
