// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages

/// What sources say became of messages, inside the caller's transaction.
///
/// A report may come before the partner's answer is written down: what no message is known for is kept for some minutes in
/// `early_reports`, and looked for when a message is accepted.
struct ReportWork {
    let database: Database

    /// Writes down what became of a message, which is the one that has the partner's id.
    func take(
        _ report: DeliveryReport,
        from event: EventID,
        at now: Timestamp,
        _ effects: inout WriteQueue.Effects
    ) throws -> DeliveryReport.Result {
        let table = MessageTable(database: database)
        guard var row = try table.row(partnerID: report.partnerID) else {
            try keep(report, event, now)
            return .unknown
        }
        let alternative = row.record.asksOtherwise(report) ? try table.alternative(of: row.seq) : nil
        let (kept, code) = (row.record.alternative, row.record.reportedCode(report))
        let (result, entries) = row.record.take(report, from: event, otherwise: alternative, at: now)
        if !entries.isEmpty { try table.update(row, entries, effects: &effects) }
        if row.record.alternative != kept { try table.become(row) }
        if row.record.message.state.isWaiting { effects.wakes = true }
        guard result == .linked else { return result }
        if let code { try note(code, row.record, &effects) }
        let codes = CodeWork(database: database)
        if row.record.arrival?.isThere == true {
            try codes.reached(row.record)
        } else if let code = report.code, report.status == .failed {
            let teller = RecipientCode.Teller.report(source: report.source, event: event)
            try codes.note(code, of: row.record, by: teller, at: report.at, now: now, &effects)
        }
        return result
    }

    /// Has those hear of a code who send, and the message wait for what it says that stopped.
    private func note(_ code: ReportedCode, _ record: MessageRecord, _ effects: inout WriteQueue.Effects) throws {
        effects.reportedCodes.append(code)
        guard let condition = code.condition, record.message.state == .deferred else { return }
        try WaitingTable(database: database).put(record.message.id, waitsFor: condition)
    }

    /// Writes down what was reported of messages before their acceptance was.
    func catchUp(with settlements: [Settlement], _ effects: inout WriteQueue.Effects) throws {
        guard effects.linksReports else { return }
        let accepted = settlements.filter { $0.partnerID != nil }
        guard !accepted.isEmpty,
            try database.row("SELECT 1 FROM early_reports LIMIT 1", [], { _ in true }) ?? false
        else { return }
        for settlement in accepted {
            for (report, event) in try early(settlement.partnerID ?? "") {
                guard try take(report, from: event, at: settlement.at, &effects) != .unknown else { continue }
                try database.run("DELETE FROM early_reports WHERE partner_id = ?", [report.partnerID])
            }
        }
    }

    private func early(_ partnerID: String) throws -> [(DeliveryReport, EventID)] {
        try database.rows(
            "SELECT status, code, words, at, source, event_id FROM early_reports WHERE partner_id = ? ORDER BY at",
            [partnerID]
        ) { row in
            let report = DeliveryReport(
                try row.name(0),
                of: partnerID,
                code: row[1],
                words: row[2],
                at: row.time(3),
                source: row[4]
            )
            return (report, EventID(rawValue: row[5]))
        }
    }

    private func keep(_ report: DeliveryReport, _ event: EventID, _ now: Timestamp) throws {
        try database.run("DELETE FROM early_reports WHERE until <= ?", [now.microseconds])
        try database.run(
            """
            INSERT OR REPLACE INTO early_reports (partner_id, status, code, words, at, source, event_id, until)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                report.partnerID, report.status.rawValue, report.code, report.words, report.at.microseconds,
                report.source, event.rawValue, now.advanced(by: DeliveryReport.patience).microseconds,
            ]
        )
    }
}
