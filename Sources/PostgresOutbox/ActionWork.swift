// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Carries out what is changed by hand, inside the caller's transaction.
struct ActionWork {
    let action: OperatorAction
    let once: OnceRequest?
    /// What time it is for keys.
    let keys: Timestamp

    /// Makes the change with its line and its key, unless the key was used.
    ///
    /// The key comes first: of several nodes with the same request one goes on, and the others wait for what becomes of it.
    func run(_ transaction: inout PostgresTransaction) throws -> ActionOutcome {
        if let key = once?.key {
            let wish = IdempotencyRows.Wish(key: key, answer: nil, event: .none, keys: keys)
            if let used = try IdempotencyRows.take([wish], &transaction).first ?? nil { return .used(used.use) }
        }
        let changed = try change(&transaction)
        transaction.write(AuditRows.add(action.line(.success(changed))))
        if let once { transaction.write(IdempotencyRows.answer(once.key, once.answer(changed))) }
        return .done(changed)
    }

    private func change(_ transaction: inout PostgresTransaction) throws -> Changed {
        let now = action.at
        switch action.change {
        case .addKey(let key):
            try APIKeyRows.add(key, &transaction)
            return .key(key)
        case .revokeKey(let id): return .key(try APIKeyRows.revoke(id, at: now, &transaction))
        case .addToken(let token):
            try TokenRows.add(token, at: now, &transaction)
            return .token(token)
        case .revokeToken(let id): return .token(try TokenRows.revoke(id, at: now, &transaction))
        case .decide, .beginJob, .changeJob, .lookUpAgain, .consent:
            throw StoreError(.failed, "the store on PostgreSQL does not know \(action.change) yet")
        }
    }
}
