// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Outbox
package import PostgresConnection

/// What it takes to make a database fit for this build, and whether it was done.
///
/// Only an empty database gets its tables by the way, when the service opens it. One that has tables of an older build is
/// migrated when somebody says so, since other nodes may still run that build.
package struct PostgresMigration: Hashable, Sendable {
    /// The schema that the database had; `nil` where it had none.
    package let found: Int64?
    /// The schema of this build.
    package let newest: Int64
    /// What is run, in one transaction; nothing where nothing is to be done.
    package let statements: [String]

    package init(found: Int64?, newest: Int64, statements: [String]) {
        (self.found, self.newest, self.statements) = (found, newest, statements)
    }

    /// Looks, and does it.
    ///
    /// - Parameters:
    ///   - address: The database.
    ///   - options: How it is opened.
    ///   - isRehearsal: Whether nothing is done.
    /// - Returns: What was, or would be, done.
    /// - Throws: `StoreError`, with `newerSchema` where the database is of a newer build; nothing was done then.
    package static func run(
        on address: PostgresAddress,
        _ options: PostgresOutbox.Options,
        isRehearsal: Bool
    ) async throws(StoreError) -> PostgresMigration {
        let lane = PostgresLane(to: address, options.session)
        let result: Result<PostgresMigration, any Error>
        do {
            result = .success(
                try await lane.perform { session in
                    let deadline = ContinuousClock.now.advanced(by: .seconds(3_600))
                    let migration = try look(session, options, by: deadline)
                    guard !isRehearsal, !migration.statements.isEmpty else { return migration }
                    try PostgresSchema.migrate(session, partitions: options.partitions ?? .week, by: deadline)
                    return migration
                }
            )
        } catch {
            result = .failure(error)
        }
        await lane.close()
        return try result.mapError { StoreError($0) }.get()
    }

    private static func look(
        _ session: PostgresSession,
        _ options: PostgresOutbox.Options,
        by deadline: ContinuousClock.Instant
    ) throws -> PostgresMigration {
        let newest = PostgresSchema.newest
        switch try PostgresSchema.standing(session, by: deadline) {
        case .empty:
            let statements = PostgresSchema.statements(after: 0, options.partitions ?? .week)
            return PostgresMigration(found: nil, newest: newest, statements: statements)
        case .number(let number) where number > newest:
            throw StoreError(.newerSchema, "the database has schema \(number); this Hookline knows \(newest)")
        case .number(let number):
            let statements = PostgresSchema.statements(after: number, options.partitions ?? .week)
            return PostgresMigration(found: number, newest: newest, statements: statements)
        }
    }
}
