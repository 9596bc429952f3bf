// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox
import PostgresConnection

// Who may do what, and what was done by hand.

extension PostgresOutbox: ActionStore {
    package func carryOut(_ action: OperatorAction, once: OnceRequest?) async throws(StoreError) -> ActionOutcome {
        do {
            let survey = try await survey(action)
            let work = ActionWork(action: action, once: once, keys: keys(at: action.at), survey: survey)
            // Under a key it is found again, if it was done and nobody heard.
            return try await change(again: once != nil) { try work.run(&$0, &$1) }
        } catch {
            if error.code == .notFound || error.code == .conflict {
                try await record(action.line(.failure(error)), taking: nil)
            }
            throw error
        }
    }

    package func use(ofActionKey key: IdempotencyKey, at now: Timestamp) async throws(StoreError) -> IdempotencyUse? {
        let keys = keys(at: now)
        guard try await read({ try IdempotencyRows.use(of: key, at: keys, &$0)?.use }) != nil else { return nil }
        return try await write(again: true) {
            try IdempotencyRows.countedUse(of: key, at: keys, counting: now, &$0)
        }
    }

    package func record(_ line: AuditLine, taking key: (IdempotencyKey, KeptAnswer)?) async throws(StoreError) {
        let keys = keys(at: line.at)
        try await write { transaction in
            if let (key, answer) = key { transaction.write(IdempotencyRows.put(key, answer, at: keys)) }
            transaction.write(AuditRows.add(line))
        }
    }

    package func audit(_ filter: AuditFilter) async throws(StoreError) -> Page<AuditLine> {
        try await read { try AuditRows.page(filter, &$0) }
    }
}

extension PostgresOutbox: TokenStore {
    package func token(fingerprint: [UInt8]) async throws(StoreError) -> AccessToken? {
        try await read { try TokenRows.token(fingerprint: fingerprint, &$0) }
    }

    package func tokens() async throws(StoreError) -> [AccessToken] {
        try await read { try TokenRows.all(&$0) }
    }

    package func noteUse(ofToken id: String, at now: Timestamp) {
        tokenUses.note(id, at: now, on: desk)
    }
}
