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
    /// What the job that is to begin is about, if one is: every row of it was read for that, before the transaction.
    let survey: JobWork.Survey?

    /// Makes the change with its line and its key, unless the key was used.
    ///
    /// The key comes first: of several nodes with the same request one goes on, and the others wait for what becomes of it.
    func run(_ effects: inout Effects, _ transaction: inout PostgresTransaction) throws -> ActionOutcome {
        if let key = once?.key {
            let wish = IdempotencyRows.Wish(key: key, answer: nil, event: .none, keys: keys)
            if let used = try IdempotencyRows.take([wish], &transaction).first ?? nil { return .used(used.use) }
        }
        let changed = try change(&effects, &transaction)
        transaction.write(AuditRows.add(action.line(.success(changed))))
        if let once { transaction.write(IdempotencyRows.answer(once.key, once.answer(changed))) }
        return .done(changed)
    }

    private func change(_ effects: inout Effects, _ transaction: inout PostgresTransaction) throws -> Changed {
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
        case .decide(let decision, let id): return .message(try decide(decision, id, &effects, &transaction))
        case .beginJob(let order):
            guard let survey else { preconditionFailure("a job is surveyed before its transaction") }
            return .job(try JobWork.begin(order, survey, of: action, &transaction))
        case .changeJob(let change, let id):
            return .job(try JobWork.change(change, of: id, by: action.who.description, at: now, &transaction))
        case .consent(let entries):
            var (receipt, locks) = (ConsentReceipt(), GroupLocks())
            locks.add(recipients: entries.map(\.recipient))
            try locks.lock(&transaction)
            for entry in entries { receipt += try ConsentRows.record(entry, at: now, &effects, &transaction) }
            return .consent(receipt)
        case .lookUpAgain(let id):
            try LookUpRows.resume(id, at: now, &transaction)
            return .event(id)
        }
    }

    private func decide(
        _ decision: Decision,
        _ id: MessageID,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> Message {
        var work = DecisionWork(decision, by: action.who.description, at: action.at, keys: keys)
        try work.lock([id], &transaction)
        if let message = work.messages[id] { try action.require(message.record.timelineLength) }
        let message = try work.decide(id)
        try work.save(&effects, &transaction)
        return message
    }
}
