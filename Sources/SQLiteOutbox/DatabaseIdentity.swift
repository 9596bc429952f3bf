// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Messages
import Outbox

/// Whether a file is Hookline's, found out before anything in it is changed.
enum DatabaseIdentity {
    /// What stands in the header of our databases: `Hkln`.
    ///
    /// - SeeAlso: [PRAGMA application_id](https://www.sqlite.org/pragma.html#pragma_application_id)
    static let applicationID: Int32 = 0x486B_6C6E
    /// The newest `user_version` that this build knows.
    static let userVersion = 1
    /// The tables of the first version, by which a database without an `application_id` is recognised.
    private static let firstTables: Set<String> = ["grdb_migrations", "events", "messages", "dedupe_keys", "once_keys"]

    private struct Header {
        let application: Int32
        let version: Int
        let tables: [String]
    }

    /// Refuses what is another program's, or a newer Hookline's; a file without any table will be ours.
    ///
    /// Reads only: a file that is refused is as it was.
    static func require(_ path: String) throws {
        let header = try read(path)
        let isOurs =
            header.application == applicationID
            || header.application == 0 && firstTables.isSubset(of: header.tables)
            || header.application == 0 && Set(header.tables).isSubset(of: ["grdb_migrations"])
        guard isOurs else { throw StoreError(.foreign, sentence(path, header)) }
        guard header.version <= userVersion else {
            throw StoreError(.newerSchema, "a newer Hookline wrote \(path); this one knows version \(userVersion)")
        }
    }

    private static func read(_ path: String) throws -> Header {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { database in
            let names = try String.fetchAll(
                database,
                sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
            )
            return Header(
                application: try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
                version: try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
                tables: names.sorted()
            )
        }
    }

    private static func sentence(_ path: String, _ header: Header) -> String {
        let shown = header.tables.prefix(3).joined(separator: ", ")
        let tables = header.tables.isEmpty ? "" : ", with the tables \(shown)\(header.tables.count > 3 ? ", …" : "")"
        return "\(path) is another program's database\(tables); nothing in it was changed: name another file at 'store'"
    }
}
