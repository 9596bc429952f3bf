// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// What jobs do, inside the caller's transaction: finds messages, asks the law, writes down how far the job is.
struct JobWork {
    private let database: Database
    private let table: JobTable
    private let messages: MessageTable

    /// So many rows of a state are looked at in one transaction.
    private static let window = 200

    init(database: Database) {
        self.database = database
        table = JobTable(database: database)
        messages = MessageTable(database: database)
    }

    // MARK: Beginning

    /// What a job would be about: how much, and the last row that is there now.
    struct Survey {
        let total: Int
        let bound: Int64
    }

    /// Looks at what a job would be about; reads every row of it, so that it is not for the writer's transaction.
    func survey(_ order: JobOrder) throws -> Survey {
        let (total, rows): (Int, String)
        switch order.work {
        case .decide(let decision, let selection):
            total = try counts(selection, for: decision.kind).total
            rows = "messages"
        case .replay(let scope, _): (total, rows) = (try ReplayReading(database: database).count(scope), "events")
        }
        let bound = try database.row("SELECT max(seq) FROM \(rows)", []) { $0[0] as Int64? } ?? nil
        return Survey(total: total, bound: bound ?? 0)
    }

    /// Begins a job, or finds the one that the order's key has begun.
    func begin(_ order: JobOrder, _ survey: Survey, of action: OperatorAction) throws -> Job {
        if let known = try order.key.flatMap({ try table.job(key: $0) }) {
            try refusing { () throws(Job.Refusal) in try known.repeated(by: order) }
            return known
        }
        try action.require(survey.total, for: order)
        let job = Job(JobID(at: action.at), order, total: survey.total, bound: survey.bound, at: action.at)
        try table.insert(job)
        return job
    }

    /// How many messages a decision would be about.
    func counts(_ selection: MessageSelection, for kind: Decision.Kind) throws -> [SelectionCount] {
        let states = selection.states(for: kind).map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let named = selection.messages.isEmpty ? "" : "id IN (SELECT value FROM json_each(?6)) AND"
        let sayable = kind == .retry ? Self.sayable : "1"
        return try database.rows(
            """
            SELECT rule, state, count(*) FILTER (WHERE \(sayable)), count(*) FILTER (WHERE NOT \(sayable)) FROM messages
                WHERE \(named) state IN (\(states)) AND state NOT IN ('accepted', 'sending')
                AND (?1 IS NULL OR rule = ?1) AND (?2 IS NULL OR source = ?2) AND (?3 IS NULL OR account = ?3)
                AND (?4 IS NULL OR created_at >= ?4) AND (?5 IS NULL OR created_at < ?5)
                GROUP BY rule, state ORDER BY rule, state
            """,
            [
                selection.rule, selection.source, selection.account, selection.since?.microseconds,
                selection.until?.microseconds,
            ] + Self.ids(selection)
        ) { try SelectionCount(rule: $0[0], state: $0.name(1), count: $0[2], unsayable: $0[3]) }
    }

    /// Whether there is something to send: ``MessageRecord/isSayable``.
    private static let sayable = """
        (request IS NOT NULL OR EXISTS (SELECT 1 FROM message_requests r WHERE r.message = messages.seq)
            OR EXISTS (SELECT 1 FROM digests d WHERE d.message = messages.seq AND d.is_built = 0))
        """

    func change(_ change: JobChange, of id: JobID, by who: String, at now: Timestamp) throws -> Job {
        guard var job = try table.job(id) else { throw StoreError(.notFound, "there is no job \(id)") }
        try refusing { () throws(Job.Refusal) in try job.change(change, by: who, at: now) }
        try table.update(job)
        return job
    }

    /// The law's refusal is the store's conflict.
    private func refusing(_ law: () throws(Job.Refusal) -> Void) throws {
        do throws(Job.Refusal) {
            try law()
        } catch {
            throw StoreError(.conflict, error.description)
        }
    }

    // MARK: Going on

    /// Carries out a few messages of a job that is due.
    func step(_ id: JobID, at now: Timestamp, keys: Timestamp, effects: inout WriteQueue.Effects) throws -> Job? {
        guard var job = try table.job(id) else { return nil }
        guard job.isDue(at: now), case .decide(let decision, let selection) = job.order.work else { return job }
        let (places, isWhole) = try places(job, selection, selection.states(for: decision.kind))
        var step = Job.Step(of: job)
        var room: [String: Int] = [:]
        for place in places where step.fullAccount == nil && step.paced < job.stepSize {
            guard let row = try messages.row(place) else { continue }
            let message = row.record.message
            if selection.takes(row.record, for: decision.kind, since: job.createdAt) {
                guard try job.order.sends == false || hasRoom(job, message.account, at: now, &room) else {
                    step.fullAccount = message.account
                    continue
                }
                try carryOut(decision, of: job, on: message.id, at: now, keys: keys, &step, &effects)
            }
            step.place = place
        }
        step.isLast = isWhole && (places.last.map { $0 <= step.place } ?? true)
        job.follow(step, at: now)
        try table.update(job)
        return job
    }

    private func carryOut(
        _ decision: Decision,
        of job: Job,
        on message: MessageID,
        at now: Timestamp,
        keys: Timestamp,
        _ step: inout Job.Step,
        _ effects: inout WriteQueue.Effects
    ) throws {
        do {
            _ = try MessageWork(database: database)
                .decide(decision, on: message, by: job.order.who, at: now, keys: keys, effects: &effects)
            step.add(.done)
        } catch let error as StoreError {
            guard error.code == .conflict else { throw error }
            step.add(.refused, refusal: error.reason)
        }
    }

    /// The next places of rows that stand in the states that a job is about, and whether these are all.
    ///
    /// Each state has its part of a small index, so that no row of another state is read; of ids no other rows are.
    private func places(
        _ job: Job,
        _ selection: MessageSelection,
        _ states: [MessageState]
    ) throws -> (places: [Int64], isWhole: Bool) {
        let named = selection.messages.isEmpty ? "" : "id IN (SELECT value FROM json_each(?5)) AND"
        var (places, end): ([Int64], Int64) = ([], .max)
        for state in states {
            let found = try database.rows(
                """
                SELECT seq FROM messages WHERE \(named) state = ?1 AND state NOT IN ('accepted', 'sending') AND seq > ?2
                    AND seq <= ?3 ORDER BY seq LIMIT ?4
                """,
                [state.rawValue, job.place, job.bound, Self.window] + Self.ids(selection)
            ) { $0[0] as Int64 }
            places += found
            // Beyond the last row of a full window there may be others of that state before those of another.
            if found.count == Self.window, let last = found.last { end = min(end, last) }
        }
        return (places.filter { $0 <= end }.sorted(), end == .max)
    }

    /// The ids that a selection names, as one argument; none where it names none.
    private static func ids(_ selection: MessageSelection) -> StatementArguments {
        guard !selection.messages.isEmpty else { return [] }
        return [JSON.array(selection.messages.map { .string($0.rawValue) }).text()]
    }

    /// Whether one more message may be put into the queue of an account; counts it.
    func hasRoom(
        _ job: Job,
        _ account: String,
        at now: Timestamp,
        _ room: inout [String: Int]
    ) throws -> Bool {
        let left =
            try room[account]
            ?? job.room
            - (database.row(
                "SELECT count(*) FROM (SELECT 1 FROM messages WHERE account = ? AND due_at <= ? LIMIT ?)",
                [account, now.microseconds, job.room]
            ) { $0[0] as Int } ?? 0)
        room[account] = left - 1
        return left > 0
    }
}
