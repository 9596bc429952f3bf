// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Settles claims and makes new ones, in one transaction and two ways to the server: what was settled and what is due, and
/// the new leases with the commit.
struct WorkExchange {
    let settlements: [Settlement]
    let quotas: [ClaimQuota]
    let lease: Duration
    /// The time by which messages are due; `nil` for the database's own.
    let now: Timestamp?
    let keys: Timestamp
    /// Before which nothing is looked for, by account.
    let floors: [String: Timestamp]
    /// Who claims.
    let node: String
    /// Hears on the way what time it is; `nil` where the callers' word counts.
    let clock: DatabaseClock?

    /// Runs it inside a transaction.
    ///
    /// - Returns: What came of it, and the due time of the first message that was claimed of each account.
    func run(_ transaction: inout PostgresTransaction) throws -> (exchange: Exchange, oldest: [String: Timestamp]) {
        let asked = quotas.filter { $0.limit > 0 }
        let fast = first(settlements)
        var queries = fast.isEmpty ? [] : [SettlementRows.query(fast)]
        queries += asked.flatMap { [claim($0), next($0)] }
        var rest = try answers(queries, &transaction)
        let settled = fast.isEmpty ? [] : try rest.removeFirst().map { try $0.uuid(0) }
        let results = try results(of: fast, settled: Set(settled), &transaction)
        var (claimed, due, holds, oldest): ([ClaimedMessage], [Timestamp], [Hold], [String: Timestamp]) = (
            [], [], [], [:]
        )
        for quota in asked {
            let rows = rest.removeFirst()
            let next = try rest.removeFirst().first?.time(0)
            let taken = try take(rows, &transaction)
            claimed += taken.claimed
            due += taken.due
            holds += taken.holds
            oldest[quota.account] = taken.oldest
            if taken.claimed.count < quota.limit, let next { due.append(next) }
        }
        return (Exchange(results: results, claimed: claimed, nextDue: due.min(), holds: holds), oldest)
    }

    private func answers(
        _ queries: [PostgresQuery],
        _ transaction: inout PostgresTransaction
    ) throws -> ArraySlice<PostgresRows> {
        guard !queries.isEmpty else { return [] }
        guard let clock else { return try transaction.rows(queries)[...] }
        let asked = clock.steadyNow
        var answers = try transaction.rows([DatabaseClock.question] + queries)[...]
        if let time = try answers.removeFirst().first?.time(0) {
            clock.hear(time, asked: asked, answered: clock.steadyNow)
        }
        return answers
    }

    // MARK: Settling

    /// The settlements that may be written without a look: of each message the first.
    private func first(_ settlements: [Settlement]) -> [Settlement] {
        var seen: Set<MessageID> = []
        return settlements.filter { !$0.entries.isEmpty && !$0.takesOtherwise && seen.insert($0.message).inserted }
            .sorted { $0.message < $1.message }
    }

    /// What each settlement did; the law is asked about those whose lease was not there any more.
    private func results(
        of fast: [Settlement],
        settled: Set<PostgresUUID>,
        _ transaction: inout PostgresTransaction
    ) throws -> [SettlementResult] {
        var isDone = Set(fast.filter { PostgresUUID($0.message).map(settled.contains) ?? false }.map(\.message))
        var kept: [Settlement] = []
        var results: [SettlementResult] = []
        for settlement in settlements {
            // Of two about the same message the second one finds it settled.
            let isSettled = isDone.remove(settlement.message) != nil
            let result = isSettled ? SettlementResult.settled : try settleLate(settlement, &transaction)
            if isSettled || result == .acceptedLate { kept.append(settlement) }
            results.append(result)
        }
        if let attempts = SettlementRows.attempts(kept) { transaction.write(attempts) }
        return results
    }

    private func settleLate(
        _ settlement: Settlement,
        _ transaction: inout PostgresTransaction
    ) throws -> SettlementResult {
        guard var message = try MessageRows.lock(settlement.message, &transaction) else { return .unknown }
        let id = message.record.message.id
        let alternatives =
            settlement.takesOtherwise ? try MessageRows.alternatives(of: [id], &transaction) : [:]
        let (result, entries) = message.record.settle(settlement, otherwise: alternatives[id])
        guard !entries.isEmpty else { return result }
        message.added = entries
        try MessageRows.save([message], settlement.attempt.map { [id: $0] } ?? [:], &transaction)
        return result
    }

    // MARK: Claiming

    /// Takes what is due of an account out of those that wait; what another node holds is passed over.
    ///
    /// `MATERIALIZED`, because else the limit may be run more than once. The lower bound passes over what was claimed before
    /// and is still in the index while somebody's snapshot could see it.
    private func claim(_ quota: ClaimQuota) -> PostgresQuery {
        PostgresQuery(Self.claiming) {
            $0.add(quota.account)
            $0.add(floors[quota.account])
            $0.add(now)
            $0.add(quota.limit)
        }
    }

    private static let claiming = """
        WITH c AS MATERIALIZED (
            SELECT account, due_at, place FROM hookline.waiting
            WHERE account = $1 AND due_at >= coalesce($2, '-infinity'::timestamptz) AND due_at <= coalesce($3, now())
            ORDER BY account, due_at, place LIMIT $4 FOR UPDATE SKIP LOCKED),
        d AS (
            DELETE FROM hookline.waiting w USING c
            WHERE (w.account, w.due_at, w.place) = (c.account, c.due_at, c.place) RETURNING w.message)
        SELECT \(MessageRows.waitingColumns), coalesce($3, now())
        FROM d JOIN hookline.messages m ON m.id = d.message
            LEFT JOIN hookline.message_requests r ON r.message = m.id
        ORDER BY m.due_at, m.place
        """

    private func next(_ quota: ClaimQuota) -> PostgresQuery {
        let sql = """
            SELECT due_at FROM hookline.waiting WHERE account = $1 AND due_at >= coalesce($2, '-infinity'::timestamptz)
            ORDER BY due_at LIMIT 1
            """
        return PostgresQuery(sql) {
            $0.add(quota.account)
            $0.add(floors[quota.account])
        }
    }

    private struct Taken {
        var claimed: [ClaimedMessage] = []
        var due: [Timestamp] = []
        var holds: [Hold] = []
        var oldest: Timestamp?
    }

    /// Asks the law about each message that was taken, and has written what it says.
    private func take(_ rows: PostgresRows, _ transaction: inout PostgresTransaction) throws -> Taken {
        var (taken, leased, others): (Taken, [StoredMessage], [StoredMessage]) = (Taken(), [], [])
        var messages = try rows.map { (message: try MessageRows.read($0), now: try $0.time(MessageRows.width)) }
        taken.oldest = messages.first?.message.record.message.dueAt
        for index in messages.indices {
            let now = messages[index].now
            let hold = messages[index].message.record.hold(at: now, keys: keys) { _ in nil }
            let before = messages[index].message.record
            let entries = try messages[index].message.record.claim(until: now.advanced(by: lease), at: now, held: hold)
            messages[index].message.added = entries
            messages[index].message.hasPlaceInLine = false
            let message = messages[index].message
            if let claim = message.record.claimed, message.record.message.state == .sending {
                taken.claimed.append(claim)
                leased.append(message)
            } else {
                others.append(message)
                if let due = message.record.message.dueAt { taken.due.append(due) }
                if let hold, before != message.record, !entries.isEmpty { taken.holds.append(hold) }
            }
        }
        if let query = leases(leased) { transaction.write(query) }
        try MessageRows.save(others, [:], &transaction)
        return taken
    }

    /// What is on its way: the row of the message stays as it was, and the lease says the rest.
    private func leases(_ messages: [StoredMessage]) -> PostgresQuery? {
        guard !messages.isEmpty else { return nil }
        let records = messages.map(\.record)
        let sql = """
            INSERT INTO hookline.leases (message, node, claim, claimed_at, lease_ends, reason, steps, story)
            SELECT message, $1, claim, claimed_at, lease_ends, reason, steps, story
            FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::bigint[], $8::text[])
                AS s(message, claim, claimed_at, lease_ends, reason, steps, story)
            """
        return PostgresQuery(sql) {
            $0.add(node)
            $0.add(messages.map(\.uuid))
            $0.add(records.map { Int64($0.claims) })
            $0.add(records.map(\.claimedAt))
            $0.add(records.map(\.leaseEnds))
            $0.add(records.map(\.message.reason))
            $0.add(messages.map { Int64($0.added.count) })
            $0.add(messages.map { String(decoding: Story($0.added).text, as: UTF8.self) })
        }
    }
}
