// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import PostgresConnection

/// The facts that a transaction has locked, as they stand in it: each is asked for once.
struct LockedFacts {
    private var rows: [Fact: FactRows.Row] = [:]

    /// Locks those that are not locked yet, also those of which there is nothing, in the one order of ``FactRows/order``.
    ///
    /// - Parameters:
    ///   - facts: Which.
    ///   - holder: Who stands in a row that was not there, whose time is over at once; nothing is locked for nobody.
    ///   - transaction: The transaction.
    /// - Throws: `PostgresError`.
    mutating func lock(
        _ facts: some Sequence<Fact>,
        for holder: PostgresUUID?,
        _ transaction: inout PostgresTransaction
    ) throws {
        let new = Set(facts).subtracting(rows.keys)
        guard let holder, !new.isEmpty else { return }
        rows.merge(try FactRows.lock(new, for: holder, &transaction)) { _, new in new }
    }

    /// What called off what comes under a fact.
    func cancellation(under fact: Fact?) -> EarlyCancellation? { fact.flatMap { rows[$0] }?.cancellation }

    /// What was seen last.
    func value(under fact: Fact) -> Held<KnownValue>? { rows[fact]?.value }

    /// Who holds a fact, perhaps no longer; `nil` where it is not locked, or nobody ever did.
    func holder(of fact: Fact) -> FactHolder? { rows[fact].map { FactHolder($0.holder.messageID, until: $0.until) } }

    /// Remembers which event called off what comes under a fact.
    mutating func put(_ cancellation: EarlyCancellation, under fact: Fact, _ transaction: inout PostgresTransaction) {
        transaction.write(FactRows.put(cancellation, under: fact))
        note(fact, PostgresUUID(cancellation.value), until: cancellation.until)
    }

    /// Remembers what an event said under a fact.
    mutating func put(
        _ value: Held<KnownValue>,
        of event: EventID,
        under fact: Fact,
        _ transaction: inout PostgresTransaction
    ) {
        transaction.write(FactRows.put(value, of: event, under: fact))
        note(fact, PostgresUUID(event), until: value.until, known: value.value)
    }

    /// Gives a fact to a message, whoever holds it.
    mutating func give(_ fact: Fact, to holder: FactHolder, _ transaction: inout PostgresTransaction) {
        transaction.write(FactRows.give(fact, to: holder))
        note(fact, PostgresUUID(holder.value), until: holder.until)
    }

    /// Takes facts for messages, unless somebody holds them beyond a time on the line of keys.
    ///
    /// - Parameters:
    ///   - wishes: The facts, each once, for whom and until when.
    ///   - keys: That time.
    ///   - transaction: The transaction, which asks for those alone of which nobody is known to hold them.
    /// - Returns: Who holds each now.
    /// - Throws: `PostgresError`.
    mutating func take(
        _ wishes: [FactRows.Wish],
        at keys: Timestamp,
        _ transaction: inout PostgresTransaction
    ) throws -> [Fact: FactHolder] {
        let free = wishes.filter { wish in rows[wish.fact].map { $0.until <= keys } ?? true }
        let taken = free.isEmpty ? [:] : try FactRows.take(free, at: keys, &transaction)
        for (fact, holder) in taken { note(fact, PostgresUUID(holder.value), until: holder.until) }
        let held = wishes.compactMap { wish in holder(of: wish.fact).map { (wish.fact, $0) } }
        return Dictionary(held) { first, _ in first }
    }

    private mutating func note(_ fact: Fact, _ holder: PostgresUUID?, until: Timestamp, known: KnownValue? = nil) {
        rows[fact] = holder.map { FactRows.Row(holder: $0, until: until, known: known) }
    }
}
