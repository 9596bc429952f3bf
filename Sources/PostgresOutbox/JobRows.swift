// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// The table `jobs`, inside the caller's transaction or snapshot.
enum JobRows {
    static let tables = [
        """
        CREATE TABLE hookline.jobs (
            place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, key text UNIQUE,
            job_order text NOT NULL, state text NOT NULL, total bigint NOT NULL, bound bigint NOT NULL,
            reached bigint NOT NULL, tally text NOT NULL, note text, created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL, next_at timestamptz NOT NULL)
        """,
        "CREATE INDEX jobs_running ON hookline.jobs (place) WHERE state = 'running'",
    ]

    private static let select = """
        SELECT place, id, key, job_order, state, total, bound, reached, tally, note, created_at, updated_at, next_at
        FROM hookline.jobs
        """

    static func job(_ id: JobID, _ transaction: inout PostgresTransaction) throws -> Job? {
        try transaction.rows(PostgresQuery("\(select) WHERE id = $1") { $0.add(id.rawValue) }).first.map(job)
    }

    static func job(key: String, _ transaction: inout PostgresTransaction) throws -> Job? {
        try transaction.rows(PostgresQuery("\(select) WHERE key = $1") { $0.add(key) }).first.map(job)
    }

    /// Locks a job, so that nobody else steps or changes it meanwhile.
    ///
    /// - Parameters:
    ///   - id: Which one.
    ///   - waits: Whether whoever has it is waited for.
    ///   - transaction: The transaction.
    /// - Returns: The job; `nil` when there is none, or somebody has it who is not waited for.
    /// - Throws: `PostgresError`, `StoreError`.
    static func lock(_ id: JobID, waits: Bool, _ transaction: inout PostgresTransaction) throws -> Job? {
        let query = PostgresQuery("\(select) WHERE id = $1 FOR UPDATE\(waits ? "" : " SKIP LOCKED")") {
            $0.add(id.rawValue)
        }
        return try transaction.rows(query).first.map(job)
    }

    static func jobs(_ filter: JobFilter, _ transaction: inout PostgresTransaction) throws -> Page<Job> {
        var list = ListQuery(select, along: "place")
        list.add("state = ?", filter.state?.rawValue)
        // A small index is used where the statement says that it wants no others.
        if filter.state == .running { list.add("state = 'running'") }
        return try list.page(&transaction, limit: filter.limit, cursor: filter.cursor) { row in
            (try row.number(0), try job(row))
        }
    }

    /// Stores a job, unless there is one with its key, on whichever node that was given.
    ///
    /// - Returns: The job that was there before; `nil` where this is the one.
    static func insert(_ job: Job, _ transaction: inout PostgresTransaction) throws -> Job? {
        let sql = """
            INSERT INTO hookline.jobs (id, key, job_order, state, total, bound, reached, tally, note, created_at, updated_at,
                next_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id
            """
        let query = PostgresQuery(sql) {
            $0.add(job.id.rawValue)
            $0.add(job.order.key)
            $0.add(job.order.json.text())
            $0.add(job.state.rawValue)
            $0.add(job.total)
            $0.add(job.bound)
            $0.add(job.place)
            $0.add(job.tallyText)
            $0.add(job.note)
            $0.add(job.createdAt)
            $0.add(job.updatedAt)
            $0.add(job.nextAt)
        }
        guard let id = try transaction.rows(query).first?.text(0), id != job.id.rawValue else { return nil }
        return try self.job(JobID(rawValue: id), &transaction)
    }

    static func update(_ job: Job) -> PostgresQuery {
        let sql = """
            UPDATE hookline.jobs SET state = $2, reached = $3, tally = $4, note = $5, updated_at = $6, next_at = $7
            WHERE id = $1
            """
        return PostgresQuery(sql) {
            $0.add(job.id.rawValue)
            $0.add(job.state.rawValue)
            $0.add(job.place)
            $0.add(job.tallyText)
            $0.add(job.note)
            $0.add(job.updatedAt)
            $0.add(job.nextAt)
        }
    }

    private static func job(_ row: PostgresRow) throws -> Job {
        guard let json = try? JSON(parsing: try row.text(3)), let order = JobOrder(json, key: try row.optionalText(2)),
            let tally = (try? JSON(parsing: try row.text(8)))?.array
        else { throw StoreError(.corrupt, "a job's order is none that this Hookline knows") }
        let counts = tally.compactMap { pair -> (Job.Result, Int)? in
            guard let fields = pair.array, fields.count == 2, let count = fields[1].number?.int else { return nil }
            return fields[0].string.flatMap(Job.Result.init).map { ($0, count) }
        }
        return Job(
            id: JobID(rawValue: try row.text(1)),
            order: order,
            createdAt: try row.time(10),
            total: Int(try row.number(5)),
            bound: try row.number(6),
            state: try row.name(4),
            place: try row.number(7),
            tally: Dictionary(counts) { first, _ in first },
            note: try row.optionalText(9),
            nextAt: try row.time(12),
            updatedAt: try row.time(11)
        )
    }
}

extension Job {
    fileprivate var tallyText: String {
        let counts = tally.sorted { $0.key.rawValue < $1.key.rawValue }.map { result, count -> JSON in
            [.string(result.rawValue), .number(JSONNumber(count))]
        }
        return JSON.array(counts).text()
    }
}
