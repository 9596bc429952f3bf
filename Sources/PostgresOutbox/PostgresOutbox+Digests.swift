// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Messages
package import Outbox
import PostgresConnection

/// Events that share a message. Every node may build what is due: of what two have built the first one's is taken, and the
/// other hears that it is over.
extension PostgresOutbox: DigestStore {
    package func dueDigests(at now: Timestamp, limit: Int) async throws(StoreError) -> DueDigests {
        let time = options.usesDatabaseClock ? nil : now
        return try await read { try DigestRows.due(at: time, limit: limit, &$0) }
    }

    package func close(_ closings: [DigestClosing], at now: Timestamp) async throws(StoreError) -> [DigestResult] {
        let work = DigestClosingWork(now: now, keys: keys(at: now))
        return try await change(again: true) { effects, transaction in
            let results = try work.close(closings, &effects, &transaction)
            // What is over may have been queued by this node itself, with a commit of which nobody heard.
            if results.contains(.became(.queued)) || results.contains(.over) { effects.wakes = true }
            return results
        }
    }

    package func openDigests() async throws(StoreError) -> Int {
        try await ask { try DigestRows.count(&$0) }
    }

    package func digestCalls() -> AsyncStream<Void> {
        wakeUpCalls.digestStream()
    }
}
