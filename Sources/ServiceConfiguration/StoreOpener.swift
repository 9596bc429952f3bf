// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Foundation
internal import Messages
package import Outbox
internal import PostgresConnection
internal import PostgresOutbox
internal import SQLiteOutbox

/// Opens the store that the configuration names.
package enum StoreOpener {
    /// The clock by which all who use a store say what time it is.
    ///
    /// - Parameters:
    ///   - location: Where the store is.
    ///   - clock: This machine's clock.
    /// - Returns: That one; before a store of several nodes, what the database's clock shows once the store is open.
    package static func clock(_ location: Settings.StoreLocation, over clock: any WallClock) -> any WallClock {
        switch location {
        case .sqlite: clock
        case .postgres: DatabaseClock(over: clock)
        }
    }

    /// Opens it for the service: creates what is missing and owns it.
    ///
    /// - Parameters:
    ///   - location: Where it is.
    ///   - timeout: How long a write waits that a sender waits for, while another process holds the store.
    ///   - linksReports: Whether a source tells what becomes of messages.
    ///   - knowsWindows: Whether a source passes on what recipients write.
    ///   - readsTraces: Whether sends are traced.
    ///   - address: Where the service listens for senders, for whoever looks after the nodes of a store that is shared.
    ///   - reckoned: What time it is for keys and for deleting.
    ///   - clock: What ``clock(_:over:)`` said.
    /// - Returns: The store, to be closed in the end, and what was found in it.
    /// - Throws: `StoreError` when it cannot be opened, is damaged, or another service owns it.
    package static func openForService(
        _ location: Settings.StoreLocation,
        timeout: Duration,
        linksReports: Bool,
        knowsWindows: Bool,
        readsTraces: Bool,
        address: String,
        reckoned: ReckonedTime,
        clock: any WallClock
    ) async throws(StoreError) -> (store: any ServiceStore, examination: StoreExamination?) {
        switch location {
        case .sqlite(let path):
            var options = SQLiteOutbox.Options()
            options.patience = timeout
            options.linksReports = linksReports
            options.knowsWindows = knowsWindows
            options.readsTraces = readsTraces
            options.busyTimeout = max(options.busyTimeout, timeout)
            let store = try await SQLiteOutbox.open(path, options: options, reckoned: reckoned)
            return (store, store.examination)
        case .postgres(let settings):
            var options = PostgresOutbox.Options(settings)
            options.patience = timeout
            options.clock = clock as? DatabaseClock ?? DatabaseClock(over: clock)
            options.linksReports = linksReports
            options.knowsWindows = knowsWindows
            options.readsTraces = readsTraces
            options.membership = PostgresOutbox.Membership(build: ProgramVersion.text)
            options.membership?.listen = settings.listen
            options.membership?.address = address
            options.session.meter = StatementMeter()
            return (try await PostgresOutbox.open(settings.address, options: options, reckoned: reckoned), nil)
        }
    }

    /// Opens it beside a service that may be running.
    ///
    /// - Parameters:
    ///   - location: Where it is.
    ///   - createsIt: Whether it is made when there is none yet, as a service's first start would.
    /// - Returns: The store; close it in the end.
    /// - Throws: `StoreError` when there is none or it cannot be opened.
    package static func openForTools(
        _ location: Settings.StoreLocation,
        createsIt: Bool = false
    ) async throws(StoreError) -> any ServiceStore {
        switch location {
        case .sqlite(let path):
            if createsIt, !FileManager.default.fileExists(atPath: path) {
                await (try SQLiteOutbox.open(path, role: .service)).close()
            }
            return try await SQLiteOutbox.open(path, role: .tool)
        case .postgres(let settings):
            var options = PostgresOutbox.Options(settings)
            options.makesTables = createsIt
            options.session.name = "hookline tool"
            return try await PostgresOutbox.open(settings.address, options: options)
        }
    }
}

extension StoreOpener {
    /// What it takes to make a store fit for this build.
    package struct Migration: Sendable {
        /// The schema that it has; `nil` where it has none.
        package let found: Int64?
        /// The schema of this build.
        package let newest: Int64
        /// What is run, in one transaction.
        package let statements: [String]
    }

    /// Makes a store that was made by an older build fit for this one.
    ///
    /// - Parameters:
    ///   - location: Where it is.
    ///   - isRehearsal: Whether nothing is done.
    /// - Returns: What was, or would be, done; `nil` for a store that migrates itself when the service opens it.
    /// - Throws: `StoreError`; nothing was done then.
    package static func migrate(
        _ location: Settings.StoreLocation,
        isRehearsal: Bool
    ) async throws(StoreError) -> Migration? {
        guard case .postgres(let settings) = location else { return nil }
        let migration = try await PostgresMigration.run(
            on: settings.address,
            PostgresOutbox.Options(settings),
            isRehearsal: isRehearsal
        )
        return Migration(found: migration.found, newest: migration.newest, statements: migration.statements)
    }
}

extension PostgresOutbox.Options {
    /// What the configuration says.
    init(_ settings: PostgresSettings) {
        self.init()
        session.prepares = settings.prepares
        // PgBouncer refuses a connection that says how the session is to run.
        session.setsUp = settings.listen == nil
        partitions = settings.partitions
    }
}
