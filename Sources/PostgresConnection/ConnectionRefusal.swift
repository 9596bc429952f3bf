// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What a server, or a pooler, says that takes no connection.
///
/// libpq tells the code of it in its words alone, and only where it is asked to be verbose (`PQERRORS_VERBOSE`):
/// `…: FATAL:  53300: sorry, too many clients already`, and where in PostgreSQL's source that is said in a line behind it.
struct ConnectionRefusal: Hashable {
    /// The code; where several addresses of a host refused, ``SQLState/tooManyConnections`` if one said that, else the last.
    let sqlState: SQLState?
    /// The words without codes and without places in PostgreSQL's source.
    let words: String

    /// Reads what libpq says.
    ///
    /// - Parameter text: Of a connection with verbose errors that did not come about.
    init(_ text: String) {
        var found: [SQLState] = []
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("LOCATION:") }
        words = lines.map { Self.line($0, &found) }.joined(separator: "\n")
        sqlState = found.contains(.tooManyConnections) ? .tooManyConnections : found.last
    }

    /// A line without the codes in it.
    private static func line(_ line: Substring, _ codes: inout [SQLState]) -> String {
        var parts = line.split(separator: ":  ", omittingEmptySubsequences: false)
        for index in parts.indices.dropFirst() {
            let code = parts[index].prefix(5)
            guard code.count == 5, code.utf8.allSatisfy(Self.isOfCode), parts[index].dropFirst(5).hasPrefix(": ") else {
                continue
            }
            codes.append(SQLState(String(code)))
            parts[index] = parts[index].dropFirst(7)
        }
        return parts.joined(separator: ":  ")
    }

    private static func isOfCode(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    /// Whether all connections are taken; PgBouncer has no code of its own for that.
    var isOfNumber: Bool { sqlState == .tooManyConnections || words.contains("max_client_conn") }

    /// What to do, behind the words; empty where nobody knows.
    var advice: String {
        if isOfNumber {
            let limits = "max_connections, or what limits the role or the database to less"
            return "; too many connections: raise \(limits), or put a pooler between"
        }
        return words.contains("startup parameter") ? "; behind a pooler write 'prepared: off'" : ""
    }
}
