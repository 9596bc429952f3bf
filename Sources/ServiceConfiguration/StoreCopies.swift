// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Outbox
internal import PostgresConnection
internal import PostgresOutbox
internal import SQLiteOutbox
internal import StoreCopying

/// Opens the two stores of a copy by their addresses.
package struct StoreCopies: Sendable {
    /// What is known of databases beside their addresses.
    package struct Access: Sendable {
        /// The store of the configuration: a database with its address has its password, and what else it says.
        package var configured: Settings.StoreLocation?
        /// A password for the database whose address has none.
        package var password: String?
        /// In which pieces tables are made: `none`, `week` or `day`; what the configuration says if left out.
        package var partitions: String?

        package init() {}
    }

    private let source: Settings.StoreLocation
    private let target: Settings.StoreLocation

    /// Reads two addresses.
    ///
    /// - Parameters:
    ///   - source: `sqlite:PATH` or `postgres://…`.
    ///   - target: The other one.
    ///   - access: What is known beside.
    /// - Throws: `StoreError` where they are not one of each; a password is never in it.
    package init(from source: String, to target: String, _ access: Access) throws(StoreError) {
        (self.source, self.target) = (try Self.location(source, access), try Self.location(target, access))
        switch (self.source, self.target) {
        case (.sqlite, .postgres), (.postgres, .sqlite): break
        case (.sqlite, .sqlite):
            throw StoreError(.conflict, "both are SQLite files; to have a second one, see Backup in docs/operations.md")
        case (.postgres, .postgres):
            throw StoreError(.conflict, "both are on PostgreSQL; to have a second one, use pg_dump or replication")
        }
    }

    private static func location(_ text: String, _ access: Access) throws(StoreError) -> Settings.StoreLocation {
        if text.hasPrefix("sqlite:"), text.count > "sqlite:".count {
            return .sqlite(path: String(text.dropFirst("sqlite:".count)))
        }
        guard text.hasPrefix("postgres") else {
            throw StoreError(.cannotOpen, "expected sqlite:PATH or postgres://USER@HOST/DATABASE")
        }
        let address: PostgresAddress
        do throws(PostgresError) { address = try PostgresAddress(text) } catch {
            throw StoreError(.cannotOpen, error.reason)
        }
        var settings = PostgresSettings(address: address, templates: "")
        if case .postgres(let known)? = access.configured, known.address.description == address.description {
            settings = known
            // A copy talks to the database itself, and not to a pooler.
            if let direct = known.listen {
                (settings.address, settings.listen, settings.prepares) = (direct, nil, true)
            }
        }
        if let password = access.password { settings.address = settings.address.with(password: password) }
        if let partitions = access.partitions.flatMap(PostgresPartitions.init) { settings.partitions = partitions }
        return .postgres(settings)
    }

    /// Opens the source; nothing in it is changed.
    package func openSource() async throws(StoreError) -> any CopyingStore {
        guard let store = try await Self.openAsItIs(source) else {
            throw StoreError(.cannotOpen, "\(source) has no store of Hookline's")
        }
        return store
    }

    /// Opens the target, and makes it where it is missing.
    ///
    /// - Parameter isRehearsal: Whether nothing may be written; a store that is not there yet is an empty one then.
    /// - Returns: The store, to be closed in the end.
    /// - Throws: `StoreError`.
    package func openTarget(isRehearsal: Bool) async throws(StoreError) -> any CopyingStore {
        if isRehearsal { return try await Self.openAsItIs(target) ?? NoStoreYet(name: "\(target)") }
        switch target {
        case .sqlite(let path): return try await SQLiteCopy.target(path)
        case .postgres(let settings):
            return try await PostgresCopy.target(settings.address, PostgresOutbox.Options(settings))
        }
    }

    private static func openAsItIs(
        _ location: Settings.StoreLocation
    ) async throws(StoreError) -> (any CopyingStore)? {
        switch location {
        case .sqlite(let path):
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return try await SQLiteCopy.source(path)
        case .postgres(let settings):
            return try await PostgresCopy.source(settings.address, PostgresOutbox.Options(settings))
        }
    }
}
