// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// How a table of a copy is read from this schema's tables, and written into them.
struct CopiedTableRows {
    /// What is written of rows into one table.
    struct Insertion {
        let table: String
        /// Its columns, each with an expression in which `s.name` is a column of the copied rows, or one of ``added``.
        let columns: [(name: String, expression: String)]
        /// Which rows alone, by `s`.
        let condition: String?

        /// - Parameters:
        ///   - table: The table.
        ///   - copied: The columns that have the names and the values of the copied row's, between spaces.
        ///   - others: Those that have not, with their expressions.
        ///   - condition: Of which rows something is written.
        init(
            _ table: String,
            _ copied: String,
            _ others: KeyValuePairs<String, String> = [:],
            where condition: String? = nil
        ) {
            self.table = table
            columns =
                copied.split(separator: " ").map { (String($0), "s.\($0)") }
                + others.map { (name: $0.key, expression: $0.value) }
            self.condition = condition
        }

        /// Each column as it is in the copied row; flags are numbers there.
        fileprivate init(whole copied: CopiedTable) {
            table = copied.name
            columns = copied.columns.map { ($0.name, $0.kind == .flag ? "s.\($0.name) = 1" : "s.\($0.name)") }
            condition = nil
        }

        fileprivate func sql(_ rows: String) -> String {
            let names = columns.map(\.name).joined(separator: ", ")
            return """
                INSERT INTO hookline.\(table) (\(names)) OVERRIDING SYSTEM VALUE
                SELECT \(columns.map(\.expression).joined(separator: ", ")) FROM \(rows)\(condition.map { " WHERE \($0)" } ?? "")
                """
        }
    }

    /// What is written beside the columns of a copied row, made of them.
    struct Addition {
        let name: String
        let kind: CopiedTable.Kind
        let value: @Sendable (CopiedRow) -> CopiedValue
    }

    let table: CopiedTable
    /// What is read, with a letter for the table whose columns are meant where nothing else is said.
    let from: String
    let letter: String
    /// Which rows alone.
    let condition: String?
    /// The columns along which it is read, and what they are.
    let place: [(name: String, kind: CopiedTable.Kind)]
    /// What columns of the copied row are, where they are not columns of that name.
    let expressions: [String: String]
    /// What is to be done with a row that was read, before it is a copied one.
    var completes: (@Sendable (inout CopiedRow) -> Void)?
    /// The column that may be large.
    var bulk: String?
    var added: [Addition] = []
    let insertions: [Insertion]

    init?(
        _ name: String,
        _ from: String,
        by place: KeyValuePairs<String, CopiedTable.Kind>,
        where condition: String? = nil,
        _ expressions: [String: String] = [:],
        into insertions: [Insertion]
    ) {
        guard let table = CopiedTable.all.first(where: { $0.name == name }), let first = place.first else { return nil }
        self.table = table
        self.from = from
        letter = String(first.key.prefix { $0 != "." })
        self.condition = condition
        self.place = place.map { ($0.key, $0.value) }
        self.expressions = expressions
        self.insertions = insertions
    }

    /// A table that is here as it is in a copy: read along what says which row it is, each column itself.
    ///
    /// - Parameters:
    ///   - name: The table.
    ///   - condition: Which rows alone, by columns of `t`.
    ///   - bulk: The column that may be large.
    /// - Returns: How it is copied; `nil` where no copy has such a table.
    static func whole(_ name: String, where condition: String? = nil, bulk: String? = nil) -> CopiedTableRows? {
        guard let table = CopiedTable.all.first(where: { $0.name == name }) else { return nil }
        return CopiedTableRows(whole: table, where: condition, bulk: bulk)
    }

    private init(whole table: CopiedTable, where condition: String?, bulk: String?) {
        (self.table, self.condition) = (table, condition)
        (letter, from) = ("t", "hookline.\(table.name) t")
        place = table.columns.prefix(table.identity).map { ("t.\($0.name)", $0.kind) }
        self.bulk = bulk.map { "t.\($0)" }
        expressions = [:]
        insertions = [Insertion(whole: table)]
    }

    /// The same with something changed.
    func with(_ change: (inout CopiedTableRows) -> Void) -> CopiedTableRows {
        var copy = self
        change(&copy)
        return copy
    }

    // MARK: Reading

    var count: String { "SELECT count(*) FROM \(from)\(condition.map { " WHERE \($0)" } ?? "")" }

    /// Reads rows behind a place.
    ///
    /// Of a table with large values the server adds their sizes up before it reads them, so that no more come than may be
    /// in memory at once.
    func select(after values: [CopiedValue]?, within bounds: CopyBounds) -> PostgresQuery {
        let names = place.map(\.name)
        let columns = table.columns.map { expressions[$0.name] ?? "\(letter).\($0.name)" }
        let all = (names + columns).enumerated().map { "\($0.element) AS c\($0.offset)" }
        let marks = place.indices.map { "$\($0 + 3)" }
        let behind = values == nil ? nil : "(\(names.joined(separator: ", "))) > (\(marks.joined(separator: ", ")))"
        let conditions = [condition, behind].compactMap(\.self).joined(separator: " AND ")
        let size = bulk.map { "coalesce(octet_length(\($0)), 0)" } ?? "0"
        let order = place.indices.map { "c\($0)" }.joined(separator: ", ")
        let sql = """
            SELECT \(all.indices.map { "c\($0)" }.joined(separator: ", ")) FROM (
                SELECT *, sum(size) OVER (ORDER BY \(order)) - size AS before FROM (
                    SELECT \(all.joined(separator: ", ")), \(size) AS size FROM \(from)
                    \(conditions.isEmpty ? "" : "WHERE \(conditions)") ORDER BY \(names.joined(separator: ", ")) LIMIT $1) page) sized
            WHERE before < $2 ORDER BY \(order)
            """
        return PostgresQuery(sql, prepared: false) {
            $0.add(bounds.rows)
            $0.add(bounds.bytes)
            for (value, column) in zip(values ?? [], place) { $0.add(value, column.kind) }
        }
    }

    func row(_ row: PostgresRow) throws -> CopiedRow {
        var copied = try table.columns.enumerated().map { index, column in
            try row.copied(index + place.count, column.kind)
        }
        completes?(&copied)
        return copied
    }

    func place(_ row: PostgresRow) throws -> CopiedPlace {
        CopiedPlace(try place.enumerated().map { try row.copied($0.offset, $0.element.kind) })
    }

    // MARK: Writing

    /// The statements that write rows.
    func statements(_ rows: [CopiedRow]) -> [PostgresQuery] {
        let columns = table.columns.map { ($0.name, $0.kind) } + added.map { ($0.name, $0.kind) }
        let values = rows.map { row in row + added.map { $0.value(row) } }
        let arrays = columns.enumerated().map { "$\($0.offset + 1)::\(Self.type($0.element.1))[]" }
        let source = "unnest(\(arrays.joined(separator: ", "))) AS s(\(columns.map(\.0).joined(separator: ", ")))"
        return insertions.map { insertion in
            PostgresQuery(insertion.sql(source)) { parameters in
                for (index, column) in columns.enumerated() { parameters.add(values.map { $0[index] }, column.1) }
            }
        }
    }

    private static func type(_ kind: CopiedTable.Kind) -> String {
        switch kind {
        case .number, .flag: "bigint"
        case .text: "text"
        case .time: "timestamptz"
        case .bytes, .key: "bytea"
        case .event, .message, .holder: "uuid"
        }
    }
}

extension PostgresRow {
    /// A column as a copy has it.
    fileprivate func copied(_ column: Int, _ kind: CopiedTable.Kind) throws -> CopiedValue {
        switch kind {
        case .number: CopiedValue(number: try optionalNumber(column))
        case .flag: .number(try flag(column) ? 1 : 0)
        case .time: CopiedValue(number: try optionalTime(column)?.microseconds)
        case .text: CopiedValue(text: try optionalText(column))
        case .bytes, .key: CopiedValue(bytes: try optionalBlob(column))
        case .event, .holder: CopiedValue(text: try optionalUUID(column)?.eventID.rawValue)
        case .message: CopiedValue(text: try optionalUUID(column)?.messageID.rawValue)
        }
    }
}

extension PostgresUUID {
    /// The bits of an id of a copied row; `nil` for null, and for what we did not make.
    init?(copied value: CopiedValue) {
        guard let text = value.text else { return nil }
        guard let uuid = Self(EventID(rawValue: text)) ?? Self(MessageID(rawValue: text)) else { return nil }
        self = uuid
    }
}

extension PostgresParameters {
    fileprivate mutating func add(_ value: CopiedValue, _ kind: CopiedTable.Kind) {
        switch kind {
        case .number, .flag: add(value.number)
        case .time: add(value.number.map(Timestamp.init(microseconds:)))
        case .text: add(value.text)
        case .bytes, .key: add(blob: value.bytes)
        case .event, .message, .holder: add(PostgresUUID(copied: value))
        }
    }

    fileprivate mutating func add(_ values: [CopiedValue], _ kind: CopiedTable.Kind) {
        switch kind {
        case .number, .flag: add(values.map(\.number))
        case .time: add(values.map { $0.number.map(Timestamp.init(microseconds:)) })
        case .text: add(values.map(\.text))
        case .bytes, .key: add(blobs: values.map(\.bytes))
        case .event, .message, .holder: add(values.map { PostgresUUID(copied: $0) })
        }
    }
}
