// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Messages
package import Outbox
import PostgresConnection

/// What the database knows of time, inside the caller's transaction or snapshot.
enum ClockRows {
    static let tables = [
        """
        CREATE TABLE hookline.clock (
            id bigint PRIMARY KEY CHECK (id = 1), wall timestamptz, keys timestamptz, step bigint NOT NULL DEFAULT 0,
            stepped_at timestamptz)
        """,
        "INSERT INTO hookline.clock (id) VALUES (1)",
    ]

    /// So many of the newest events are asked when the last one came.
    private static let newest = 1_000

    /// The time of the last run; of a database in which nobody kept one, when its last event came.
    static func lastTime(_ transaction: inout PostgresTransaction) throws -> Timestamp? {
        let sql = """
            SELECT coalesce((SELECT wall FROM hookline.clock), (SELECT max(received_at) FROM
                (SELECT received_at FROM hookline.events ORDER BY place DESC LIMIT \(newest)) last))
            """
        return try transaction.rows(PostgresQuery(sql)).first?.optionalTime(0)
    }

    static func remember(_ mark: Reckoning.Mark) -> PostgresQuery {
        PostgresQuery("UPDATE hookline.clock SET wall = $1, keys = $2") {
            $0.add(mark.wall)
            $0.add(mark.keys)
        }
    }

    // MARK: Following

    /// Moves what was reckoned in spans by as much as the clock was set: ``ClockStep`` for all rows at once.
    ///
    /// All nodes see the same clock, so each of them sees the step; the first one follows it.
    ///
    /// - Returns: How many messages were moved.
    static func follow(_ step: ClockStep, _ transaction: inout PostgresTransaction) throws -> Int {
        let known = try transaction.rows(PostgresQuery("SELECT step, stepped_at FROM hookline.clock FOR UPDATE")).first
        if let span = try known?.number(0), let at = try known?.optionalTime(1), step.isSame(span, at) { return 0 }
        transaction.write(
            PostgresQuery("UPDATE hookline.clock SET step = $1, stepped_at = $2") {
                $0.add(step.span.microseconds)
                $0.add(step.now)
            }
        )
        transaction.write(LookUpRows.follow(step))
        try PaceRows.follow(step.span, &transaction)
        transaction.write(PortfolioRows.lockAll)
        transaction.write(TurnLines.follow(step.span))
        transaction.write(PortfolioRows.follow(step.span))
        let places = step.isBack ? try moveDue(step, &transaction) : 0
        let leases = """
            UPDATE hookline.leases SET lease_ends = greatest($1, lease_ends + $2 * interval '1 microsecond')
            WHERE lease_ends >= $1
            """
        transaction.write(
            PostgresQuery(leases) {
                $0.add(ClockStep.earliestLease)
                $0.add(step.span.microseconds)
            }
        )
        return step.isBack ? places : try moveAges(step, &transaction)
    }

    /// What waits for a reckoned time, with its row of the line; a digest that gathers has no account.
    private static func moveDue(_ step: ClockStep, _ transaction: inout PostgresTransaction) throws -> Int {
        let sql = """
            WITH w AS MATERIALIZED (
                SELECT w.account, w.due_at, w.place, w.message FROM hookline.waiting w
                    JOIN hookline.messages m ON m.id = w.message
                WHERE w.due_at > $1 AND (w.account = '' OR m.state = ANY($3::text[]))
                ORDER BY w.account, w.due_at, w.place FOR UPDATE OF w),
            u AS (
                UPDATE hookline.waiting t SET due_at = t.due_at + $2 * interval '1 microsecond' FROM w
                WHERE (t.account, t.due_at, t.place) = (w.account, w.due_at, w.place) RETURNING t.message),
            m AS (
                UPDATE hookline.messages m SET due_at = m.due_at + $2 * interval '1 microsecond' FROM u
                WHERE m.id = u.message RETURNING 1)
            SELECT count(*) FROM m
            """
        let query = PostgresQuery(sql) {
            $0.add(step.now)
            $0.add(step.span.microseconds)
            $0.add(ClockStep.reckonedStates.map(\.rawValue))
        }
        return try transaction.rows(query).first.map { Int(try $0.number(0)) } ?? 0
    }

    private static func moveAges(_ step: ClockStep, _ transaction: inout PostgresTransaction) throws -> Int {
        let sql = """
            WITH m AS (
                UPDATE hookline.messages m SET ages_from = m.ages_from + $1 * interval '1 microsecond',
                    expires_at = m.expires_at + $1 * interval '1 microsecond'
                FROM (SELECT message FROM hookline.waiting UNION SELECT message FROM hookline.leases ORDER BY 1) o
                WHERE m.id = o.message AND m.created_at <= $2 RETURNING 1)
            SELECT count(*) FROM m
            """
        let query = PostgresQuery(sql) {
            $0.add(step.span.microseconds)
            $0.add(step.lastBefore)
        }
        return try transaction.rows(query).first.map { Int(try $0.number(0)) } ?? 0
    }
}

extension ClockStep {
    /// How far apart nodes notice the same step.
    private static let notice: Duration = .seconds(600)

    /// Whether a step that was followed is this one, as another node saw it: by about as much, to about the same time.
    fileprivate func isSame(_ known: Int64, _ at: Timestamp) -> Bool {
        let (size, known) = (span < .zero ? .zero - span : span, Duration.microseconds(known))
        let (apart, later) = (known - span, at.duration(to: now))
        let most = min(size / 2, Self.notice)
        return apart <= most && apart >= .zero - most && later <= most && later >= .zero - most
    }
}

extension PostgresOutbox {
    /// Every message that waits may have to be moved: so long that may take.
    private static let followsWithin: Duration = .seconds(300)

    package func follow(_ step: Duration, at now: Timestamp) async throws(StoreError) -> Int {
        try await change(within: Self.followsWithin) { effects, transaction in
            (effects.wakes, effects.wakesBuilder) = (true, true)
            // What waits is due at other times, which may be before where claims begin.
            effects.put(due: Timestamp(seconds: 0))
            return try ClockRows.follow(ClockStep(step, at: now), &transaction)
        }
    }

    package func remember(_ mark: Reckoning.Mark) async throws(StoreError) {
        try await write { $0.write(ClockRows.remember(mark)) }
    }

    package func lastTime() async throws(StoreError) -> Timestamp? {
        try await read { try ClockRows.lastTime(&$0) }
    }

    /// The times to judge by when a caller says that it is `now`.
    func times(at now: Timestamp) -> ReckonedTime.Times {
        reckoned?.times ?? ReckonedTime.Times(keys: now, deleting: now)
    }
}
