// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import PostgresConnection

/// What sources say became of messages, inside the caller's transaction.
///
/// A report may come before the partner's answer is written down: what no message is known for is kept for some minutes in
/// `early_reports`, and looked for with every exchange in which a message is accepted.
struct ReportRows {
    let now: Timestamp

    /// Writes down what became of a message, which is the one that has the partner's id.
    func take(
        _ report: DeliveryReport,
        from event: EventID,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> DeliveryReport.Result {
        guard var message = try message(report.partnerID, &transaction) else {
            keep(report, event, &transaction)
            return .unknown
        }
        let id = message.record.message.id
        let alternatives =
            message.record.asksOtherwise(report) ? try MessageRows.alternatives(of: [id], &transaction) : [:]
        let code = message.record.reportedCode(report)
        let (result, entries) = message.record.take(report, from: event, otherwise: alternatives[id], at: now)
        guard result == .linked else { return result }
        message.added = entries
        try MessageRows.save([message], &effects, &transaction)
        if message.record.message.state.isWaiting { effects.wakes = true }
        if let code { note(code, message.record, &effects, &transaction) }
        if message.record.arrival?.isThere == true {
            CodeRows.reached(message.record).map { transaction.write($0) }
        } else if let code = report.code, report.status == .failed {
            let teller = RecipientCode.Teller.report(source: report.source, event: event)
            try CodeRows.note(code, of: message.record, by: teller, at: report.at, now: now, &effects, &transaction)
        }
        return result
    }

    /// The message that has a partner's id, locked; `nil` when none has, or more than one: nobody knows which is meant then.
    private func message(_ partnerID: String, _ transaction: inout PostgresTransaction) throws -> StoredMessage? {
        let query = PostgresQuery("SELECT message FROM hookline.partner_ids WHERE partner = $1 LIMIT 2") {
            $0.add(blob: indexed(partnerID))
        }
        let found = try MessageRows.lock(try transaction.rows(query).map { try $0.uuid(0) }, &transaction)
            .filter { $0.record.message.partnerID == partnerID && $0.record.arrival != nil }
        return found.count == 1 ? found[0] : nil
    }

    /// Has those hear of a code who send, and the message wait for what it says that stopped.
    private func note(
        _ code: ReportedCode,
        _ record: MessageRecord,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) {
        effects.reportedCodes.append(code)
        guard let condition = code.condition, record.message.state == .deferred else { return }
        transaction.write(WaitingRows.put([(record.message.id, condition)]))
    }

    private func keep(_ report: DeliveryReport, _ event: EventID, _ transaction: inout PostgresTransaction) {
        transaction.write(
            PostgresQuery("DELETE FROM hookline.early_reports WHERE until <= $1") { $0.add(now) }
        )
        let sql = """
            INSERT INTO hookline.early_reports (partner, partner_id, status, code, words, at, source, event, until)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (partner, status) DO UPDATE SET code = excluded.code, words = excluded.words, at = excluded.at,
                source = excluded.source, event = excluded.event, until = excluded.until
            """
        transaction.write(
            PostgresQuery(sql) {
                $0.add(blob: indexed(report.partnerID))
                $0.add(report.partnerID)
                $0.add(report.status.rawValue)
                $0.add(report.code.map(Int64.init))
                $0.add(report.words)
                $0.add(report.at)
                $0.add(report.source)
                $0.add(event.rawValue)
                $0.add(now.advanced(by: DeliveryReport.patience))
            }
        )
    }

    // MARK: Reports that came early

    /// Asks for the early reports of which the message is known by now: mostly there is none.
    ///
    /// Of all that are kept, and not of those whose messages were just accepted alone: a report and an acceptance that were
    /// written at the same time know nothing of one another.
    static let question = PostgresQuery(
        """
        SELECT r.status, r.partner_id, r.code, r.words, r.at, r.source, r.event FROM hookline.early_reports r
        WHERE EXISTS (SELECT 1 FROM hookline.partner_ids p WHERE p.partner = r.partner) ORDER BY r.at LIMIT 100
        """
    )

    /// Writes down what was reported of messages before their acceptance was.
    func catchUp(
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws {
        let early = try transaction.rows(Self.question).map { row in
            let report = DeliveryReport(
                try row.name(0),
                of: try row.text(1),
                code: try row.optionalNumber(2).map { Int($0) },
                words: try row.optionalText(3),
                at: try row.time(4),
                source: try row.text(5)
            )
            return (report, EventID(rawValue: try row.text(6)))
        }
        var locks = GroupLocks()
        locks.add(SideEffects(reports: early.map(\.0)))
        try locks.lock(&transaction)
        for (report, event) in early {
            guard try take(report, from: event, &effects, &transaction) != .unknown else { continue }
            let sql = "DELETE FROM hookline.early_reports WHERE partner = $1 AND status = $2"
            transaction.write(
                PostgresQuery(sql) {
                    $0.add(blob: indexed(report.partnerID))
                    $0.add(report.status.rawValue)
                }
            )
        }
    }
}

/// What one of Meta's codes says about a recipient, whether it came with an answer or with a report, inside the caller's
/// transaction.
enum CodeRows {
    /// Writes down what a code says about the recipient of a message: most say nothing.
    ///
    /// - Parameters:
    ///   - code: Meta's code.
    ///   - record: The message that got it.
    ///   - teller: Who told it: the service for an answer, a source with its event for a report.
    ///   - time: When it was told.
    ///   - now: The time now.
    ///   - effects: What others hear of.
    ///   - transaction: The transaction.
    /// - Throws: `PostgresError`, `StoreError`.
    static func note(
        _ code: Int,
        of record: MessageRecord,
        by teller: RecipientCode.Teller,
        at time: Timestamp,
        now: Timestamp,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws {
        guard let kind = RecipientCode(code), let subject = record.subject else { return }
        switch kind {
        case .stoppedMarketing:
            let entry = kind.entry(of: subject, account: record.message.account, by: teller, at: time)
            _ = try ConsentRows.record(entry, at: now, &effects, &transaction)
        case .undeliverable:
            let sql = """
                INSERT INTO hookline.undeliverable AS u (recipient, count, at) VALUES ($1, 1, $2)
                ON CONFLICT (recipient) DO UPDATE SET count = u.count + 1, at = greatest(u.at, excluded.at)
                """
            transaction.write(
                PostgresQuery(sql) {
                    $0.add(subject)
                    $0.add(time)
                }
            )
        }
    }

    /// A message reached its recipient: whatever did not before counts no more.
    static func reached(_ record: MessageRecord) -> PostgresQuery? {
        record.subject.map { subject in
            PostgresQuery("DELETE FROM hookline.undeliverable WHERE recipient = $1") { $0.add(subject) }
        }
    }

    private static let open = """
        FROM hookline.undeliverable u WHERE u.count >= $1
            AND NOT EXISTS (SELECT 1 FROM hookline.opt_outs o WHERE o.recipient = u.recipient)
        """

    /// Whom nothing reaches and who has not opted out, those last that were tried first.
    static func suggestions(limit: Int, _ transaction: inout PostgresTransaction) throws -> [ConsentSuggestion] {
        let query = PostgresQuery("SELECT u.recipient, u.count, u.at \(open) ORDER BY u.at DESC LIMIT $2") {
            $0.add(ConsentSuggestion.least)
            $0.add(limit)
        }
        return try transaction.rows(query).map { row in
            ConsentSuggestion(recipient: try row.text(0), failures: Int(try row.number(1)), at: try row.time(2))
        }
    }

    /// How many of them there are, counted no further than the second parameter; the first is the least count.
    static let counting = "SELECT count(*) FROM (SELECT 1 \(open) LIMIT $2) counted"
}
