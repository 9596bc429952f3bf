// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import NIOConcurrencyHelpers
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import SQLiteOutbox
import StoreCopying
import TestSupport

/// A store of one kind that is copied from or into.
enum Engine: String, CaseIterable, Sendable {
    case sqlite
    case postgres
}

/// Where a test's stores are.
struct Places {
    let folder: URL
    let address: PostgresAddress

    func path(_ name: String = "shop.db") -> String { folder.appending(path: name).path }

    /// Opens a target.
    func target(_ engine: Engine, _ name: String = "shop.db") async throws -> any CopyingStore {
        switch engine {
        case .sqlite: try await SQLiteCopy.target(path(name))
        case .postgres: try await PostgresCopy.target(address, options)
        }
    }

    /// Opens a source.
    func source(_ engine: Engine, _ name: String = "shop.db") async throws -> any CopyingStore {
        switch engine {
        case .sqlite: return try await SQLiteCopy.source(path(name))
        case .postgres:
            guard let store = try await PostgresCopy.source(address, options) else {
                throw StoreError(.cannotOpen, "there are no tables")
            }
            return store
        }
    }

    /// Copies from a store that is open.
    @discardableResult
    func copy(
        _ source: any CopyingStore,
        to engine: Engine,
        _ name: String = "shop.db",
        startsAnew: Bool = false,
        within bounds: CopyBounds = CopyBounds()
    ) async throws -> CopySummary {
        try await closing(try await target(engine, name)) { target in
            try await StoreCopy(from: source, to: target, startsAnew: startsAnew, within: bounds).run()
        }
    }

    /// How the database is opened by a service.
    var options: PostgresOutbox.Options {
        var options = PostgresOutbox.Options()
        (options.usesDatabaseClock, options.looksThroughEvery) = (false, .zero)
        (options.patience, options.answersWithin) = (.seconds(30), .seconds(60))
        return options
    }
}

/// Lends a folder and a database.
func withPlaces<Value>(_ body: (Places) async throws -> Value) async throws -> Value {
    try await PostgresServer.shared().withDatabase { _, address in
        try await withTemporaryFolder { try await body(Places(folder: $0, address: address)) }
    }
}

/// Closes a store behind whoever used it.
@discardableResult
func closing<Value>(_ store: any CopyingStore, _ body: (any CopyingStore) async throws -> Value) async throws -> Value {
    do {
        let value = try await body(store)
        await store.close()
        return value
    } catch {
        await store.close()
        throw error
    }
}

extension PostgresAddress {
    /// Runs statements on the database.
    func run(_ statements: [String]) async throws {
        let lane = PostgresLane(to: self)
        let result: Result<Void, any Error>
        do {
            try await lane.perform { session in
                let deadline = ContinuousClock.now.advanced(by: .seconds(60))
                for statement in statements {
                    _ = try session.rows(PostgresQuery(statement, prepared: false), by: deadline)
                }
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await lane.close()
        try result.get()
    }

    /// The texts in the first column of what a statement brings.
    func texts(_ sql: String) async throws -> [String] {
        let lane = PostgresLane(to: self)
        let result: Result<[String], any Error>
        do {
            result = .success(
                try await lane.perform { session in
                    let deadline = ContinuousClock.now.advanced(by: .seconds(60))
                    return try session.rows(PostgresQuery(sql, prepared: false), by: deadline).map { try $0.text(0) }
                }
            )
        } catch {
            result = .failure(error)
        }
        await lane.close()
        return try result.get()
    }
}

/// A target before or behind each of whose writes the copy ends, as one that is killed: each write is tried once before it
/// was done, and once when it was done and nobody heard of it.
final class FragileTarget: CopyingStore {
    private let target: any CopyingStore
    private let count = NIOLockedValueBox(0)

    init(_ target: any CopyingStore) {
        self.target = target
    }

    var name: String { target.name }

    func mark() async throws(StoreError) -> String { try await target.mark() }

    func count(_ table: CopiedTable) async throws(StoreError) -> Int { try await target.count(table) }

    func page(
        of table: CopiedTable,
        after place: CopiedPlace?,
        within bounds: CopyBounds
    ) async throws(StoreError) -> CopiedPage {
        try await target.page(of: table, after: place, within: bounds)
    }

    func standing() async throws(StoreError) -> CopyStanding { try await target.standing() }

    func begin(from source: String, mark: String) async throws(StoreError) {
        try await target.begin(from: source, mark: mark)
    }

    func discard() async throws(StoreError) { try await target.discard() }

    func write(
        _ rows: [CopiedRow],
        to table: CopiedTable,
        _ progress: CopyStanding.Progress
    ) async throws(StoreError) {
        let tries = count.withLockedValue { count in
            count += 1
            return count
        }
        if tries.isMultiple(of: 3) { return try await target.write(rows, to: table, progress) }
        if tries % 3 == 2 { try await target.write(rows, to: table, progress) }
        throw StoreError(.failed, "killed")
    }

    /// How many writes were tried.
    var tries: Int { count.withLockedValue { $0 } }

    func finish() async throws(StoreError) { try await target.finish() }

    func requireIdle() async throws(StoreError) { try await target.requireIdle() }

    func close() async { await target.close() }
}
