// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox
import PostgresConnection

/// A list that conditions make shorter, read in pages along a place.
struct ListQuery {
    private let select: String
    private let place: String
    private var conditions: [String] = []
    private var values: [@Sendable (inout PostgresParameters) -> Void] = []

    /// All rows of a statement.
    ///
    /// - Parameters:
    ///   - select: The statement.
    ///   - place: The column that numbers the rows.
    init(_ select: String, along place: String) {
        (self.select, self.place) = (select, place)
    }

    /// Adds a condition without a value.
    mutating func add(_ condition: String) {
        conditions.append(condition)
    }

    /// Adds a condition with a value in the place of each `?`, unless the value is left out.
    mutating func add<Value: Sendable>(
        _ condition: String,
        _ value: Value?,
        _ put: @escaping @Sendable (inout PostgresParameters, Value) -> Void
    ) {
        guard let value else { return }
        values.append { put(&$0, value) }
        conditions.append(condition.replacing("?", with: "$\(values.count)"))
    }

    mutating func add(_ condition: String, _ text: String?) { add(condition, text) { $0.add($1) } }

    mutating func add(_ condition: String, _ time: Timestamp?) { add(condition, time) { $0.add($1) } }

    mutating func add(_ condition: String, anyOf texts: [String]) {
        add(condition, texts.isEmpty ? nil : texts) { $0.add($1) }
    }

    private func query(_ sql: String) -> PostgresQuery {
        PostgresQuery(sql, prepared: false) { parameters in
            for value in values { value(&parameters) }
        }
    }

    /// Reads what the list holds.
    ///
    /// - Parameters:
    ///   - transaction: The transaction.
    ///   - clause: What follows the conditions, such as an order.
    /// - Returns: The rows.
    /// - Throws: `PostgresError`.
    func rows(_ transaction: inout PostgresTransaction, then clause: String = "") throws -> PostgresRows {
        try transaction.rows(query("\(select)\(condition) \(clause)"))
    }

    private var condition: String { conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ") }

    /// Reads one page; a cursor that none of ours made begins at the front.
    func page<Element>(
        _ transaction: inout PostgresTransaction,
        limit: Int,
        cursor: PageCursor?,
        _ decode: (PostgresRow) throws -> (Int64, Element)
    ) throws -> Page<Element> {
        let place = ListPlace(cursor)
        let isBack = place?.isBack ?? false
        var list = self
        list.add("\(self.place) \(isBack ? ">" : "<") ?", place?.number) { $0.add($1) }
        let order = "ORDER BY \(self.place) \(isBack ? "ASC" : "DESC") LIMIT \(limit + 1)"
        let rows = try transaction.rows(list.query("\(select)\(list.condition) \(order)")).map(decode)
        return Page(rows.map { (number: $0.0, element: $0.1) }, limit: limit, at: place)
    }

    /// Counts what the list holds, up to a bound.
    func count(_ transaction: inout PostgresTransaction, upTo bound: Int) throws -> Int {
        let sql = "SELECT count(*) FROM (\(select)\(condition) LIMIT \(bound)) counted"
        return try transaction.rows(query(sql)).first.map { Int(try $0.number(0)) } ?? 0
    }
}
