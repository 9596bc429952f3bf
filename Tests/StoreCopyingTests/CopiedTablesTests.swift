// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Outbox
import Testing

@testable import PostgresOutbox
@testable import SQLiteOutbox

/// No table and no column of either schema is forgotten: each is copied, or it is written down why not.
@Suite("What is copied of both schemas")
struct CopiedTablesTests {
    @Test("every column of every table of SQLite is copied, or it is said why not")
    func knowsAllOfSQLite() async throws {
        try await withPlaces { places in
            let store = try await SQLiteOutbox.open(places.path())
            await store.close()
            let found = try await DatabaseQueue(path: places.path()).read { database in
                try String.fetchAll(
                    database,
                    sql: """
                        SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                        WHERE m.type = 'table'
                        """
                )
            }
            let numbers = ["rejections.seq"]
            let written = CopiedTableSQL.all.flatMap(\.insertions).flatMap { insertion in
                insertion.columns.map { "\(insertion.table).\($0.name)" }
            }
            expectAll(found, in: written + numbers, CopiedTableSQL.left)
        }
    }

    @Test("every column of every table of PostgreSQL is copied, or it is said why not")
    func knowsAllOfPostgreSQL() async throws {
        try await withPlaces { places in
            await (try await PostgresCopy.target(places.address, places.options)).close()
            let found = try await places.address.texts(
                """
                SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relnamespace = 'hookline'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                    AND a.attnum > 0 AND NOT a.attisdropped
                """
            )
            let written = CopiedTableRows.all.flatMap(\.insertions).flatMap { insertion in
                insertion.columns.map { "\(insertion.table).\($0.name)" }
            }
            expectAll(found, in: written, CopiedTableRows.left)
        }
    }

    /// Tables that are only there at times.
    private static let notAlways: Set = ["copying", "sqlite_sequence"]

    private func expectAll(_ found: [String], in written: [String], _ left: [String: String]) {
        #expect(found.count > 150)
        let known = Set(written)
        for column in found where !known.contains(column) {
            let table = String(column.prefix { $0 != "." })
            #expect(left[column] != nil || left[table] != nil, "nothing is said of \(column)")
        }
        // What is said of something that is not there is not true any more.
        for name in left.keys where !Self.notAlways.contains(name) {
            #expect(found.contains { $0 == name || $0.hasPrefix("\(name).") }, "there is no \(name)")
        }
    }

    @Test("both stores say of each table how it is read and written")
    func saysAllTables() {
        #expect(CopiedTableSQL.all.map(\.table) == CopiedTable.all)
        #expect(CopiedTableRows.all.map(\.table) == CopiedTable.all)
        #expect(Set(CopiedTable.all.map(\.name)).count == CopiedTable.all.count)
    }
}
