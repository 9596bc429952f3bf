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

    package func event(_ id: EventID, messages most: Int) async throws(StoreError) -> StoredEvent? {
        try await read { try EventReading(database: $0).event(id, messages: most) }
    }

    package func secretUses(of source: String, newest limit: Int) async throws(StoreError) -> SecretUses {
        try await read { try EventReading(database: $0).secretUses(of: source, newest: limit) }
    }

    package func bodies(of ids: [EventID], first bytes: Int) async throws(StoreError) -> [EventID: [UInt8]] {
        try await read { try EventReading(database: $0).bodies(of: ids, first: bytes) }
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

    package func leavingNext(limit: Int) async throws(StoreError) -> [Message] {
        try await read { try MessageReading(database: $0).leavingNext(limit: limit) }
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

    package func growth(
        since start: ListEnds?,
        through end: ListEnds?,
        upTo bound: Int
    ) async throws(StoreError) -> Growth {
        try await read { database in
            func newest(of table: String) throws -> Int64 {
                try database.row("SELECT ifnull(max(seq), 0) FROM \(table)", []) { $0[0] as Int64 } ?? 0
            }
            func count(_ table: String, _ start: Int64?, _ end: Int64?) throws -> Int {
                guard let start else { return 0 }
                let rows = "SELECT 1 FROM \(table) WHERE seq > ? AND seq <= ? LIMIT ?"
                let found = try database.row("SELECT count(*) FROM (\(rows))", [start, end ?? .max, bound]) {
                    $0[0] as Int
                }
                return found ?? 0
            }
            return Growth(
                ends: ListEnds(event: try newest(of: "events"), message: try newest(of: "messages")),
                events: try count("events", start?.event, end?.event),
                messages: try count("messages", start?.message, end?.message)
            )
        }
    }

    package func countsByState(of rule: String, newest limit: Int) async throws(StoreError) -> [MessageState: Int] {
        try await read { try MessageReading(database: $0).countsByState(of: rule, newest: limit) }
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
