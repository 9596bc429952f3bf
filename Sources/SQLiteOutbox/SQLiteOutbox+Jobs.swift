// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import GRDB
package import Messages
import NIOConcurrencyHelpers
package import Outbox

extension SQLiteOutbox: JobStore {
    package func counts(
        _ selection: MessageSelection,
        for kind: Decision.Kind
    ) async throws(StoreError) -> [SelectionCount] {
        try await read { try JobWork(database: $0).counts(selection, for: kind) }
    }

    package func job(_ id: JobID) async throws(StoreError) -> Job? {
        try await read { try JobTable(database: $0).job(id) }
    }

    package func job(ofKey key: String) async throws(StoreError) -> Job? {
        try await read { try JobTable(database: $0).job(key: key) }
    }

    package func jobs(_ filter: JobFilter) async throws(StoreError) -> Page<Job> {
        try await read { try JobTable(database: $0).jobs(filter) }
    }

    /// On the writer's connection, whose `data_version` changes with the commits of others alone.
    ///
    /// A transaction that writes nothing waits for no disk. The version is known from the commit on, as a write that shares its
    /// transaction may fail, and both are run again.
    package func heedOthers() async throws(StoreError) -> Bool {
        let known = dataVersion.withLockedValue(\.self)
        let version = try await writes.perform { database, effects in
            let version = try database.row("PRAGMA data_version", []) { $0[0] as Int64 }
            if known != nil, known != version { (effects.wakes, effects.wakesBuilder) = (true, true) }
            return version
        }
        dataVersion.withLockedValue { $0 = version }
        return true
    }

    package func step(_ id: JobID, at now: Timestamp) async throws(StoreError) -> Job? {
        let keys = times(at: now).keys
        return try await writes.perform { database, effects in
            try JobWork(database: database).step(id, at: now, keys: keys, effects: &effects)
        }
    }

    // MARK: Replays

    package func count(_ scope: ReplayScope) async throws(StoreError) -> Int {
        try await read { try ReplayReading(database: $0).count(scope) }
    }

    package func events(
        _ scope: ReplayScope,
        after place: Int64,
        upTo bound: Int64,
        limit: Int
    ) async throws(StoreError) -> [PlacedEvent] {
        try await read { try ReplayReading(database: $0).events(scope, after: place, upTo: bound, limit: limit) }
    }

    package func holders(of facts: [Fact], at now: Timestamp) async throws(StoreError) -> [Fact: FactHolder] {
        guard !facts.isEmpty else { return [:] }
        let keys = times(at: now).keys
        return try await read { database in
            let table = FactTable(database: database)
            let known = try Set(facts).map { ($0, try table.holder(of: $0)) }
            return Dictionary(known.compactMap { fact, holder in holder.map { (fact, $0) } }) { first, _ in first }
        }.held(at: now, keys: keys)
    }

    package func replay(_ batch: ReplayBatch, of id: JobID, at now: Timestamp) async throws(StoreError) -> Job? {
        let keys = times(at: now).keys
        return try await writes.perform { database, effects in
            try ReplayWork(database: database, keys: keys).store(batch, of: id, at: now, effects: &effects)
        }
    }
}
