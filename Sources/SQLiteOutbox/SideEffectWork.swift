// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages

/// What an event does beside its messages, inside the transaction that accepts it, and before those begin.
struct SideEffectWork {
    let database: Database
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

    /// Calls off what the event calls off, and compares the values that rules look at; an event that does neither costs
    /// no statement.
    func carryOut(
        _ sideEffects: SideEffects,
        of event: CallingEvent,
        seq: Int64,
        now: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> Done {
        var done = Done()
        guard !sideEffects.isEmpty else { return done }
        let facts = FactTable(database: database)
        if !sideEffects.cancellations.isEmpty || !sideEffects.keyless.isEmpty {
            var report = CallOffReport()
            for cancellation in sideEffects.cancellations {
                var count = CallOffCount()
                let last = cancellation.lastConcerned(by: event)
                try callOff(cancellation, event, seq, through: last, at: now, &count, &effects)
                report.add(count, under: cancellation)
                let known = try facts.cancellation(cancellation.fact)
                let early = cancellation.early(by: event, at: now, keys: keys, over: known)
                if let early, early != known { try facts.put(early, under: cancellation.fact) }
            }
            for keyless in sideEffects.keyless { report.add(keyless) }
            try database.run("UPDATE events SET called_off = ? WHERE seq = ?", [report.json.text(), seq])
            done.calledOff = report
        }
        for change in sideEffects.changes {
            let known = try facts.value(change.fact)
            let (verdict, value) = change.judge(known, at: event.receivedAt, keys: keys)
            done.verdicts[change] = verdict
            try facts.put(value, of: event.id, under: change.fact)
        }
        try hear(sideEffects, of: event, now, &done, &effects)
        return done
    }

    /// Writes down what the event tells about messages that were sent, and about their recipients.
    private func hear(
        _ sideEffects: SideEffects,
        of event: CallingEvent,
        _ now: Timestamp,
        _ done: inout Done,
        _ effects: inout WriteQueue.Effects
    ) throws {
        let reporting = ReportWork(database: database)
        for report in sideEffects.reports {
            done.reports.append(try reporting.take(report, from: event.id, at: now, &effects))
        }
        let hearing = HeardWork(database: database)
        for heard in sideEffects.heard {
            let scope = sideEffects.stopScope
            guard let receipt = try hearing.take(heard, stopping: scope, from: event.id, at: now, &effects) else {
                continue
            }
            done.consent = (done.consent ?? ConsentReceipt()) + receipt
        }
    }

    /// The same for an event of the past that is replayed: it concerns what came before it and nothing that was stored since,
    /// is not remembered for what comes, and turns no value back.
    func carryOutAgain(
        _ sideEffects: SideEffects,
        of event: CallingEvent,
        seq: Int64,
        now: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> [Change: ChangeVerdict] {
        var count = CallOffCount()
        for cancellation in sideEffects.cancellations {
            let never = Timestamp(microseconds: .min)
            try callOff(cancellation, event, seq, through: never, at: now, &count, &effects)
        }
        let facts = FactTable(database: database)
        var verdicts: [Change: ChangeVerdict] = [:]
        for change in sideEffects.changes {
            let (verdict, value) = change.judgeAgain(try facts.value(change.fact), at: event.receivedAt, keys: keys)
            verdicts[change] = verdict
            if let value { try facts.put(value, of: event.id, under: change.fact) }
        }
        return verdicts
    }

    /// Which messages a cancellation is about: its rule and key, its event twice, and until when later ones are.
    static let meant = """
        m.rule = ? AND m.key = ? AND m.event <> ? AND (m.event < ? OR m.created_at <= ?)
        """

    /// Calls off the messages of one rule and key; those that the partner has are only counted.
    private func callOff(
        _ cancellation: Cancellation,
        _ event: CallingEvent,
        _ seq: Int64,
        through last: Timestamp,
        at now: Timestamp,
        _ count: inout CallOffCount,
        _ effects: inout WriteQueue.Effects
    ) throws {
        let which: StatementArguments = [cancellation.rule, cancellation.key, seq, seq, last.microseconds]
        let table = MessageTable(database: database)
        let open = MessageState.kept.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        for var row in try table.rows("WHERE \(Self.meant) AND m.state IN (\(open)) ORDER BY m.seq", which) {
            let (effect, entries) = row.record.callOff(by: event, at: now)
            count.add(effect)
            if !entries.isEmpty { try table.update(row, entries, effects: &effects) }
        }
        let sql = "SELECT count(*) FROM messages m WHERE \(Self.meant) AND m.state = 'accepted'"
        let accepted = try database.row(sql, which) { $0[0] as Int }
        count.add(CallOff(.accepted), times: accepted ?? 0)
        guard cancellation.collects else { return }
        try DigestWork(database: database, keys: keys).callOff(which, by: event, at: now, &count, &effects)
    }
}
