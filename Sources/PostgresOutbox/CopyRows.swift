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
            + "begins again with --anew"
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

    /// Has no copy go on there any more, whatever its source.
    static let giveUp = PostgresSchema.plain(
        """
        WITH gone AS (DELETE FROM hookline.copying WHERE name NOT IN ('\(source)', '\(mark)'))
        UPDATE hookline.copying SET place = '' WHERE name = '\(mark)'
        """
    )

    /// Empties all tables that hold anything of a copy, each for itself: a piece more, and one transaction would lock more than
    /// the server has room for.
    ///
    /// What keeps lines of the audit log from being deleted is taken off meanwhile: they are those of the source.
    static func empty(_ session: PostgresSession, by deadline: ContinuousClock.Instant) throws {
        let tables = PostgresSchema.plain(
            """
            SELECT quote_ident(c.relname), EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
            FROM pg_class c WHERE c.relnamespace = 'hookline'::regnamespace AND c.relkind = 'r'
                AND c.relname NOT IN ('meta', 'nodes', 'leader', 'copying')
            """
        )
        let found = try session.rows(tables, by: deadline).map { (name: try $0.text(0), hasTriggers: try $0.flag(1)) }
        for table in found {
            let name = "hookline.\(table.name)"
            try session.transaction(by: deadline) { transaction in
                let triggers =
                    table.hasTriggers ? ["DISABLE", "ENABLE"].map { "ALTER TABLE \(name) \($0) TRIGGER USER" } : []
                for statement in triggers.prefix(1) + ["TRUNCATE \(name)"] + triggers.dropFirst() {
                    transaction.write(PostgresSchema.plain(statement))
                }
            }
        }
    }

    static let end = PostgresSchema.plain("DROP TABLE hookline.copying")
}
