// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import NIOConcurrencyHelpers
package import Outbox
package import PostgresConnection

/// A database while it is copied, or copied into, over one connection.
package final class PostgresCopy: CopyingStore {
    package let name: String
    private let lane: PostgresLane
    private let partitions: PostgresPartitions
    /// Whether it is copied into.
    private let isTarget: Bool
    /// The pieces of tables that are there, by their beginnings.
    private let pieces = NIOLockedValueBox<Set<UInt64>>([])

    private init(_ address: PostgresAddress, _ lane: PostgresLane, _ partitions: PostgresPartitions, isTarget: Bool) {
        name = "\(address)"
        (self.lane, self.partitions, self.isTarget) = (lane, partitions, isTarget)
    }

    /// Of tables with many rows a page, or a count, may take.
    private static let answersWithin: Duration = .seconds(600)

    /// Opens a database to copy from, or to look into; nothing in it is changed.
    ///
    /// - Parameters:
    ///   - address: The database, without a pooler before it.
    ///   - options: How to connect.
    /// - Returns: The store, to be closed in the end; `nil` where it has no tables of ours.
    /// - Throws: `StoreError` where its schema is not this build's.
    package static func source(
        _ address: PostgresAddress,
        _ options: PostgresOutbox.Options
    ) async throws(StoreError) -> PostgresCopy? {
        try await open(address, options, isTarget: false)
    }

    /// Opens a database to copy into, and makes its tables where it has none; one that has some is left as it is.
    ///
    /// - Parameters:
    ///   - address: The database, without a pooler before it.
    ///   - options: How to connect, and in which pieces tables are made.
    /// - Returns: The store, to be closed in the end.
    /// - Throws: `StoreError`, also where its schema is not this build's.
    package static func target(
        _ address: PostgresAddress,
        _ options: PostgresOutbox.Options
    ) async throws(StoreError) -> PostgresCopy {
        if let store = try await open(address, options, isTarget: true) { return store }
        _ = try await PostgresMigration.run(on: address, options, isRehearsal: false)
        guard let store = try await open(address, options, isTarget: true) else {
            throw StoreError(.failed, "the database has no tables although they were just made")
        }
        return store
    }

    private static func open(
        _ address: PostgresAddress,
        _ options: PostgresOutbox.Options,
        isTarget: Bool
    ) async throws(StoreError) -> PostgresCopy? {
        var session = options.session
        session.name = "hookline copy"
        let lane = PostgresLane(to: address, session)
        do {
            let partitions = try await lane.perform { session -> PostgresPartitions? in
                let deadline = ContinuousClock.now.advanced(by: .seconds(60))
                switch try PostgresSchema.standing(session, by: deadline) {
                case .empty: return nil
                case .number(PostgresSchema.newest): return try PostgresSchema.partitions(session, by: deadline)
                case .number(let number) where number > PostgresSchema.newest:
                    let words = "\(address) has schema \(number)"
                    throw StoreError(.newerSchema, "\(words); this Hookline knows \(PostgresSchema.newest)")
                case .number(let number):
                    let words = "\(address) has schema \(number), and this Hookline copies \(PostgresSchema.newest)"
                    throw StoreError(.cannotOpen, "\(words): migrate it first")
                }
            }
            if let partitions { return PostgresCopy(address, lane, partitions, isTarget: isTarget) }
            await lane.close()
            return nil
        } catch {
            await lane.close()
            throw StoreError(error)
        }
    }

    package func close() async {
        await lane.close()
    }

    // MARK: Who else

    /// A node says every five seconds that it lives; what was silent for longer than this is gone.
    private static let silence = "interval '30 seconds'"

    /// Locks whoever else copies into it out.
    private static let lock = PostgresSchema.plain("SELECT pg_try_advisory_lock(hashtext('hookline.copying'))")

    package func requireIdle() async throws(StoreError) {
        let (name, isTarget) = (name, isTarget)
        try await perform { session, deadline in
            let nodes = PostgresSchema.plain("SELECT node FROM hookline.nodes WHERE seen_at > now() - \(Self.silence)")
            let alive = try session.rows(nodes, by: deadline).map { try $0.text(0) }
            guard alive.isEmpty else {
                let words = "\(name) is in use by \(alive.sorted().joined(separator: ", "))"
                throw StoreError(
                    .inUse,
                    "\(words): stop every node first; one that was killed counts as gone after 30 seconds"
                )
            }
            guard isTarget, try session.rows(Self.lock, by: deadline).first?.flag(0) == false else { return }
            throw StoreError(.inUse, "another 'hookline store copy' writes into \(name)")
        }
    }

    package func mark() async throws(StoreError) -> String {
        try await perform { session, deadline in
            let tables = ["events", "messages", "jobs", "audit", "consents", "rejections"]
            let ends = tables.map { "(SELECT coalesce(max(place), 0) FROM hookline.\($0))" }.joined(separator: ", ")
            let sql = """
                SELECT concat_ws(' ', 'postgres', \(PostgresSchema.newest),
                    coalesce((SELECT id::text FROM hookline.events ORDER BY place LIMIT 1), '-'), \(ends),
                    coalesce((SELECT (extract(epoch FROM wall) * 1000000)::bigint FROM hookline.clock), 0))
                """
            return try session.rows(PostgresSchema.plain(sql), by: deadline).first?.text(0) ?? ""
        }
    }

    // MARK: Reading

    package func count(_ table: CopiedTable) async throws(StoreError) -> Int {
        let sql = PostgresSchema.plain(try Self.rows(of: table).count)
        return try await perform { session, deadline in
            Int(try session.rows(sql, by: deadline).first?.number(0) ?? 0)
        }
    }

    package func page(
        of table: CopiedTable,
        after place: CopiedPlace?,
        within bounds: CopyBounds
    ) async throws(StoreError) -> CopiedPage {
        let rows = try Self.rows(of: table)
        let query = rows.select(after: place?.values, within: bounds)
        return try await perform { session, deadline in
            let found = try session.rows(query, by: deadline).map { (try rows.row($0), try rows.place($0)) }
            return CopiedPage(rows: found.map(\.0), place: found.last?.1)
        }
    }

    private static func rows(of table: CopiedTable) throws(StoreError) -> CopiedTableRows {
        guard let rows = CopiedTableRows.all.first(where: { $0.table == table }) else {
            throw StoreError(.failed, "nothing is said of the table \(table.name)")
        }
        return rows
    }

    // MARK: The copy

    package func standing() async throws(StoreError) -> CopyStanding {
        try await perform { session, deadline in
            let hasBegun = try CopyRows.exist(session, by: deadline)
            return try session.transaction(.reads, by: deadline) { transaction in
                if hasBegun { return .begun(try CopyRows.begun(&transaction)) }
                return try Self.isEmpty(&transaction) ? .empty : .filled
            }
        }
    }

    private static func isEmpty(_ transaction: inout PostgresTransaction) throws -> Bool {
        let questions = CopiedTableRows.all.map { rows in
            let condition = rows.condition.map { " WHERE \($0)" } ?? ""
            return PostgresSchema.plain("SELECT EXISTS (SELECT 1 FROM \(rows.from)\(condition))")
        }
        return try transaction.rows(questions).allSatisfy { try $0.first?.flag(0) == false }
    }

    package func begin(from source: String, mark: String) async throws(StoreError) {
        try await perform { session, deadline in
            try session.transaction(by: deadline) { transaction in
                transaction.write(PostgresSchema.plain("LOCK TABLE hookline.meta IN SHARE ROW EXCLUSIVE MODE"))
                guard try Self.isEmpty(&transaction) else {
                    throw StoreError(.conflict, "there is something in the target already; expected an empty store")
                }
                transaction.write(PostgresSchema.plain("DELETE FROM hookline.clock"))
                CopyRows.begin(from: source, mark: mark, &transaction)
            }
        }
    }

    package func discard() async throws(StoreError) {
        let name = name
        try await perform { session, deadline in
            guard try CopyRows.exist(session, by: deadline) else { throw StoreError.noUnfinishedCopy(name) }
            _ = try session.rows(CopyRows.giveUp, by: deadline)
            try CopyRows.empty(session, by: deadline)
            try session.transaction(by: deadline) { transaction in
                transaction.write(Self.clock)
                transaction.write(CopyRows.end)
            }
        }
    }

    /// The one row that is there from the beginning.
    private static let clock = PostgresSchema.plain("INSERT INTO hookline.clock (id) VALUES (1) ON CONFLICT DO NOTHING")

    package func write(
        _ rows: [CopiedRow],
        to table: CopiedTable,
        _ progress: CopyStanding.Progress
    ) async throws(StoreError) {
        let statements = rows.isEmpty ? [] : try Self.rows(of: table).statements(rows)
        let ids = PostgresPartitions.tables.contains(table.name) ? rows.compactMap { PostgresUUID(copied: $0[0]) } : []
        try await perform { [self] session, deadline in
            try makePieces(partitions.beginnings(of: ids), session, by: deadline)
            try session.transaction(by: deadline) { transaction in
                for statement in statements { transaction.write(statement) }
                transaction.write(CopyRows.put(progress, of: table))
            }
        }
    }

    private func makePieces(
        _ beginnings: [UInt64],
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws {
        let unknown = beginnings.filter { start in pieces.withLockedValue { !$0.contains(start) } }
        guard !unknown.isEmpty else { return }
        let missing = try partitions.missing(unknown, session, by: deadline)
        if !missing.isEmpty { try partitions.make(missing, session, by: deadline) }
        pieces.withLockedValue { $0.formUnion(unknown) }
    }

    /// The columns that number rows by themselves.
    private static let numbered = [
        "rejections.place", "consents.place", "consent_doubts.place", "audit.place", "jobs.place",
        "digest_items.number",
    ]

    package func finish() async throws(StoreError) {
        let name = name
        try await perform { session, deadline in
            for table in ["event", "message"] {
                let sql = Self.setting("'hookline.\(table)_places'", behind: "place", of: "\(table)s")
                _ = try session.rows(sql, by: deadline)
            }
            for column in Self.numbered.map({ $0.split(separator: ".").map(String.init) }) {
                let sequence = "pg_get_serial_sequence('hookline.\(column[0])', '\(column[1])')"
                _ = try session.rows(Self.setting(sequence, behind: column[1], of: column[0]), by: deadline)
            }
            switch try DatabaseExamination.run(session, within: Self.answersWithin) {
            case .sound, .flawed: break
            case .damaged(let damage): throw StoreError(.corrupt, "\(name) does not fit together: \(damage)")
            case .unfinished(let limit):
                throw StoreError(.failed, "\(name) could not be looked through within \(limit): run the same again")
            }
            // So that the first plans know how many rows there are.
            _ = try session.rows(PostgresSchema.plain("ANALYZE"), by: deadline)
            try session.transaction(by: deadline) { transaction in
                transaction.write(Self.clock)
                for count in MessageCounts.all { transaction.write(count) }
                transaction.write(CopyRows.end)
            }
        }
    }

    /// Has a sequence go on behind the last row.
    private static func setting(_ sequence: String, behind column: String, of table: String) -> PostgresQuery {
        PostgresSchema.plain(
            """
            SELECT setval(\(sequence), coalesce(max(\(column)), 1), max(\(column)) IS NOT NULL)
            FROM hookline.\(table)
            """
        )
    }

    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresSession, ContinuousClock.Instant) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await lane.perform { session in
                try body(session, ContinuousClock.now.advanced(by: Self.answersWithin))
            }
        } catch {
            throw StoreError(error)
        }
    }
}
