// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// What an event does beside its messages, inside the transaction that accepts it, and before those begin.
struct SideEffectWork {
    /// Which event, and where it stands in the order of storing.
    let event: (id: CallingEvent, place: Int64)
    let now: Timestamp
    /// What time it is for keys.
    let keys: Timestamp

    /// What was done.
    struct Done {
        /// What was called off; `nil` when no `cancel_when` is about the event.
        var calledOff: CallOffReport?
        /// What the values are against those that were known.
        var verdicts: [Change: ChangeVerdict] = [:]
        /// What became of its reports.
        var reports: [DeliveryReport.Result] = []
        /// What became of what it told for the ledger.
        var consent: ConsentReceipt?
    }

    private var uuid: PostgresUUID? { PostgresUUID(event.id.id) }

    /// The facts that side effects are about, for whoever locks those of many events at once.
    static func facts(of sideEffects: SideEffects) -> [Fact] {
        sideEffects.cancellations.map(\.fact) + sideEffects.changes.map(\.fact)
    }

    /// Calls off what the event calls off, compares the values that rules look at, and writes down what it tells; what has
    /// none of that asks nothing.
    func carryOut(
        _ sideEffects: SideEffects,
        _ facts: inout LockedFacts,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> Done {
        var done = Done()
        guard !sideEffects.isEmpty else { return done }
        try facts.lock(Self.facts(of: sideEffects), for: uuid, &transaction)
        if !sideEffects.cancellations.isEmpty || !sideEffects.keyless.isEmpty {
            done.calledOff = try callOff(sideEffects, &facts, &effects, &transaction)
        }
        for change in sideEffects.changes {
            let known = facts.value(under: change.fact)
            let (verdict, value) = change.judge(known, at: event.id.receivedAt, keys: keys)
            done.verdicts[change] = verdict
            facts.put(value, of: event.id.id, under: change.fact, &transaction)
        }
        for report in sideEffects.reports {
            let reports = ReportRows(now: now)
            done.reports.append(try reports.take(report, from: event.id.id, &effects, &transaction))
        }
        for heard in sideEffects.heard {
            let hearing = HeardRows(event: event.id.id, scope: sideEffects.stopScope, now: now)
            guard let receipt = try hearing.take(heard, &effects, &transaction) else { continue }
            done.consent = (done.consent ?? ConsentReceipt()) + receipt
        }
        return done
    }

    /// The same for an event of the past that is replayed: it concerns what came before it and nothing that was stored since,
    /// is not remembered for what comes, and turns no value back.
    func carryOutAgain(
        _ sideEffects: SideEffects,
        _ facts: inout LockedFacts,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> [Change: ChangeVerdict] {
        try facts.lock(sideEffects.changes.map(\.fact), for: uuid, &transaction)
        for cancellation in sideEffects.cancellations {
            _ = try callOff(cancellation, through: Timestamp(microseconds: .min), &effects, &transaction)
        }
        var verdicts: [Change: ChangeVerdict] = [:]
        for change in sideEffects.changes {
            let known = facts.value(under: change.fact)
            let (verdict, value) = change.judgeAgain(known, at: event.id.receivedAt, keys: keys)
            verdicts[change] = verdict
            guard let value else { continue }
            facts.put(value, of: event.id.id, under: change.fact, &transaction)
        }
        return verdicts
    }

    // MARK: Calling off

    private func callOff(
        _ sideEffects: SideEffects,
        _ facts: inout LockedFacts,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> CallOffReport {
        var report = CallOffReport()
        for cancellation in sideEffects.cancellations {
            let last = cancellation.lastConcerned(by: event.id)
            report.add(try callOff(cancellation, through: last, &effects, &transaction), under: cancellation)
            let before = facts.cancellation(under: cancellation.fact)
            let early = cancellation.early(by: event.id, at: now, keys: keys, over: before)
            guard let early, early != before else { continue }
            facts.put(early, under: cancellation.fact, &transaction)
        }
        for keyless in sideEffects.keyless { report.add(keyless) }
        return report
    }

    /// Which messages a cancellation is about: its rule and key, not its own event, those of events before it, and until when
    /// later ones are.
    private static let meant = """
        m.rule = $1 AND left(m.key, 64) = left($2, 64) AND m.key = $2 AND m.event <> $3
        AND (m.created_at <= $5 OR (SELECT e.place FROM hookline.events e WHERE e.id = m.event) < $4)
        """

    /// Calls off the messages of one rule and key; those that the partner has are only counted.
    private func callOff(
        _ cancellation: Cancellation,
        through last: Timestamp,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> CallOffCount {
        let build = { (parameters: inout PostgresParameters) in
            parameters.add(cancellation.rule)
            parameters.add(cancellation.key)
            parameters.add(uuid)
            parameters.add(event.place)
            parameters.add(last)
        }
        var (count, changed): (CallOffCount, [StoredMessage]) = (CallOffCount(), [])
        let waiting = "\(Self.meant) AND (l.message IS NOT NULL OR m.state IN (\(MessageRows.kept)))"
        for var message in try MessageRows.lock(where: waiting, &transaction, build) {
            let (effect, entries) = message.record.callOff(by: event.id, at: now)
            count.add(effect)
            guard !entries.isEmpty else { continue }
            message.added = entries
            changed.append(message)
        }
        try MessageRows.save(changed, &effects, &transaction)
        let taken = "SELECT count(*) FROM hookline.messages m WHERE \(Self.meant) AND m.state = 'accepted'"
        let accepted = try transaction.rows(PostgresQuery(taken, build)).first?.number(0) ?? 0
        count.add(CallOff(.accepted), times: Int(accepted))
        if cancellation.collects, let uuid {
            let meant = DigestRows.Meant(
                rule: cancellation.rule,
                key: cancellation.key,
                event: uuid,
                place: event.place,
                last: last
            )
            count += try DigestCallingOff.callOff(meant, by: event.id, at: now, &effects, &transaction)
        }
        return count
    }
}
