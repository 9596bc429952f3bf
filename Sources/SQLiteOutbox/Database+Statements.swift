// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

extension Database {
    /// Runs a statement that is prepared once a connection.
    func run(_ sql: String, _ arguments: StatementArguments) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// Reads all rows of a statement that is prepared once a connection.
    func rows<Value>(_ sql: String, _ arguments: StatementArguments, _ decode: (Row) throws -> Value) throws -> [Value]
    {
        var values: [Value] = []
        let cursor = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        while let row = try cursor.next() { values.append(try decode(row)) }
        return values
    }

    /// Reads the first row of a statement that is prepared once a connection.
    func row<Value>(_ sql: String, _ arguments: StatementArguments, _ decode: (Row) throws -> Value) throws -> Value? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments).map(decode)
    }
}

extension Row {
    /// A time in a column that is never null.
    func time(_ index: Int) -> Timestamp {
        Timestamp(microseconds: self[index])
    }

    /// A time in a column that may be null.
    func optionalTime(_ index: Int) -> Timestamp? {
        (self[index] as Int64?).map(Timestamp.init(microseconds:))
    }

    /// One of the names that this build knows.
    ///
    /// - Throws: `StoreError` with code `corrupt` for any other text.
    func name<Name: RawRepresentable<String>>(_ index: Int) throws -> Name {
        guard let name = Name(rawValue: self[index]) else {
            throw StoreError(.corrupt, "a row has a \(Name.self) that this Hookline does not know")
        }
        return name
    }
}
