// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Outbox

/// A key of strangers' as a row names it.
///
/// It is the key itself; but of a long one a database that was copied from PostgreSQL has the fingerprint alone
/// (``CopiedTable/indexed(_:)``), and finds its row by that.
enum StoredKey {
    /// What a fingerprint begins with: no sender's key that a person would make up.
    private static let prefix = "\u{1}sha256:"

    /// The name of a key that a copy brought.
    static func name(of key: [UInt8]) -> String {
        guard key.count >= 32 else { return String(decoding: key, as: UTF8.self) }
        return prefix + key.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// What a copy says of a key that stands in a row.
    static func copied(_ name: String) -> [UInt8] {
        guard name.hasPrefix(prefix) else { return CopiedTable.indexed(name) }
        let digits = Array(name.utf8.dropFirst(prefix.utf8.count))
        guard digits.count == 64 else { return CopiedTable.indexed(name) }
        return stride(from: 0, to: 64, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
    }

    /// Under which name a key stands in a table, or would.
    ///
    /// Only of long keys is asked, and of these one step in an index.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - condition: The table, and which of its rows the key is unique among.
    ///   - arguments: Those of the condition.
    ///   - database: The database.
    /// - Returns: The key itself, or its fingerprint where that is there.
    /// - Throws: What SQLite says.
    static func name(
        of key: String,
        in condition: String,
        _ arguments: StatementArguments,
        _ database: Database
    ) throws -> String {
        guard key.utf8.count >= 32 else { return key }
        let fingerprint = name(of: CopiedTable.indexed(key))
        let sql = "SELECT 1 FROM \(condition) AND key = ?"
        let isThere = try database.row(sql, arguments + [fingerprint]) { _ in true }
        return isThere == true ? fingerprint : key
    }
}
