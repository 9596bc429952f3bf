// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// What a person decides about messages, inside the caller's transaction: locks them all, asks the law about each, one after
/// the other, and saves what it said.
///
/// Whoever claims one of them at the same time is waited for, or waits; the law is asked about what is true then.
struct DecisionWork {
    let decision: Decision
    let who: String
    let now: Timestamp
    /// What time it is for keys.
    let keys: Timestamp

    /// The messages that it is about, and those who tell the same.
    private(set) var messages: [MessageID: StoredMessage] = [:]
    private var holders: [Fact: FactHolder] = [:]
    private var successors: [MessageID: MessageID] = [:]
    private var optOuts = ConsentRows.OptOuts()
    private var decided: [MessageID] = []
    private var given: [(Fact, FactHolder)] = []

    /// Only what sends asks who else tells it, and whether it is wanted.
    private var sends: Bool { decision.kind == .retry || decision.kind == .release }

    init(_ decision: Decision, by who: String, at now: Timestamp, keys: Timestamp) {
        (self.decision, self.who, self.now, self.keys) = (decision, who, now, keys)
    }

    // MARK: Locking

    /// Locks messages with all that matters to a decision about them; those that are not there are left out.
    mutating func lock(_ ids: [MessageID], _ transaction: inout PostgresTransaction) throws {
        var ids = ids
        if sends {
            holders = try FactRows.holders(of: try facts(of: ids, &transaction), &transaction)
            if decision.kind == .retry { successors = try ReplayRows.successors(of: ids, &transaction) }
            ids += holders.values.map(\.value) + successors.values
        }
        let uuids = Set(ids).compactMap { PostgresUUID($0) }
        let locked = try MessageRows.lock(uuids, &transaction).map { ($0.record.message.id, $0) }
        messages = Dictionary(locked) { first, _ in first }
        guard sends else { return }
        if decision.kind == .retry { try requireSameSuccessors(of: ids, &transaction) }
        let answer = try transaction.rows(ConsentRows.question)
        let subjects = Set(messages.values.compactMap(\.record.subject))
        optOuts = try ConsentRows.optOuts(of: subjects, answer, &transaction)
    }

    private func facts(of ids: [MessageID], _ transaction: inout PostgresTransaction) throws -> [Fact] {
        let sql = "\(MessageRows.selectKnown) WHERE m.id = ANY($1::uuid[]) AND m.once_key IS NOT NULL"
        let query = PostgresQuery(sql) { $0.add(ids.map { PostgresUUID($0) }) }
        let facts = try transaction.rows(query).map { try MessageRows.read($0).record.onceFact }
        return Array(Set(facts.compactMap(\.self)))
    }

    /// A replay that was in the way had its say meanwhile, and what it made would be locked out of order.
    private mutating func requireSameSuccessors(
        of ids: [MessageID],
        _ transaction: inout PostgresTransaction
    ) throws {
        successors = try ReplayRows.successors(of: ids, &transaction)
        guard successors.values.contains(where: { messages[$0] == nil }) else { return }
        throw PostgresError.contention("a replay made a message meanwhile")
    }

    // MARK: Deciding

    /// Decides about a message that was locked.
    ///
    /// - Returns: The message as it stands then.
    /// - Throws: `StoreError` with `notFound` or `conflict`; nothing has changed then.
    mutating func decide(_ id: MessageID) throws -> Message {
        guard var message = messages[id] else { throw StoreError(.notFound, "there is no message \(id)") }
        let rival = sends ? rival(of: message.record) : nil
        let successor = successors[id].flatMap { other in
            messages[other].map { Rival(message: other, state: $0.record.message.state, isReplay: true) }
        }
        do {
            message.added = try message.record.decide(
                decision,
                by: who,
                at: now,
                rival: successor ?? rival?.rival,
                optOuts: optOuts.of(message.record.subject)
            )
        } catch let refusal as MessageStateMachine.IllegalTransition {
            throw StoreError(.conflict, "\(id): \(refusal)")
        }
        messages[id] = message
        decided.append(id)
        if let rival, message.record.message.state == .queued {
            let holder = FactHolder(id, until: rival.until)
            holders[rival.fact] = holder
            given.append((rival.fact, holder))
        }
        return message.record.message
    }

    /// Who else tells what a message tells once.
    private func rival(of record: MessageRecord) -> (rival: Rival, fact: Fact, until: Timestamp)? {
        guard let fact = record.onceFact, let holder = holders[fact], holder.holds(at: keys),
            holder.value != record.message.id
        else { return nil }
        let state = messages[holder.value]?.record.message.state
        return (Rival(message: holder.value, state: state), fact, holder.until)
    }

    /// Has written what was decided.
    func save(_ effects: inout Effects, _ transaction: inout PostgresTransaction) throws {
        for (fact, holder) in given { transaction.write(FactRows.give(fact, to: holder)) }
        var saved: [StoredMessage] = []
        for id in decided {
            guard var message = messages[id] else { continue }
            try DigestRows.reopen(&message.record, &transaction)
            saved.append(message)
        }
        try MessageRows.save(saved, &effects, &transaction)
        if saved.contains(where: \.record.message.state.isWaiting) { effects.wakes = true }
    }
}
