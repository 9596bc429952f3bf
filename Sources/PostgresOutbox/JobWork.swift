// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// What jobs do, inside the caller's transaction: finds messages, asks the law, writes down how far the job is.
///
/// A job is stepped by whoever has its row, on whichever node: who comes meanwhile passes it by, and who comes later finds it
/// further on.
enum JobWork {
    /// So many rows of a state are looked at for one step.
    private static let window = 200

    // MARK: Beginning

    /// What a job would be about: how much, and the last row that is there now.
    struct Survey {
        let total: Int
        let bound: Int64
    }

    /// Looks at what a job would be about; reads every row of it, so that it is not for a transaction that writes.
    ///
    /// - Parameters:
    ///   - order: What it does.
    ///   - horizon: Up to where no row comes any more: what comes later is not in it.
    ///   - transaction: A snapshot that is younger than the horizon.
    /// - Returns: What it would be about.
    /// - Throws: `PostgresError`.
    static func survey(
        _ order: JobOrder,
        _ horizon: ListEnds,
        _ transaction: inout PostgresTransaction
    ) throws -> Survey {
        switch order.work {
        case .decide(let decision, let selection):
            let counts = try counts(selection, for: decision.kind, upTo: horizon.message, &transaction)
            return Survey(total: counts.total, bound: horizon.message)
        case .replay(let scope, _):
            let total = try ReplayRows.count(scope, upTo: horizon.event, &transaction)
            return Survey(total: total, bound: horizon.event)
        }
    }

    /// Begins a job, or finds the one that the order's key has begun.
    static func begin(
        _ order: JobOrder,
        _ survey: Survey,
        of action: OperatorAction,
        _ transaction: inout PostgresTransaction
    ) throws -> Job {
        let job = Job(JobID(at: action.at), order, total: survey.total, bound: survey.bound, at: action.at)
        if let known = try JobRows.insert(job, &transaction) {
            try refusing { () throws(Job.Refusal) in try known.repeated(by: order) }
            return known
        }
        try action.require(survey.total, for: order)
        return job
    }

    /// How many messages a decision would be about.
    static func counts(
        _ selection: MessageSelection,
        for kind: Decision.Kind,
        upTo bound: Int64 = .max,
        _ transaction: inout PostgresTransaction
    ) throws -> [SelectionCount] {
        var counts: [SelectionCount] = []
        let sayable = kind == .retry ? sayable : "true"
        let columns = "m.rule, m.state, count(*) FILTER (WHERE \(sayable)), count(*) FILTER (WHERE NOT \(sayable))"
        for part in parts(selection, kind, columns) {
            var list = part
            list.add("m.place <= ?", bound) { $0.add($1) }
            counts += try list.rows(&transaction, then: "GROUP BY m.rule, m.state").map {
                let (count, unsayable) = (Int(try $0.number(2)), Int(try $0.number(3)))
                return SelectionCount(
                    rule: try $0.text(0),
                    state: try $0.name(1),
                    count: count,
                    unsayable: unsayable
                )
            }
        }
        return counts.sorted { ($0.rule, $0.state.rawValue) < ($1.rule, $1.state.rawValue) }
    }

    /// Whether there is something to send: ``MessageRecord/isSayable``.
    private static let sayable = """
        (EXISTS (SELECT FROM hookline.message_requests r WHERE r.message = m.id)
            OR coalesce(m.digest LIKE '%"built":false%', false))
        """

    static func change(
        _ change: JobChange,
        of id: JobID,
        by who: String,
        at now: Timestamp,
        _ transaction: inout PostgresTransaction
    ) throws -> Job {
        guard var job = try JobRows.lock(id, waits: true, &transaction) else {
            throw StoreError(.notFound, "there is no job \(id)")
        }
        try refusing { () throws(Job.Refusal) in try job.change(change, by: who, at: now) }
        transaction.write(JobRows.update(job))
        return job
    }

    /// The law's refusal is the store's conflict.
    private static func refusing(_ law: () throws(Job.Refusal) -> Void) throws {
        do throws(Job.Refusal) {
            try law()
        } catch {
            throw StoreError(.conflict, error.description)
        }
    }

    // MARK: Finding

    /// The messages that a decision takes.
    ///
    /// Those that wait by the line that they stand in, and others by the small index of what is noteworthy: no row of another
    /// state is read.
    private static func parts(_ selection: MessageSelection, _ kind: Decision.Kind, _ columns: String) -> [ListQuery] {
        let states = selection.states(for: kind)
        let tables = [
            (states.filter(\.isWaiting), "hookline.waiting w JOIN hookline.messages m ON m.id = w.message"),
            (states.filter { !$0.isWaiting }, "hookline.messages m"),
        ]
        return tables.compactMap { states, tables in
            guard let first = states.first else { return nil }
            var list = ListQuery("SELECT \(columns) FROM \(tables)", along: "m.place")
            if !first.isWaiting { list.add("m.noteworthy") }
            list.add("m.state = ANY(?::text[])", anyOf: states.map(\.rawValue))
            if !selection.messages.isEmpty {
                list.add("m.id = ANY(?::uuid[])", selection.messages.map { PostgresUUID($0) }) { $0.add($1) }
            }
            list.add("m.rule = ?", selection.rule)
            list.add("m.source = ?", selection.source)
            list.add("m.account = ?", selection.account)
            list.add("m.created_at >= ?", selection.since)
            list.add("m.created_at < ?", selection.until)
            return list
        }
    }

    private typealias Candidate = (place: Int64, id: MessageID)

    /// The next messages of a job, and whether these are all.
    private static func candidates(
        _ job: Job,
        _ selection: MessageSelection,
        _ kind: Decision.Kind,
        _ transaction: inout PostgresTransaction
    ) throws -> (candidates: [Candidate], isWhole: Bool) {
        var (all, end): ([Candidate], Int64) = ([], .max)
        for part in parts(selection, kind, "m.place, m.id") {
            var list = part
            list.add("m.place > ?", job.place) { $0.add($1) }
            list.add("m.place <= ?", job.bound) { $0.add($1) }
            let found = try list.rows(&transaction, then: "ORDER BY m.place LIMIT \(window)")
                .map { (try $0.number(0), try $0.uuid(1).messageID) }
            all += found
            // Beyond the last row of a full window there may be others before those of the other part.
            if found.count == window, let last = found.last { end = min(end, last.0) }
        }
        return (all.filter { $0.place <= end }.sorted { $0.place < $1.place }, end == .max)
    }

    // MARK: Going on

    /// Carries out a few messages of a job that is due.
    ///
    /// - Parameters:
    ///   - id: Which job.
    ///   - now: The time now.
    ///   - keys: The same on the line of keys.
    ///   - most: How many messages at most.
    ///   - effects: What others hear of.
    ///   - transaction: The transaction.
    /// - Returns: The job as it stands then; `nil` when there is none.
    /// - Throws: `PostgresError`, `StoreError`.
    static func step(
        _ id: JobID,
        at now: Timestamp,
        keys: Timestamp,
        most: Int,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> Job? {
        guard var job = try JobRows.lock(id, waits: false, &transaction) else {
            return try JobRows.job(id, &transaction)
        }
        guard job.isDue(at: now), case .decide(let decision, let selection) = job.order.work else { return job }
        let (found, isWhole) = try candidates(job, selection, decision.kind, &transaction)
        let candidates = found.prefix(min(most, job.stepSize))
        var (step, rooms) = (Job.Step(of: job), Rooms(of: job, at: now))
        var work = DecisionWork(decision, by: job.order.who, at: now, keys: keys)
        try work.lock(candidates.map(\.id), &transaction)
        for candidate in candidates where step.fullAccount == nil {
            if let record = work.messages[candidate.id]?.record,
                selection.takes(record, for: decision.kind, since: job.createdAt)
            {
                guard try job.order.sends == false || rooms.take(record.message.account, &transaction) else {
                    step.fullAccount = record.message.account
                    continue
                }
                try decide(&work, record.message.id, &step)
            }
            step.place = candidate.place
        }
        step.isLast = isWhole && (found.last.map { $0.place <= step.place } ?? true)
        try work.save(&effects, &transaction)
        // What an earlier step sent whose commit nobody answered woke nobody.
        if job.order.sends { effects.wakes = true }
        job.follow(step, at: now)
        transaction.write(JobRows.update(job))
        return job
    }

    private static func decide(_ work: inout DecisionWork, _ id: MessageID, _ step: inout Job.Step) throws {
        do {
            _ = try work.decide(id)
            step.add(.done)
        } catch let error as StoreError {
            guard error.code == .conflict else { throw error }
            step.add(.refused, refusal: error.reason)
        }
    }

    /// How much room there is for a job in the queues of accounts.
    struct Rooms {
        private let room: Int
        private let now: Timestamp
        private var left: [String: Int] = [:]

        init(of job: Job, at now: Timestamp) {
            (room, self.now) = (job.room, now)
        }

        /// Whether one more message may be put into the queue of an account; counts it.
        mutating func take(_ account: String, _ transaction: inout PostgresTransaction) throws -> Bool {
            let left = try self.left[account] ?? room - due(account, &transaction)
            self.left[account] = left - 1
            return left > 0
        }

        private func due(_ account: String, _ transaction: inout PostgresTransaction) throws -> Int {
            let sql = """
                SELECT count(*) FROM
                    (SELECT 1 FROM hookline.waiting WHERE account = $1 AND due_at <= $2 LIMIT $3) counted
                """
            let query = PostgresQuery(sql) {
                $0.add(account)
                $0.add(now)
                $0.add(room)
            }
            return try transaction.rows(query).first.map { Int(try $0.number(0)) } ?? 0
        }
    }
}
