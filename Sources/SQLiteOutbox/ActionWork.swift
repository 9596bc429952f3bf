// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import GRDB
package import Messages
package import Outbox

/// Carries out what is changed by hand, inside the caller's transaction.
struct ActionWork {
    let database: Database
    /// What time it is for keys.
    let keys: Timestamp
    /// What the job that is to begin is about, if one is: every row of it was read for that, before the transaction.
    var survey: JobWork.Survey?

    /// Makes the change with its line and its key, unless the key was used.
    func carryOut(
        _ action: OperatorAction,
        once: OnceRequest?,
        effects: inout WriteQueue.Effects
    ) throws -> ActionOutcome {
        let idempotency = IdempotencyTable(database: database, keys: keys)
        if let once, let used = try idempotency.use(of: once.key) { return .used(used.use) }
        let changed = try change(action, effects: &effects)
        try AuditTable(database: database).add(action.line(.success(changed)))
        if let once { try idempotency.keep(once.answer(changed), under: once.key, for: .none) }
        return .done(changed)
    }

    private func change(_ action: OperatorAction, effects: inout WriteQueue.Effects) throws -> Changed {
        let now = action.at
        switch action.change {
        case .decide(let decision, let id):
            let (work, who) = (MessageWork(database: database), action.who.description)
            if let row = try MessageTable(database: database).row(id) { try action.require(row.record.timelineLength) }
            return .message(try work.decide(decision, on: id, by: who, at: now, keys: keys, effects: &effects))
        case .beginJob(let order):
            guard let survey else { preconditionFailure("a job is surveyed before its transaction") }
            let work = JobWork(database: database)
            return .job(try work.begin(order, survey, of: action))
        case .changeJob(let change, let id):
            let (work, who) = (JobWork(database: database), action.who.description)
            return .job(try work.change(change, of: id, by: who, at: now))
        case .lookUpAgain(let id):
            try LookUpTable(database: database).resume(id, at: now)
            return .event(id)
        case .consent(let entries):
            let table = ConsentTable(database: database)
            var receipt = ConsentReceipt()
            for entry in entries { receipt += try table.record(entry, at: now, &effects) }
            return .consent(receipt)
        case .addKey(let key):
            try APIKeyTable(database: database).add(key)
            return .key(key)
        case .revokeKey(let id): return .key(try APIKeyTable(database: database).revoke(id, at: now))
        case .addToken(let token):
            try TokenTable(database: database).add(token, at: now)
            return .token(token)
        case .revokeToken(let id): return .token(try TokenTable(database: database).revoke(id, at: now))
        }
    }
}

extension EventID {
    /// What a request became that became no event.
    static let none = EventID(rawValue: "")
}

extension SQLiteOutbox: ActionStore {
    package func carryOut(_ action: OperatorAction, once: OnceRequest?) async throws(StoreError) -> ActionOutcome {
        let keys = times(at: action.at).keys
        do {
            let survey = try await survey(action)
            return try await writes.perform { database, effects in
                try ActionWork(database: database, keys: keys, survey: survey)
                    .carryOut(action, once: once, effects: &effects)
            }
        } catch {
            if error.code == .notFound || error.code == .conflict {
                try await record(action.line(.failure(error)), taking: nil)
            }
            throw error
        }
    }

    private func survey(_ action: OperatorAction) async throws(StoreError) -> JobWork.Survey? {
        guard case .beginJob(let order) = action.change else { return nil }
        return try await read { try JobWork(database: $0).survey(order) }
    }

    package func use(ofActionKey key: IdempotencyKey, at now: Timestamp) async throws(StoreError) -> IdempotencyUse? {
        let keys = times(at: now).keys
        return try await read { try IdempotencyTable(database: $0, keys: keys).use(of: key)?.use }
    }

    package func record(_ line: AuditLine, taking key: (IdempotencyKey, KeptAnswer)?) async throws(StoreError) {
        let keys = times(at: line.at).keys
        try await writes.perform { database, _ in
            try AuditTable(database: database).add(line)
            guard let (key, answer) = key else { return }
            try IdempotencyTable(database: database, keys: keys).keep(answer, under: key, for: .none)
        }
    }

    package func audit(_ filter: AuditFilter) async throws(StoreError) -> Page<AuditLine> {
        try await read { try AuditTable(database: $0).page(filter) }
    }
}
