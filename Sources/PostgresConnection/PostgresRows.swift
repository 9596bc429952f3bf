// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CPostgres
package import Events

/// What a statement brought, in PostgreSQL's binary form; it belongs to the thread of its session.
@safe package final class PostgresRows {
    private let result: OpaquePointer

    /// Takes over a result of libpq's.
    init(_ result: OpaquePointer) {
        unsafe self.result = result
    }

    deinit {
        unsafe PQclear(result)
    }

    /// How many rows came.
    package var count: Int { unsafe Int(PQntuples(result)) }

    /// What was done, as the server says it, such as `COMMIT` or `UPDATE 3`.
    var tag: String { unsafe String(cString: PQcmdStatus(result)) }

    /// Reads all rows.
    ///
    /// - Parameter decode: Makes a value of a row.
    /// - Returns: The values, in the order of the rows.
    /// - Throws: What the closure throws.
    package func map<Value>(_ decode: (PostgresRow) throws -> Value) rethrows -> [Value] {
        try (0..<count).map { try decode(PostgresRow(rows: self, index: Int32($0))) }
    }

    /// The first row; `nil` when none came.
    package var first: PostgresRow? { count > 0 ? PostgresRow(rows: self, index: 0) : nil }

    /// The bytes of a field, which live as long as the result; `nil` for a null.
    fileprivate func field<Value>(
        _ row: Int32,
        _ column: Int32,
        _ body: (UnsafeRawBufferPointer) -> Value?
    ) -> Value?? {
        guard unsafe column < PQnfields(result), unsafe PQgetisnull(result, row, column) == 0 else { return nil }
        let length = unsafe Int(PQgetlength(result, row, column))
        let bytes = unsafe UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: length)
        return unsafe .some(body(bytes))
    }
}

/// One row of a result.
package struct PostgresRow {
    fileprivate let rows: PostgresRows
    fileprivate let index: Int32

    // What a statement says is never null is read by the first of each pair.

    package func number(_ column: Int) throws(PostgresError) -> Int64 {
        try needed(column, optionalNumber(column))
    }

    package func optionalNumber(_ column: Int) throws(PostgresError) -> Int64? {
        try unsafe read(column) { bytes in
            switch bytes.count {
            case 8: unsafe Int64(bitPattern: bits(bytes, at: 0))
            case 4: unsafe Int64(Int32(bitPattern: bytes.reduce(0) { $0 << 8 | UInt32($1) }))
            default: nil
            }
        }
    }

    package func time(_ column: Int) throws(PostgresError) -> Timestamp {
        try needed(column, optionalTime(column))
    }

    package func optionalTime(_ column: Int) throws(PostgresError) -> Timestamp? {
        guard let number = try optionalNumber(column) else { return nil }
        return Timestamp(microseconds: number.adding(saturating: PostgresParameters.epoch))
    }

    package func text(_ column: Int) throws(PostgresError) -> String {
        try needed(column, optionalText(column))
    }

    package func optionalText(_ column: Int) throws(PostgresError) -> String? {
        try unsafe read(column) { bytes in unsafe String(decoding: bytes, as: UTF8.self) }
    }

    package func blob(_ column: Int) throws(PostgresError) -> [UInt8] {
        try needed(column, optionalBlob(column))
    }

    package func optionalBlob(_ column: Int) throws(PostgresError) -> [UInt8]? {
        try unsafe read(column) { bytes in unsafe [UInt8](bytes) }
    }

    package func uuid(_ column: Int) throws(PostgresError) -> PostgresUUID {
        try needed(column, optionalUUID(column))
    }

    package func optionalUUID(_ column: Int) throws(PostgresError) -> PostgresUUID? {
        try unsafe read(column) { bytes in
            guard bytes.count == 16 else { return nil }
            return unsafe PostgresUUID(high: bits(bytes, at: 0), low: bits(bytes, at: 8))
        }
    }

    package func flag(_ column: Int) throws(PostgresError) -> Bool {
        try unsafe needed(column, read(column) { bytes in unsafe bytes.count == 1 ? bytes[0] == 1 : nil })
    }

    private func needed<Value>(_ column: Int, _ value: Value?) throws(PostgresError) -> Value {
        guard let value else { throw unreadable(column) }
        return value
    }

    private func read<Value>(
        _ column: Int,
        _ body: (UnsafeRawBufferPointer) -> Value?
    ) throws(PostgresError) -> Value? {
        switch unsafe rows.field(index, Int32(column), body) {
        case .none: return nil
        case .some(.none): throw unreadable(column)
        case .some(let value): return value
        }
    }

    private func unreadable(_ column: Int) -> PostgresError {
        PostgresError(.unreadable, "column \(column) of a row is not what its statement promises")
    }
}

/// Eight bytes, the highest first.
private func bits(_ bytes: UnsafeRawBufferPointer, at start: Int) -> UInt64 {
    unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
}
