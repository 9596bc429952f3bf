// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A transaction that has as few ways to the server as its questions need.
///
/// What is only to be done (``write(_:)``) waits until something is asked (``rows(_:)``) or the transaction commits, and goes
/// out with that in one piece. A statement that the server refuses therefore shows itself with the next question, or with
/// the commit.
package struct PostgresTransaction: ~Copyable {
    private let session: PostgresSession
    private let deadline: ContinuousClock.Instant
    private let mode: Mode
    /// With what it begins.
    private let beginning: [PostgresQuery]
    private var waiting: [PostgresQuery]
    /// Whether the server knows of the transaction.
    private var hasBegun = false

    /// How a transaction begins.
    package enum Mode: String, Sendable {
        /// Sees what others commit meanwhile, with each statement.
        case writes = "BEGIN"
        /// Sees one moment, and changes nothing.
        case reads = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        /// One statement that is a transaction by itself, and nothing else: three statements fewer than ``reads``.
        case question = ""
    }

    fileprivate init(_ session: PostgresSession, _ mode: Mode, _ deadline: ContinuousClock.Instant) {
        self.session = session
        self.deadline = deadline
        self.mode = mode
        beginning = mode == .question ? [] : [PostgresQuery(mode.rawValue)] + session.limits
        waiting = beginning
    }

    /// Has a statement run before the next question.
    package mutating func write(_ query: PostgresQuery) {
        waiting.append(query)
    }

    /// Runs what waits, and a statement whose rows are wanted.
    ///
    /// - Parameter query: The statement.
    /// - Returns: What it brought.
    /// - Throws: `PostgresError`.
    package mutating func rows(_ query: PostgresQuery) throws(PostgresError) -> PostgresRows {
        try rows([query])[0]
    }

    /// The same with several statements, on one way to the server.
    package mutating func rows(_ queries: [PostgresQuery]) throws(PostgresError) -> [PostgresRows] {
        let all = waiting + queries
        precondition(mode != .question || (!hasBegun && all.count == 1), "a question is one statement")
        waiting = []
        hasBegun = true
        return try session.exchange(all, commits: mode == .question, by: deadline).suffix(queries.count)
    }

    /// Commits, after some last statements on the same way.
    fileprivate mutating func commit(after queries: [PostgresQuery] = []) throws(PostgresError) -> [PostgresRows] {
        // Nothing was asked and nothing is to be done.
        if mode == .question || (!hasBegun && waiting.count == beginning.count && queries.isEmpty) { return [] }
        hasBegun = true
        let all = waiting + queries + [PostgresQuery("COMMIT")]
        let results = try session.exchange(all, commits: true, by: deadline)
        guard results.last?.tag == "COMMIT" else {
            throw PostgresError(.refused, "the server rolled the transaction back")
        }
        return Array(results.dropLast().suffix(queries.count))
    }

    fileprivate mutating func rollBack() {
        guard hasBegun, mode != .question, session.isUsable else { return }
        let second = ContinuousClock.now.advanced(by: .seconds(1))
        do throws(PostgresError) {
            _ = try session.exchange([PostgresQuery("ROLLBACK")], commits: false, by: second)
        } catch {
            // In what state the connection is nobody knows.
            session.giveUp(cancelling: false)
        }
    }
}

extension PostgresSession {
    /// Runs a transaction.
    ///
    /// - Parameters:
    ///   - mode: How it begins.
    ///   - deadline: How long it may take, its commit included.
    ///   - body: What it does; it is rolled back when that throws.
    /// - Returns: What the body returned, after the commit.
    /// - Throws: What the body throws, and `PostgresError`: of kind `doubtful` when nobody knows whether it was committed.
    package func transaction<Value>(
        _ mode: PostgresTransaction.Mode = .writes,
        by deadline: ContinuousClock.Instant,
        _ body: (inout PostgresTransaction) throws -> Value
    ) throws -> Value {
        var transaction = PostgresTransaction(self, mode, deadline)
        do {
            let value = try body(&transaction)
            _ = try transaction.commit()
            return value
        } catch {
            transaction.rollBack()
            throw error
        }
    }

    /// Runs a transaction whose last statements go out with its commit, so that it lasts no longer than they do.
    ///
    /// - Parameters:
    ///   - deadline: How long it may take, its commit included.
    ///   - queries: The last statements.
    ///   - body: What it does before.
    /// - Returns: What each of the last statements brought, after the commit.
    /// - Throws: What the body throws, and `PostgresError`: of kind `doubtful` when nobody knows whether it was committed.
    package func transaction(
        by deadline: ContinuousClock.Instant,
        lastly queries: [PostgresQuery],
        _ body: (inout PostgresTransaction) throws -> Void
    ) throws -> [PostgresRows] {
        var transaction = PostgresTransaction(self, .writes, deadline)
        do {
            try body(&transaction)
            return try transaction.commit(after: queries)
        } catch {
            transaction.rollBack()
            throw error
        }
    }

    /// Runs one statement that is a transaction by itself.
    ///
    /// - Parameters:
    ///   - query: The statement.
    ///   - deadline: How long it may take.
    /// - Returns: What it brought.
    /// - Throws: `PostgresError`.
    package func rows(
        _ query: PostgresQuery,
        by deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> PostgresRows {
        try exchange([query], commits: true, by: deadline)[0]
    }
}
