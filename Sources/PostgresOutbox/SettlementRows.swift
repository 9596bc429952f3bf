// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// How claims ended, as rows.
enum SettlementRows {
    /// Writes settlements of messages whose lease is theirs, and which nobody called off; of others nothing is changed.
    ///
    /// For such a message the settlement's own values are the law's whole answer (``Settlement/entries``). The lease is
    /// deleted first: who finds none has no say any more, however late. Leases are looked up one by one (no planner may read the
    /// whole table because it was empty once), in the order of the ids, as others lock. Of a message that is settled for the first
    /// time the lines stand in its own row.
    ///
    /// - Parameter settlements: At most one of a message, each with a change, in the order of the ids.
    /// - Returns: A statement that brings the ids of those that were settled.
    static func query(_ settlements: [Settlement]) -> PostgresQuery {
        PostgresQuery(settling) {
            // What is none of ours has no lease.
            $0.add(settlements.map { PostgresUUID($0.message) })
            $0.add(settlements.map { Int64($0.claim) })
            $0.add(settlements.map { $0.entries.last?.to.rawValue })
            $0.add(settlements.map { $0.entries.last?.why })
            $0.add(settlements.map(\.dueAt))
            $0.add(settlements.map { Int64($0.attempts) })
            $0.add(settlements.map(\.partnerID))
            $0.add(settlements.map { Int64($0.entries.count) })
            $0.add(settlements.map(\.at))
            $0.add(settlements.map { String(decoding: Story($0.entries, attempt: $0.attempt).text, as: UTF8.self) })
            $0.add(blobs: settlements.map { $0.partnerID.map(indexed) })
        }
    }

    private static let settling = """
        WITH s AS MATERIALIZED (
            SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[],
                $7::text[], $8::bigint[], $9::timestamptz[], $10::text[], $11::bytea[])
                AS s(message, claim, state, reason, due_at, attempts, partner_id, steps, at, story, partner)),
        k AS MATERIALIZED (
            SELECT s.*, l.tid FROM s CROSS JOIN LATERAL (
                SELECT ctid AS tid FROM hookline.leases WHERE message = s.message OFFSET 0) l),
        l AS (
            DELETE FROM hookline.leases l USING k WHERE l.ctid = k.tid AND l.claim = k.claim AND NOT l.called_off
            RETURNING k.*, l.steps AS known, l.story || k.story AS lines, l.claimed_at),
        m AS (
            UPDATE hookline.messages m SET state = l.state, reason = l.reason, due_at = l.due_at, claims = l.claim,
                claimed_at = l.claimed_at, attempts = l.attempts, partner_id = coalesce(l.partner_id, m.partner_id),
                steps = m.steps + l.known + l.steps, updated_at = l.at, noteworthy = l.state NOT IN \(MessageRows.plain),
                went = CASE WHEN m.steps = 1 THEN l.lines ELSE m.went END
            FROM l WHERE \(byKey("m.id", "l.message"))
            RETURNING m.id, m.account, m.due_at, m.place, m.steps, l.lines, m.steps - l.known - l.steps = 1 AS is_first,
                CASE WHEN m.arrival IS NOT NULL THEN l.partner END AS partner),
        t AS (INSERT INTO hookline.stories (message, number, lines) SELECT id, steps, lines FROM m WHERE NOT is_first),
        w AS (
            INSERT INTO hookline.waiting (account, due_at, place, message)
            SELECT account, due_at, place, id FROM m WHERE due_at IS NOT NULL),
        p AS (
            INSERT INTO hookline.partner_ids (partner, message) SELECT partner, id FROM m WHERE partner IS NOT NULL
            ON CONFLICT DO NOTHING)
        SELECT id FROM m
        """

    /// Writes the attempts that the partner did not take, in place of what was known of the same claim; `nil` when there are
    /// none.
    static func attempts(_ settlements: [Settlement]) -> PostgresQuery? {
        let tried = settlements.compactMap { settlement in
            settlement.attempt.flatMap { attempt in
                attempt.outcome.detail.map { (settlement.message, attempt, $0) }
            }
        }
        guard !tried.isEmpty else { return nil }
        return PostgresQuery(trying) {
            $0.add(tried.map { PostgresUUID($0.0) })
            $0.add(tried.map { Int64($0.1.number) })
            $0.add(tried.map(\.1.startedAt))
            $0.add(tried.map(\.1.duration.microseconds))
            $0.add(tried.map(\.1.outcome.name.rawValue))
            $0.add(tried.map { $0.1.outcome.wait?.microseconds })
            $0.add(tried.map { $0.2.status.map(Int64.init) })
            $0.add(tried.map(\.2.code))
            $0.add(tried.map(\.2.reason))
            $0.add(tried.map(\.2.body))
        }
    }

    private static let trying = """
        INSERT INTO hookline.attempts (message, number, started_at, duration, outcome, retry_after, status, code, reason,
            body)
        SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::bigint[], $5::text[], $6::bigint[],
            $7::bigint[], $8::text[], $9::text[], $10::text[])
        ON CONFLICT (message, number) DO UPDATE SET started_at = excluded.started_at, duration = excluded.duration,
            outcome = excluded.outcome, retry_after = excluded.retry_after, status = excluded.status,
            code = excluded.code, reason = excluded.reason, body = excluded.body
        """

    /// The attempts of a message that the partner did not take.
    static func attempts(of message: PostgresUUID) -> PostgresQuery {
        let sql = """
            SELECT number, started_at, duration, outcome, retry_after, status, code, reason, body
            FROM hookline.attempts WHERE message = $1 ORDER BY number
            """
        return PostgresQuery(sql) { $0.add(message) }
    }

    static func attempt(_ row: PostgresRow) throws -> Attempt {
        let detail = AttemptDetail(
            status: try row.optionalNumber(5).map { Int($0) },
            code: try row.text(6),
            reason: try row.text(7),
            body: try row.optionalText(8)
        )
        let wait = try row.optionalNumber(4).map { Duration.microseconds($0) }
        let outcome: Outcome =
            switch try row.name(3) as Outcome.Name {
            case .accepted: throw StoreError(.corrupt, "an attempt that the partner took stands among the others")
            case .refused: .refused(detail)
            case .retryable: .retryable(detail, retryAfter: wait)
            case .uncertain: .uncertain(detail)
            case .unauthorized: .unauthorized(detail)
            case .held: .held(detail, for: wait ?? .zero)
            }
        return Attempt(
            number: Int(try row.number(0)),
            startedAt: try row.time(1),
            duration: .microseconds(try row.number(2)),
            outcome: outcome
        )
    }
}

extension Outcome {
    /// How long the partner wants to be left alone.
    fileprivate var wait: Duration? {
        switch self {
        case .retryable(_, let wait): wait
        case .held(_, let wait): wait
        default: nil
        }
    }
}
