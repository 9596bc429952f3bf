// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Outbox
import PostgresConnection

/// The table `copying`, which is there while a copy into the database has begun and not ended: what is copied, and how far.
enum CopyRows {
    /// What a service says that finds it.
    static let refusal = StoreError(
        .cannotOpen,
        "the database is a copy that was not finished: run 'hookline store copy' again, which goes on where it was, or "
            + "drop the schema hookline"
    )

    private static let (source, mark) = ("the source", "its mark")

    static func exist(_ session: PostgresSession, by deadline: ContinuousClock.Instant) throws -> Bool {
        let sql = PostgresSchema.plain("SELECT to_regclass('hookline.copying') IS NOT NULL")
        return try session.rows(sql, by: deadline).first?.flag(0) ?? false
    }

    static func begin(from name: String, mark text: String, _ transaction: inout PostgresTransaction) {
        transaction.write(
            PostgresSchema.plain(
                "CREATE TABLE hookline.copying (name text PRIMARY KEY, place text, rows bigint NOT NULL, is_done boolean NOT NULL)"
            )
        )
        for (key, value) in [(source, name), (mark, text)] {
            transaction.write(
                PostgresQuery("INSERT INTO hookline.copying (name, place, rows, is_done) VALUES ($1, $2, 0, false)") {
                    $0.add(key)
                    $0.add(value)
                }
            )
        }
    }

    static func begun(_ transaction: inout PostgresTransaction) throws -> CopyStanding.Begun {
        var (from, standing, tables): (String, String, [String: CopyStanding.Progress]) = ("", "", [:])
        let sql = PostgresSchema.plain("SELECT name, place, rows, is_done FROM hookline.copying")
        _ = try transaction.rows(sql).map { row in
            let (name, value) = (try row.text(0), try row.optionalText(1))
            switch name {
            case source: from = value ?? ""
            case mark: standing = value ?? ""
            default:
                let place = value.flatMap { CopiedPlace($0) }
                tables[name] = .init(place: place, rows: Int(try row.number(2)), isDone: try row.flag(3))
            }
        }
        return CopyStanding.Begun(source: from, mark: standing, tables: tables)
    }

    static func put(_ progress: CopyStanding.Progress, of table: CopiedTable) -> PostgresQuery {
        let sql = """
            INSERT INTO hookline.copying (name, place, rows, is_done) VALUES ($1, $2, $3, $4)
            ON CONFLICT (name) DO UPDATE SET place = excluded.place, rows = excluded.rows, is_done = excluded.is_done
            """
        return PostgresQuery(sql) {
            $0.add(table.name)
            $0.add(progress.place?.text)
            $0.add(progress.rows)
            $0.add(progress.isDone)
        }
    }

    static let end = PostgresSchema.plain("DROP TABLE hookline.copying")
}
