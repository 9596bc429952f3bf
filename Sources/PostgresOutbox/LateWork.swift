// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Ends the waiting of an event for a look-up, inside the caller's transaction: what it does beside its messages, and these,
/// are stored as if it had come now.
struct LateWork {
    private let evaluation: LateEvaluation
    private let now: Timestamp
    private let keys: Timestamp

    init(_ evaluation: LateEvaluation, at now: Timestamp, keys: Timestamp) {
        (self.evaluation, self.now, self.keys) = (evaluation, now, keys)
    }

    /// The ids of its messages, which say in which pieces of the tables they come.
    var ids: [PostgresUUID] {
        let messages = evaluation.messages.map(\.id) + evaluation.digests.items.map(\.id)
        return (messages + evaluation.failures.map(\.id)).compactMap { PostgresUUID($0) }
    }

    /// Stores what became of the event.
    ///
    /// - Returns: Its messages; `nil` when it did not wait any more.
    func conclude(_ effects: inout Effects, _ transaction: inout PostgresTransaction) throws -> Receipt? {
        guard let waited = try LookUpRows.end(evaluation, &transaction) else {
            // This node itself may have concluded it, with a commit of which nobody heard.
            effects.mayHaveCommitted()
            return nil
        }
        var facts = LockedFacts()
        try lock(waited, &facts, &transaction)
        let side = SideEffectWork(event: (waited.event, waited.place), now: now, keys: keys)
        let done = try side.carryOut(evaluation.sideEffects, &facts, &effects, &transaction)
        let entries = try store(waited, done, &facts, &effects, &transaction)
        LookUpRows.dispose(waited.uuid, evaluation.disposition, messages: entries.count, &transaction)
        if let calledOff = done.calledOff {
            let sql = "UPDATE hookline.events SET called_off = $2 WHERE id = $1"
            transaction.write(
                PostgresQuery(sql) {
                    $0.add(waited.uuid)
                    $0.add(calledOff.json.text())
                }
            )
        }
        let id = evaluation.event
        return Receipt(event: id, isDuplicate: false, messages: entries, calledOff: done.calledOff)
    }

    /// Locks what it is about before any of it is changed.
    private func lock(
        _ waited: LookUpRows.Waited,
        _ facts: inout LockedFacts,
        _ transaction: inout PostgresTransaction
    ) throws {
        let begins = evaluation.messages.flatMap(\.facts) + evaluation.digests.items.flatMap(\.facts)
        let about = SideEffectWork.facts(of: evaluation.sideEffects) + begins
        try facts.lock(about, for: waited.uuid, &transaction)
        var locks = GroupLocks()
        locks.add(evaluation.sideEffects)
        locks.add(evaluation.digests.items)
        try locks.lock(&transaction)
    }

    private func store(
        _ waited: LookUpRows.Waited,
        _ done: SideEffectWork.Done,
        _ facts: inout LockedFacts,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> [Receipt.Entry] {
        let (messages, digests, failures) = (evaluation.messages, evaluation.digests, evaluation.failures)
        let count = NewMessages.Cause.places(messages, digests, failures)
        guard count > 0 else { return [] }
        let taken = try Places.take(events: 0, messages: count, asking: [ConsentRows.question], &transaction)
        var places = taken.messages
        let cause = NewMessages.Cause(
            event: DigestWork.Joining(
                uuid: waited.uuid,
                place: waited.place,
                id: evaluation.event,
                source: waited.source,
                now: now
            ),
            messages: messages,
            digests: digests,
            failures: failures,
            verdicts: done.verdicts,
            keys: keys
        )
        let made = try NewMessages.make([cause], at: &places, taken.answers[0], &facts, &effects, &transaction)[0]
        let rows = made.messages.map { (waited.uuid, $0) }
        let alternatives = messages.compactMap { new in new.alternative.map { (new.id, $0) } }
        for query in try AcceptedRows.insertions(rows, alternatives) { transaction.write(query) }
        return made.entries
    }
}
