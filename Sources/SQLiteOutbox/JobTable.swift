// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// The table `jobs`, inside the caller's transaction or snapshot.
struct JobTable {
    let database: Database

    private static let columns =
        "seq, id, key, job_order, state, total, bound, place, tally, note, created_at, updated_at, next_at"

    func job(_ id: JobID) throws -> Job? {
        try database.row("SELECT \(Self.columns) FROM jobs WHERE id = ?", [id.rawValue], Job.init)
    }

    func job(key: String) throws -> Job? {
        try database.row("SELECT \(Self.columns) FROM jobs WHERE key = ?", [key], Job.init)
    }

    func jobs(_ filter: JobFilter) throws -> Page<Job> {
        var query = ListQuery("SELECT \(Self.columns) FROM jobs", key: "seq")
        query.add("state = ?", filter.state?.rawValue)
        // A small index is used where the query says that it wants no others.
        if filter.state == .running { query.add("state = 'running'") }
        return try query.page(database, limit: filter.limit, cursor: filter.cursor, Job.init)
    }

    func insert(_ job: Job) throws {
        try database.run(
            """
            INSERT INTO jobs (id, key, job_order, state, total, bound, place, tally, note, created_at, updated_at,
                next_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                job.id.rawValue, job.order.key, job.order.json.text(), job.state.rawValue, job.total, job.bound,
                job.place, job.tallyText, job.note, job.createdAt.microseconds, job.updatedAt.microseconds,
                job.nextAt.microseconds,
            ]
        )
    }

    func update(_ job: Job) throws {
        try database.run(
            "UPDATE jobs SET state = ?, place = ?, tally = ?, note = ?, updated_at = ?, next_at = ? WHERE id = ?",
            [
                job.state.rawValue, job.place, job.tallyText, job.note, job.updatedAt.microseconds,
                job.nextAt.microseconds, job.id.rawValue,
            ]
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

    /// A job from its row, whose first column is the row's number.
    fileprivate init(_ row: Row) throws {
        guard let json = try? JSON(parsing: row[3] as String), let order = JobOrder(json, key: row[2]),
            let tally = (try? JSON(parsing: row[8] as String))?.array
        else { throw StoreError(.corrupt, "a job's order is none that this Hookline knows") }
        let counts = tally.compactMap { pair -> (Result, Int)? in
            guard let fields = pair.array, fields.count == 2, let count = fields[1].number?.int else { return nil }
            return fields[0].string.flatMap(Result.init).map { ($0, count) }
        }
        self.init(
            id: JobID(rawValue: row[1]),
            order: order,
            createdAt: row.time(10),
            total: row[5],
            bound: row[6],
            state: try row.name(4),
            place: row[7],
            tally: Dictionary(uniqueKeysWithValues: counts),
            note: row[9],
            nextAt: row.time(12),
            updatedAt: row.time(11)
        )
    }
}
