// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Where messages begin that are about to be stored, inside the caller's transaction: the law is asked what becomes of each,
/// with what was there before, and their facts are their own from then on.
struct MessageBeginnings {
    /// A message that is about to begin.
    struct Wish {
        let message: NewMessage
        /// The event that caused it, and the event's source.
        let event: (id: EventID, source: String)
        /// What the values of its event are against those that were known.
        var verdicts: [Change: ChangeVerdict] = [:]
        /// The time now.
        let now: Timestamp
        /// What time it is for keys.
        let keys: Timestamp
    }

    /// How a message begins, and what keeps it from leaving.
    typealias Begun = (record: MessageRecord, obstacle: Beginning.Obstacle?)

    private let wishes: [Wish]
    private let optOuts: ConsentRows.OptOuts
    private var facts: LockedFacts
    private var begun: [Begun] = []

    /// Begins messages, those first that are named first.
    ///
    /// One way to the server where messages tell something once, one where later events may call them off, and one where
    /// somebody has opted out; none for others.
    ///
    /// - Parameters:
    ///   - wishes: The messages.
    ///   - answer: What ``ConsentRows/question`` brought in the transaction.
    ///   - facts: What the transaction has locked.
    ///   - transaction: The transaction.
    /// - Returns: How each begins.
    /// - Throws: `PostgresError`, `StoreError`.
    static func begin(
        _ wishes: [Wish],
        _ answer: PostgresRows,
        _ facts: inout LockedFacts,
        _ transaction: inout PostgresTransaction
    ) throws -> [Begun] {
        guard !wishes.isEmpty else { return [] }
        let optOuts = try ConsentRows.optOuts(of: Set(wishes.map(\.message.subject)), answer, &transaction)
        let early = wishes.compactMap(\.message.calledOffFact)
        try facts.lock(early, for: PostgresUUID(wishes[0].event.id), &transaction)
        var beginnings = MessageBeginnings(wishes, optOuts, facts)
        let begun = try beginnings.begin(&transaction)
        facts = beginnings.facts
        return begun
    }

    private init(_ wishes: [Wish], _ optOuts: ConsentRows.OptOuts, _ facts: LockedFacts) {
        (self.wishes, self.optOuts, self.facts) = (wishes, optOuts, facts)
    }

    /// A message that tells something once.
    private struct Telling {
        let index: Int
        let fact: Fact
        let until: Timestamp
    }

    /// Most facts are nobody's: the law is asked as if each were, and once more when somebody holds it after all.
    ///
    /// Of one fact the first message asks whose it is; the others go by what it was told, unless that has ended by their time.
    private mutating func begin(_ transaction: inout PostgresTransaction) throws -> [Begun] {
        var open: [Telling] = []
        for (index, wish) in wishes.enumerated() {
            let beginning = try beginning(wish, heldBy: nil)
            begun.append((MessageRecord(wish.message, of: wish.event, beginning, at: wish.now), beginning.obstacle))
            guard let fact = wish.message.fact, let until = beginning.holdsUntil else { continue }
            open.append(Telling(index: index, fact: fact, until: until))
        }
        while !open.isEmpty {
            var asking: [Fact: Telling] = [:]
            for telling in open where asking[telling.fact] == nil { asking[telling.fact] = telling }
            let keys = asking.values.map { wishes[$0.index].keys }.max() ?? wishes[0].keys
            let asked = asking.values.map { (fact: $0.fact, message: wishes[$0.index].message.id, until: $0.until) }
            let holders = try facts.take(asked, at: keys, &transaction)
            var left: [Telling] = []
            for telling in open where try !settle(telling, holders) { left.append(telling) }
            open = left
        }
        return begun
    }

    /// Begins a message by the holder of its fact.
    ///
    /// - Returns: `false` when that has ended, and the message has to ask itself.
    private mutating func settle(_ telling: Telling, _ holders: [Fact: FactHolder]) throws -> Bool {
        guard let holder = holders[telling.fact] else { return false }
        let wish = wishes[telling.index]
        if holder.value == wish.message.id { return true }
        let beginning = try beginning(wish, heldBy: holder)
        if beginning.holdsUntil != nil { return false }
        let record = MessageRecord(wish.message, of: wish.event, beginning, at: wish.now)
        begun[telling.index] = (record, beginning.obstacle)
        return true
    }

    private func beginning(_ wish: Wish, heldBy holder: FactHolder?) throws -> Beginning {
        let message = wish.message
        if let unwanted = message.beginning(against: try optOuts.of(message.subject), at: wish.now) { return unwanted }
        let precedents = Precedents(
            holder: holder,
            calledOff: facts.cancellation(under: message.calledOffFact),
            change: message.terms.change.flatMap { wish.verdicts[$0] }
        )
        return Beginning.of(message.terms, cause: message.cause, after: precedents, at: wish.now, keys: wish.keys)
    }
}
