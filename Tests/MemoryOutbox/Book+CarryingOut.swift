// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox

// What an event does beside its messages, which begin afterwards.

extension Book {
    /// Calls off what the event calls off, and remembers that and the values that rules look at.
    ///
    /// - Throws: When a record contradicts itself.
    mutating func carryOut(
        _ sideEffects: SideEffects,
        of id: EventID,
        at now: Timestamp,
        keys: Timestamp
    ) throws(StoreError) {
        guard !sideEffects.isEmpty, let row = events[id] else { return }
        let event = CallingEvent(row.event)
        if !sideEffects.cancellations.isEmpty || !sideEffects.keyless.isEmpty {
            var report = CallOffReport()
            for cancellation in sideEffects.cancellations {
                var count = CallOffCount()
                let last = cancellation.lastConcerned(by: event)
                try carryOut(cancellation, of: event, row.seq, through: last, at: now, &count)
                report.add(count, under: cancellation)
            }
            for keyless in sideEffects.keyless { report.add(keyless) }
            events[id]?.calledOff = report
        }
        facts.note(sideEffects, of: event, at: now, keys: keys)
        var results: [DeliveryReport.Result] = []
        for report in sideEffects.reports { results.append(try take(report, of: id, at: now)) }
        events[id]?.reports = results
        var consent: ConsentReceipt?
        for heard in sideEffects.heard {
            let receipt = try take(heard, stopping: sideEffects.stopScope, from: id, at: now)
            if let receipt { consent = (consent ?? ConsentReceipt()) + receipt }
        }
        events[id]?.consent = consent
    }

    /// Writes down what became of a message that the partner had taken.
    private mutating func take(
        _ report: DeliveryReport,
        of event: EventID,
        at now: Timestamp
    ) throws(StoreError) -> DeliveryReport.Result {
        let meant = messages.values.filter { $0.record.message.partnerID == report.partnerID }
        guard meant.count == 1, var row = meant.first else {
            earlyReports.removeAll { $0.until <= now || $0.report == report }
            earlyReports.append((report, event, now.advanced(by: DeliveryReport.patience)))
            return .unknown
        }
        let code = row.record.reportedCode(report)
        let (result, entries) = row.record.take(report, from: event, otherwise: row.alternative, at: now)
        if !entries.isEmpty { try put(row, entries) }
        if row.record.message.state.isWaiting { wakes = true }
        guard result == .linked else { return result }
        if let code { note(code, row.record) }
        if row.record.arrival?.isThere == true {
            if let subject = row.record.subject { undeliverable[subject] = nil }
        } else if let code = report.code, report.status == .failed {
            let teller = RecipientCode.Teller.report(source: report.source, event: event)
            try note(code, of: row.record, by: teller, at: report.at, now: now)
        }
        return result
    }

    /// Has those hear of a code who send, and the message wait for what it says that stopped.
    private mutating func note(_ code: ReportedCode, _ record: MessageRecord) {
        reportedCodes.append(code)
        guard let name = code.condition, record.message.state == .deferred else { return }
        let condition = Condition(account: record.message.account, name: name)
        conditions[condition, default: []].append(record.message.id)
    }

    /// Writes down what was reported of messages before their acceptance was.
    mutating func catchUp(with settlements: [Settlement]) throws(StoreError) {
        for settlement in settlements {
            guard let partnerID = settlement.partnerID else { continue }
            let early = earlyReports.filter { $0.report.partnerID == partnerID }
            earlyReports.removeAll { $0.report.partnerID == partnerID }
            for (report, event, _) in early.sorted(by: { $0.report.at < $1.report.at }) {
                _ = try take(report, of: event, at: settlement.at)
            }
        }
    }

    /// The same for an event of the past that is replayed: it concerns what came before it and nothing that was stored since.
    mutating func carryOutAgain(
        _ sideEffects: SideEffects,
        of row: EventRow,
        at now: Timestamp,
        keys: Timestamp
    ) throws(StoreError) {
        let event = CallingEvent(row.event)
        var count = CallOffCount()
        for cancellation in sideEffects.cancellations {
            let never = Timestamp(microseconds: .min)
            try carryOut(cancellation, of: event, row.seq, through: never, at: now, &count)
        }
        facts.noteAgain(sideEffects.changes, of: event, keys: keys)
    }

    private mutating func carryOut(
        _ cancellation: Cancellation,
        of event: CallingEvent,
        _ seq: Int,
        through last: Timestamp,
        at now: Timestamp,
        _ count: inout CallOffCount
    ) throws(StoreError) {
        let meant = messages.values.filter { row in
            guard row.record.digest == nil, row.record.message.rule == cancellation.rule,
                row.record.key == cancellation.key,
                let cause = events[row.record.message.event]?.seq, cause != seq
            else { return false }
            return cause < seq || row.record.message.createdAt <= last
        }
        for var row in meant.sorted(by: { $0.seq < $1.seq }) {
            let (effect, entries) = row.record.callOff(by: event, at: now)
            count.add(effect)
            if !entries.isEmpty { try put(row, entries) }
        }
        if cancellation.collects { try callOffItems(cancellation, of: event, seq, at: now, &count) }
    }
}
