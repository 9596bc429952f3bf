// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

extension SQLiteOutbox: JobStore {
    package func counts(
        _ selection: MessageSelection,
        for kind: Decision.Kind
    ) async throws(StoreError) -> [SelectionCount] {
        try await read { try JobWork(database: $0).counts(selection, for: kind) }
    }

    package func begin(_ order: JobOrder, at now: Timestamp) async throws(StoreError) -> Job {
        try await writes.perform { database, _ in try JobWork(database: database).begin(order, at: now) }
    }

    package func job(_ id: JobID) async throws(StoreError) -> Job? {
        try await read { try JobTable(database: $0).job(id) }
    }

    package func jobs(_ filter: JobFilter) async throws(StoreError) -> Page<Job> {
        try await read { try JobTable(database: $0).jobs(filter) }
    }

    package func change(
        _ change: JobChange,
        of id: JobID,
        by who: String,
        at now: Timestamp
    ) async throws(StoreError) -> Job {
        try await writes.perform { database, _ in
            try JobWork(database: database).change(change, of: id, by: who, at: now)
        }
    }

    package func step(_ id: JobID, at now: Timestamp) async throws(StoreError) -> Job? {
        let keys = times(at: now).keys
        return try await writes.perform { database, effects in
            try JobWork(database: database).step(id, at: now, keys: keys, effects: &effects)
        }
    }
}
