// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Settles claims and makes new ones, in one transaction and two ways to the server: what was settled and what is due, and
/// the new leases with the commit.
///
/// What has terms beyond its time asks more. So does what the law has to be asked about when it is settled: all that is to be settled
/// is locked first then, in one order.
struct WorkExchange {
    let settlements: [Settlement]
    let quotas: [ClaimQuota]
    let lease: Duration
    /// The time by which messages are due; `nil` for the database's own.
    let now: Timestamp?
    let keys: Timestamp
    /// Before which nothing is looked for, by account.
    let floors: [String: Timestamp]
    /// Hears on the way what time it is; `nil` where the callers' word counts.
    let clock: DatabaseClock?

    /// What sources tell.
    let hearing: Effects.Hearing
    /// Whether claims say where their events were accepted.
    let readsTraces: Bool
    /// Under which the claims of this exchange can be found again, and those of earlier ones whose commit nobody answered.
    let identity: PostgresUUID
    let lost: [PostgresUUID]
    /// Whether the law is asked about each settlement: a try without found one that was not its lease's any more.
    var asksLaw = false

    /// A settlement is about what somebody called off, or about a lease that ran out: the law has to be asked about all of them.
    struct LawNeeded: Error {}

    /// What came of it.
    struct Outcome {
        var results: [SettlementResult] = []
        var claims = ClaimWork.Claims()
        /// What was found of each account that was claimed for.
        var found: [String: ClaimFloors.Found] = [:]
        /// How long the database looked for them.
        var took: Duration = .zero
        /// How accounts stand that were claimed for and do not send as they would.
        var standings: [String: AccountStanding] = [:]
        /// Whether something was accepted of which a report had come before.
        var hasEarlyReports = false
        var effects: Effects

        var exchange: Exchange {
            Exchange(
                results: results,
                claimed: claims.claimed,
                nextDue: claims.due.min(),
                holds: claims.holds,
                standings: standings
            )
        }
    }

    /// Runs it inside a transaction.
    func run(_ transaction: inout PostgresTransaction) throws -> Outcome {
        var outcome = Outcome(effects: Effects(hearing))
        let asked = quotas.filter { $0.limit > 0 }
        let asksLaw = self.asksLaw || !lost.isEmpty || !settlements.arePlain
        if asksLaw { try lockAll(&transaction) }
        try takeBackLost(&outcome.effects, &transaction)
        let fast = asksLaw ? [] : settlements.sorted { $0.message < $1.message }
        let reports = hearing.linksReports && settlements.contains { $0.partnerID != nil }
        var queries = fast.isEmpty ? [] : [SettlementRows.query(fast)]
        if reports { queries.append(ReportRows.question) }
        queries += asked.flatMap { [claim($0), next($0)] }
        if !asked.isEmpty { queries += [PaceRows.question(asked.map(\.account)), ConsentRows.question] }
        let begin = ContinuousClock.now
        var rest = try answers(queries, &transaction)
        outcome.took = begin.duration(to: .now)
        if !fast.isEmpty, rest.removeFirst().count < fast.count { throw LawNeeded() }
        if reports { outcome.hasEarlyReports = rest.removeFirst().count > 0 }
        outcome.results = try results(asksLaw, &outcome.effects, &transaction)
        for due in settlements.compactMap(\.dueAt) {
            outcome.effects.wakes = true
            outcome.effects.put(due: due)
        }
        try claim(asked, rest, &outcome, &transaction)
        var counts = outcome.claims.counts
        for settlement in fast {
            if let last = settlement.entries.last { counts.add(PostgresUUID(settlement.message), .sending, last.to) }
        }
        if let query = counts.query { transaction.write(query) }
        return outcome
    }

    private func claim(
        _ asked: [ClaimQuota],
        _ answers: ArraySlice<PostgresRows>,
        _ outcome: inout Outcome,
        _ transaction: inout PostgresTransaction
    ) throws {
        guard let optOuts = answers.last, !asked.isEmpty else { return }
        var (rest, due, next): (ArraySlice<PostgresRows>, [ClaimWork.Due], [String: Timestamp]) = (answers, [], [:])
        for quota in asked {
            let found = try rest.removeFirst().map { row in
                ClaimWork.Due(
                    message: try MessageRows.read(row),
                    now: try row.time(MessageRows.width),
                    accepted: readsTraces ? try TraceRows.accepted(row, from: MessageRows.width + 1) : nil
                )
            }
            let last = found.last
            let isFull = found.count >= quota.limit
            outcome.found[quota.account] = ClaimFloors.Found(last: last?.message.record.message.dueAt, isFull: isFull)
            let later = try rest.removeFirst().first?.time(0)
            // Who took as many as it may has not seen whether more are due.
            next[quota.account] = isFull ? last?.now : later
            due += found
        }
        outcome.standings = try rest.popFirst().map(PaceRows.standings) ?? [:]
        var work = ClaimWork(asked, lease: lease, keys: keys, exchange: identity, hearing, readsTraces: readsTraces)
        outcome.claims = try work.claim(due, optOuts, &outcome.effects, &transaction)
        if outcome.claims.changedAccounts { outcome.effects.wakes = true }
        for quota in asked {
            let count = outcome.claims.claimed.count { $0.account == quota.account }
            if count < quota.limit, let next = next[quota.account] { outcome.claims.due.append(next) }
        }
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

    // MARK: Locking

    /// Locks what the law is asked about: recipients whose codes stop something, and all messages that may change.
    private func lockAll(_ transaction: inout PostgresTransaction) throws {
        var locks = GroupLocks()
        let stopping = settlements.filter { $0.code == .stoppedMarketing }.map { PostgresUUID($0.message) }
        if !stopping.isEmpty {
            let query = PostgresQuery("\(MessageRows.selectKnown) WHERE m.id = ANY($1::uuid[])") { $0.add(stopping) }
            let rows = try transaction.rows(query).map { try MessageRows.read($0).record.subject }
            locks.add(recipients: rows.compactMap(\.self))
        }
        let claimed = PostgresQuery("SELECT message FROM hookline.leases WHERE exchange = ANY($1::uuid[])") {
            $0.add(lost)
        }
        let given = lost.isEmpty ? [] : try transaction.rows(claimed).map { try $0.uuid(0) }
        for id in given + settlements.compactMap({ PostgresUUID($0.message) }) { locks.add(messages: [id]) }
        try locks.lock(&transaction)
    }

    // MARK: What a lost exchange claimed

    /// Gives back what an earlier exchange claimed whose commit nobody answered: none of it was sent.
    private func takeBackLost(_ effects: inout Effects, _ transaction: inout PostgresTransaction) throws {
        guard !lost.isEmpty else { return }
        let condition = "m.id = ANY (ARRAY(SELECT message FROM hookline.leases WHERE exchange = ANY($1::uuid[])))"
        var given: [StoredMessage] = []
        for var message in try MessageRows.lock(where: condition, &transaction, { $0.add(lost) }) {
            guard let claimed = message.record.claimed else { continue }
            var machine = claimed.machine()
            let at = now ?? clock?.now ?? claimed.claimedAt
            try machine.release(at: at, because: "the node that claimed it did not hear of that in time")
            let settlement = Settlement(of: claimed, machine, attempt: nil, at: at)
            message.added = message.record.settle(settlement).entries
            for query in FactRows.takeBack(settlement.takesBack) { transaction.write(query) }
            given.append(message)
        }
        try MessageRows.save(given, &effects, &transaction)
    }

    // MARK: Settling

    /// What each settlement did, which is settled already where the law is not to be asked.
    private func results(
        _ asksLaw: Bool,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> [SettlementResult] {
        var kept: [(settlement: Settlement, result: SettlementResult)] = []
        for settlement in settlements {
            kept.append((settlement, asksLaw ? try settleSlowly(settlement, &effects, &transaction) : .settled))
        }
        try follow(kept.filter { $0.result == .settled || $0.result == .acceptedLate }, &effects, &transaction)
        return kept.map(\.result)
    }

    private func settleSlowly(
        _ settlement: Settlement,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> SettlementResult {
        guard var message = try MessageRows.lock(settlement.message, &transaction) else { return .unknown }
        let id = message.record.message.id
        let alternatives =
            settlement.takesOtherwise ? try MessageRows.alternatives(of: [id], &transaction) : [:]
        let (result, entries) = message.record.settle(settlement, otherwise: alternatives[id])
        guard !entries.isEmpty else { return result }
        message.added = entries
        try MessageRows.save([message], attempts: settlement.attempt.map { [id: $0] } ?? [:], &effects, &transaction)
        return result
    }

    /// Writes what settlements say beside their messages: attempts, what is waited for, departures, codes.
    private func follow(
        _ written: [(settlement: Settlement, result: SettlementResult)],
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws {
        if let attempts = SettlementRows.attempts(written.map(\.settlement)) { transaction.write(attempts) }
        let settled = written.filter { $0.result == .settled }.map(\.settlement)
        let waiting = settled.compactMap { settlement in
            settlement.waitsFor.map { (message: settlement.message, condition: $0) }
        }
        if !waiting.isEmpty { transaction.write(WaitingRows.put(waiting)) }
        for query in FactRows.takeBack(settled.flatMap(\.takesBack)) { transaction.write(query) }
        try noteCodes(of: written.map(\.settlement), &effects, &transaction)
    }

    /// Writes down what codes say about recipients, in one order of these.
    private func noteCodes(
        of settlements: [Settlement],
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws {
        var told: [(code: Int, record: MessageRecord, at: Timestamp)] = []
        for settlement in settlements {
            guard let code = settlement.attempt?.outcome.detail?.recipientCode,
                let record = try MessageRows.read(settlement.message, &transaction)?.record
            else { continue }
            told.append((code, record, settlement.at))
        }
        for (code, record, at) in told.sorted(by: { $0.record.subject ?? "" < $1.record.subject ?? "" }) {
            try CodeRows.note(code, of: record, by: .answer, at: at, now: at, &effects, &transaction)
        }
    }

    // MARK: Claiming

    /// Takes what is due of an account out of those that wait; what another node holds is passed over.
    ///
    /// `MATERIALIZED`, because else the limit may be run more than once. The lower bound passes over what was claimed before
    /// and is still in the index while somebody's snapshot could see it. A row is deleted where it was locked, and not looked for
    /// once more: one that was moved between the two stays for the next claim.
    private func claim(_ quota: ClaimQuota) -> PostgresQuery {
        PostgresQuery(readsTraces ? Self.claimingTraced : Self.claiming) {
            $0.add(quota.account)
            $0.add(floors[quota.account])
            $0.add(now)
            $0.add(quota.limit)
        }
    }

    private static let claiming = claiming("", "")
    /// The same with where each message's event was accepted.
    private static let claimingTraced = claiming(", \(TraceRows.columns)", TraceRows.join)

    private static func claiming(_ columns: String, _ join: String) -> String {
        """
        WITH c AS MATERIALIZED (
            SELECT ctid FROM hookline.waiting
            WHERE account = $1 AND due_at >= coalesce($2, '-infinity'::timestamptz) AND due_at <= coalesce($3, now())
            ORDER BY account, due_at, place LIMIT $4 FOR UPDATE SKIP LOCKED),
        d AS (DELETE FROM hookline.waiting w USING c WHERE w.ctid = c.ctid RETURNING w.message)
        SELECT \(MessageRows.waitingColumns), coalesce($3, now())\(columns)
        FROM d JOIN hookline.messages m ON \(byKey("m.id", "d.message"))
            LEFT JOIN hookline.message_requests r ON \(byKey("r.message", "d.message")) \(join)
        ORDER BY m.due_at, m.place
        """
    }

    /// When the first message is due that is not yet: what was due stands before it, and is not gone through again.
    private func next(_ quota: ClaimQuota) -> PostgresQuery {
        let sql = """
            SELECT due_at FROM hookline.waiting WHERE account = $1 AND due_at > coalesce($2, now()) ORDER BY due_at LIMIT 1
            """
        return PostgresQuery(sql) {
            $0.add(quota.account)
            $0.add(now)
        }
    }
}

extension [Settlement] {
    /// Whether they may be written without a look: each with a change, of a message of its own, and about that alone.
    fileprivate var arePlain: Bool {
        Set(map(\.message)).count == count
            && allSatisfy { !$0.entries.isEmpty && !$0.takesOtherwise && $0.code != .stoppedMarketing }
    }
}

extension Settlement {
    /// What its answer says about the recipient.
    fileprivate var code: RecipientCode? { attempt?.outcome.detail?.recipientCode.flatMap { RecipientCode($0) } }
}
