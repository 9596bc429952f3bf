// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

/// How the nodes of tests are: tests say what time it is, and the machine does many things at once.
var testOptions: PostgresOutbox.Options {
    var options = PostgresOutbox.Options()
    (options.usesDatabaseClock, options.looksThroughEvery) = (false, .zero)
    (options.patience, options.answersWithin) = (.seconds(30), .seconds(60))
    return options
}

/// Lends several nodes on one new database.
func withNodes<Value>(
    _ count: Int,
    _ options: PostgresOutbox.Options = testOptions,
    on server: PostgresServer? = nil,
    _ body: ([PostgresOutbox], PostgresLane) async throws -> Value
) async throws -> Value {
    let common = server == nil ? try await PostgresServer.shared() : nil
    guard let server = server ?? common else { preconditionFailure("one of the two is there") }
    return try await server.withDatabase { _, address in
        let nodes = try await withThrowingTaskGroup(of: PostgresOutbox.self) { group in
            for _ in 0..<count { group.addTask { try await PostgresOutbox.open(address, options: options) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let lane = PostgresLane(to: address)
        let result: Result<Value, any Error>
        do { result = .success(try await body(nodes, lane)) } catch { result = .failure(error) }
        for node in nodes { await node.close() }
        let wrong: Result<[String], any Error>
        do { wrong = .success(try await lane.wrongCounts()) } catch { wrong = .failure(error) }
        await lane.close()
        let value = try result.get()
        #expect(try wrong.get() == [], "what is counted is how it is")
        return value
    }
}

extension PostgresLane {
    /// The first number of the first row.
    func number(_ sql: String) async throws -> Int64? {
        try await perform { session in
            let deadline = ContinuousClock.now.advanced(by: .seconds(60))
            return try session.rows(PostgresQuery(sql, prepared: false), by: deadline).first?.number(0)
        }
    }

    /// Runs statements.
    func run(_ statements: [String]) async throws {
        try await perform { session in
            let deadline = ContinuousClock.now.advanced(by: .seconds(60))
            for statement in statements {
                _ = try session.rows(PostgresQuery(statement, prepared: false), by: deadline)
            }
        }
    }

    /// Asks until a number comes, each time a way to the server.
    func until(_ sql: String, is wanted: Int64) async throws {
        while try await number(sql) != wanted { try Task.checkCancellation() }
    }
}
