// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

// What is changed by hand, who may do so from afar, and what is kept of it.

extension MemoryOutbox {
    package func carryOut(_ action: OperatorAction, once: OnceRequest?) async throws(StoreError) -> ActionOutcome {
        let keys = times(at: action.at).keys
        do throws(StoreError) {
            return try write { book throws(StoreError) in
                if let once, let use = book.use(of: once.key, keys: keys) { return .used(use) }
                let changed = try book.change(action, keys: keys)
                book.audit.append((book.nextSeq(), action.line(.success(changed))))
                if let once { book.keep(once.answer(changed), under: once.key, keys: keys) }
                return .done(changed)
            }
        } catch {
            if error.code == .notFound || error.code == .conflict {
                try await record(action.line(.failure(error)), taking: nil)
            }
            throw error
        }
    }

    package func use(ofActionKey key: IdempotencyKey, at now: Timestamp) async throws(StoreError) -> IdempotencyUse? {
        let keys = times(at: now).keys
        return try read { $0.use(of: key, keys: keys) }
    }

    package func record(_ line: AuditLine, taking key: (IdempotencyKey, KeptAnswer)?) async throws(StoreError) {
        let keys = times(at: line.at).keys
        try write { book in
            book.audit.append((book.nextSeq(), line))
            if let (key, answer) = key { book.keep(answer, under: key, keys: keys) }
        }
    }

    package func audit(_ filter: AuditFilter) async throws(StoreError) -> Page<AuditLine> {
        try read { Page($0.audit.filter { filter.takes($0.element) }, limit: filter.limit, after: filter.cursor) }
    }

    package func token(fingerprint: [UInt8]) async throws(StoreError) -> AccessToken? {
        try read { $0.tokens.first { $0.fingerprint == fingerprint } }
    }

    package func tokens() async throws(StoreError) -> [AccessToken] {
        try read { $0.tokens.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) } }
    }

    package func noteUse(ofToken id: String, at now: Timestamp) {
        changeInPlace { book in
            guard let index = book.tokens.firstIndex(where: { $0.id == id }) else { return }
            book.tokens[index].lastUsedAt = now
        }
    }
}

extension Book {
    fileprivate mutating func change(_ action: OperatorAction, keys: Timestamp) throws(StoreError) -> Changed {
        let now = action.at
        switch action.change {
        case .decide(let decision, let id):
            if let row = messages[id] { try action.require(row.record.timelineLength) }
            return .message(try decide(decision, on: id, by: action.who.description, at: now, keys: keys))
        case .beginJob(let order): return .job(try begin(order, of: action))
        case .changeJob(let change, let id):
            return .job(try changeJob(id, change, by: action.who.description, at: now))
        case .lookUpAgain(let id):
            try resume(id, at: now)
            return .event(id)
        case .consent(let entries):
            var receipt = ConsentReceipt()
            for entry in entries { receipt += try record(entry, at: now) }
            return .consent(receipt)
        case .addKey(let key):
            try add(key)
            return .key(key)
        case .revokeKey(let id): return .key(try revokeKey(id, at: now))
        case .addToken(let token):
            guard AccessToken.isFree(token.name, among: tokens, at: now) else {
                throw StoreError(.conflict, "there is a live token named '\(token.name)' already")
            }
            tokens.append(token)
            return .token(token)
        case .revokeToken(let id): return .token(try revokeToken(id, at: now))
        }
    }

    private mutating func revokeToken(_ id: String, at now: Timestamp) throws(StoreError) -> AccessToken {
        guard let index = tokens.firstIndex(where: { $0.id == id }) else {
            throw StoreError(.notFound, "there is no token with this id")
        }
        tokens[index].revokedAt = tokens[index].revokedAt ?? now
        return tokens[index]
    }

    fileprivate func use(of key: IdempotencyKey, keys: Timestamp) -> IdempotencyUse? {
        idempotencyKeys[ScopedKey(scope: key.apiKey, key: key.key)]?.use(by: key, at: keys)?.use
    }

    fileprivate mutating func keep(_ answer: KeptAnswer, under key: IdempotencyKey, keys: Timestamp) {
        let name = ScopedKey(scope: key.apiKey, key: key.key)
        idempotencyKeys[name] = key.kept(answer, for: EventID(rawValue: ""), at: keys)
    }
}

extension AuditFilter {
    fileprivate func takes(_ line: AuditLine) -> Bool {
        who.allows(line.who.name) && action.allows(line.action) && subject.allows(line.subject)
            && line.at >= since ?? line.at
    }
}
