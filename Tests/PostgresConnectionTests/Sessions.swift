// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import PostgresConnection
import PostgresServer
import TestSupport

/// When a test gives up.
func soon(_ seconds: Int = 60) -> ContinuousClock.Instant {
    ContinuousClock.now.advanced(by: .seconds(seconds))
}

/// Lends a lane to an address.
func withLane<Value>(
    to address: PostgresAddress,
    _ options: PostgresSession.Options = PostgresSession.Options(),
    _ body: (PostgresLane) async throws -> Value
) async throws -> Value {
    let lane = PostgresLane(to: address, options)
    let result: Result<Value, any Error>
    do { result = .success(try await body(lane)) } catch { result = .failure(error) }
    await lane.close()
    return try result.get()
}

extension PostgresLane {
    /// Runs a statement as a transaction of its own.
    func run(_ sql: String, seconds: Int = 60) async throws {
        try await perform { _ = try $0.rows(PostgresQuery(sql, prepared: false), by: soon(seconds)) }
    }

    /// The first number of the first row.
    func number(_ sql: String) async throws -> Int64? {
        try await perform { try $0.rows(PostgresQuery(sql), by: soon()).first?.number(0) }
    }

    /// Asks until a number comes, each time a way to the server.
    func until(_ sql: String, is wanted: Int64) async throws {
        while try await number(sql) != wanted { try Task.checkCancellation() }
    }

    /// The error of a statement.
    func failure(_ sql: String, seconds: Int = 60) async -> PostgresError? {
        do {
            try await run(sql, seconds: seconds)
            return nil
        } catch {
            return error as? PostgresError
        }
    }
}

/// Runs a body with a lane to a database of its own on the server of all tests.
func withDatabase<Value>(_ body: (PostgresLane) async throws -> Value) async throws -> Value {
    try await PostgresServer.shared().withDatabase { _, address in
        try await withLane(to: address) { try await body($0) }
    }
}

/// Runs what waits on a thread of its own, and not on one of the few that all tests share.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    let result = await withCheckedContinuation { continuation in
        Thread { continuation.resume(returning: Result { try body() }) }.start()
    }
    return try result.get()
}
