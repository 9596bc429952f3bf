// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Messages
import Outbox

/// A list, the newest first, a page at a time.
///
/// The cursor is the row number of the last element: rows that come meanwhile shift nothing.
struct ListQuery {
    private let select: String
    private let table: String?
    private let key: String
    private var conditions: [String] = []
    private var arguments = StatementArguments()
    /// A column of a table, and the values of which each makes a list of its own.
    private var branches: (table: String, column: String, values: [String])?

    /// A list.
    ///
    /// - Parameters:
    ///   - select: The statement up to its condition; its first column is the key.
    ///   - table: What the conditions are about, as the statement calls it: a count needs no more, and reads an index alone where
    ///     the conditions are in it. The whole statement if left out.
    ///   - key: The column that numbers the rows.
    init(_ select: String, of table: String? = nil, key: String) {
        self.select = select
        self.table = table
        self.key = key
    }

    /// Adds a condition, unless its value is left out.
    mutating func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
        guard let value else { return }
        conditions.append(condition)
        arguments += [value]
    }

    /// Adds a condition of two values.
    mutating func add(_ condition: String, _ first: String, _ second: String) {
        conditions.append(condition)
        arguments += [first, second]
    }

    /// Adds a condition with any of several values in the place of each `?`, unless there are none.
    mutating func add(_ condition: String, anyOf values: [String]) {
        guard !values.isEmpty else { return }
        let places = values.map { _ in "?" }.joined(separator: ", ")
        conditions.append(condition.replacing("?", with: "(\(places))"))
        for character in condition where character == "?" { arguments += StatementArguments(values) }
    }

    /// Adds a condition without a value.
    mutating func add(_ condition: String) {
        conditions.append(condition)
    }

    /// Says which values of a column there are, where an index has the rows of each in the list's order and not those of all: a page
    /// is put together of as many rows of each as it takes at most.
    ///
    /// - Parameters:
    ///   - column: The column.
    ///   - values: Its values in all rows that the list may hold; at least one.
    mutating func split(by column: String, into values: [String]) {
        guard let table else { preconditionFailure("a list is split that does not say of which table it is") }
        branches = (table, column, values)
    }

    /// Reads one page; a cursor that none of ours made begins at the front.
    func page<Element>(
        _ database: Database,
        limit: Int,
        cursor: PageCursor?,
        _ decode: (Row) throws -> Element
    ) throws -> Page<Element> {
        let place = ListPlace(cursor)
        let isBack = place?.isBack ?? false
        var query = self
        query.add("\(key) \(isBack ? ">" : "<") ?", place?.number)
        let statement = query.ordered("\(key) \(isBack ? "ASC" : "DESC")", limit: limit + 1)
        let rows = try database.rows(statement.sql, statement.arguments) {
            (number: $0[0] as Int64, element: try decode($0))
        }
        return Page(rows, limit: limit, at: place)
    }

    private func ordered(_ order: String, limit: Int) -> (sql: String, arguments: StatementArguments) {
        let end = "ORDER BY \(order) LIMIT ?"
        guard let branches else { return ("\(select)\(condition) \(end)", arguments + [limit]) }
        var (parts, all): ([String], StatementArguments) = ([], [])
        for value in branches.values {
            var branch = self
            branch.add("\(branches.column) = ?", value)
            parts.append("SELECT * FROM (SELECT \(key) FROM \(branches.table)\(branch.condition) \(end))")
            all += branch.arguments + [limit]
        }
        return ("\(select) WHERE \(key) IN (\(parts.joined(separator: " UNION ALL "))) \(end)", all + [limit])
    }

    /// Counts what the list holds, up to a bound, so that no list is too long to be counted.
    func count(_ database: Database, upTo bound: Int) throws -> Int {
        let counted = table.map { "SELECT 1 FROM \($0)" } ?? select
        return try database.row("SELECT count(*) FROM (\(counted)\(condition) LIMIT ?)", arguments + [bound]) { row in
            row[0] as Int
        } ?? 0
    }

    private var condition: String { conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ") }
}
