// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import GRDBSQLite

// The statements that every event takes, without a box for each argument.

extension Database {
    /// Runs a statement that writes, prepared once a connection.
    ///
    /// - Parameters:
    ///   - sql: The statement.
    ///   - bind: Adds its arguments, in the order of its question marks.
    /// - Returns: How many rows it wrote.
    /// - Throws: What SQLite says.
    @discardableResult
    func write(_ sql: String, _ bind: (inout Binding) -> Void) throws -> Int {
        let statement = unsafe try cachedStatement(sql: sql).sqliteStatement
        var binding = unsafe Binding(statement)
        bind(&binding)
        let code = unsafe binding.code == SQLITE_OK ? sqlite3_step(statement) : binding.code
        defer { unsafe sqlite3_reset(statement) }
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: lastErrorMessage, sql: sql)
        }
        return changesCount
    }

    /// Runs works between `BEGIN IMMEDIATE` and `COMMIT`, both prepared once a connection.
    ///
    /// GRDB prepares them each time, for its observers; we have none.
    ///
    /// - Throws: What a work or SQLite says; nothing is written then.
    func inOneCommit(_ works: () throws -> Void) throws {
        try write("BEGIN IMMEDIATE") { _ in }
        do {
            try works()
            try write("COMMIT") { _ in }
        } catch {
            // Of a full disk and the like SQLite has taken everything back by itself.
            if isInsideTransaction { try write("ROLLBACK") { _ in } }
            throw error
        }
    }
}

/// The arguments of one run of a statement, each copied by SQLite when it is added.
///
/// Lives within ``GRDB/Database/write(_:_:)`` alone, whose statement outlives it.
@safe struct Binding {
    private let statement: OpaquePointer
    private var place: Int32 = 0
    /// The first failure; `SQLITE_OK` while there is none.
    private(set) var code = SQLITE_OK

    fileprivate init(_ statement: OpaquePointer) {
        unsafe self.statement = statement
    }

    mutating func add(_ number: Int64) {
        unsafe advance { statement, place in unsafe sqlite3_bind_int64(statement, place, number) }
    }

    mutating func add(_ number: Int) { add(Int64(number)) }

    mutating func add(_ time: Timestamp) { add(time.microseconds) }

    mutating func add(_ time: Timestamp?) {
        guard let time else { return addNull() }
        add(time.microseconds)
    }

    mutating func add(_ text: String) {
        var text = text
        // The pointer is read before the call returns: SQLite copies what is bound as transient.
        text.withUTF8 { bytes in unsafe addText(UnsafeRawBufferPointer(bytes)) }
    }

    mutating func add(_ text: String?) {
        guard let text else { return addNull() }
        add(text)
    }

    /// Adds UTF-8 as a text.
    mutating func add(text bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe addText($0) }
    }

    mutating func add(blob bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe advance { statement, place in
                unsafe bytes.isEmpty
                    ? sqlite3_bind_zeroblob(statement, place, 0)
                    : sqlite3_bind_blob(statement, place, bytes.baseAddress, Int32(bytes.count), Self.transient)
            }
        }
    }

    mutating func addNull() {
        unsafe advance { statement, place in unsafe sqlite3_bind_null(statement, place) }
    }

    private mutating func addText(_ bytes: UnsafeRawBufferPointer) {
        unsafe advance { statement, place in
            // An empty buffer may have no address, which would bind NULL.
            unsafe bytes.isEmpty
                ? sqlite3_bind_text(statement, place, "", 0, Self.transient)
                : sqlite3_bind_text(
                    statement,
                    place,
                    bytes.assumingMemoryBound(to: CChar.self).baseAddress,
                    Int32(bytes.count),
                    Self.transient
                )
        }
    }

    private mutating func advance(_ bind: (OpaquePointer, Int32) -> Int32) {
        place += 1
        let new = unsafe bind(statement, place)
        if code == SQLITE_OK { code = new }
    }

    /// Says that SQLite has to copy: the documented constant, which C writes as a cast that Swift does not import.
    ///
    /// - SeeAlso: [SQLITE_TRANSIENT](https://www.sqlite.org/c3ref/c_static.html)
    private static var transient: sqlite3_destructor_type {
        unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }
}
