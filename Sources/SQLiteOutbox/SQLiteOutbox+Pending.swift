// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

extension SQLiteOutbox: PendingEventStore {
    package func pendingEvents(of source: String, limit: Int) async throws(StoreError) -> [PendingEvent.Due] {
        try await read { try LookUpTable(database: $0).due(of: source, limit: limit) }
    }

    package func pendingEvent(_ id: EventID) async throws(StoreError) -> PendingEvent? {
        try await read { try LookUpTable(database: $0).pending(id) }
    }

    package func pendingCounts() async throws(StoreError) -> [String: Int] {
        try await read { try LookUpTable(database: $0).counts() }
    }

    package func postpone(_ id: EventID, until time: Timestamp, because reason: String) async throws(StoreError) {
        try await writes.perform { database, _ in
            try LookUpTable(database: database).postpone(id, until: time, because: reason)
        }
    }

    package func conclude(_ evaluation: LateEvaluation, at now: Timestamp) async throws(StoreError) -> Receipt? {
        let keys = times(at: now).keys
        return try await writes.perform { database, effects in
            try LookUpTable(database: database).conclude(evaluation, at: now, keys: keys, effects: &effects)
        }
    }
}
