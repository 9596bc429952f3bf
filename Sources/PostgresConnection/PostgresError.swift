// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Why PostgreSQL did not do what it was asked, or why nobody knows whether it did.
///
/// No text in it has a password. Of what the server says the details are left out: they name values, and values may be
/// phone numbers.
package struct PostgresError: Error, Hashable, CustomStringConvertible {
    /// What went wrong, for the caller's decision.
    package enum Kind: String, Hashable, Sendable {
        /// The address does not read.
        case address
        /// There is no connection.
        case unreachable
        /// The server refused a statement: its transaction is rolled back.
        case refused
        /// The connection ended before a commit was asked for: nothing is stored.
        case lost
        /// The time was up before a commit was asked for: nothing is stored.
        case late
        /// A commit was asked for, and nobody knows whether it holds, now or after a failover.
        case doubtful
        /// A row is not what the statement promised.
        case unreadable
    }

    /// What went wrong.
    package let kind: Kind
    /// The server's code for it; `nil` where it said none.
    package let sqlState: SQLState?
    /// What went wrong, in a sentence.
    package let reason: String
    /// The constraint that a refused statement broke.
    package let constraint: String?

    package init(_ kind: Kind, _ reason: String, sqlState: SQLState? = nil, constraint: String? = nil) {
        self.kind = kind
        self.reason = reason
        self.sqlState = sqlState
        self.constraint = constraint
    }

    package var description: String { sqlState.map { "\(reason) (SQLSTATE \($0))" } ?? reason }

    /// Whether the same may go well on another connection: this one is given up, its statements are forgotten, or its server
    /// takes no writes any more.
    package var asksForAnotherConnection: Bool {
        switch kind {
        case .lost, .late, .doubtful: true
        case .refused: sqlState?.spoilsConnection == true
        case .address, .unreachable, .unreadable: false
        }
    }

    /// The same, known to have happened while a commit was on its way.
    var inCommit: PostgresError {
        let isDoubtful = kind == .lost || kind == .late || (kind == .refused && sqlState?.leavesCommitOpen ?? true)
        guard isDoubtful else { return self }
        let words = "\(reason); nobody knows whether the transaction was committed"
        return PostgresError(.doubtful, words, sqlState: sqlState)
    }
}

/// The server's code for what happened: five characters, of which the first two are its class.
package struct SQLState: Hashable, Sendable, CustomStringConvertible {
    /// The five characters.
    package let code: String

    package init(_ code: String) {
        self.code = code
    }

    package var description: String { code }

    /// Two rows with the same key.
    package static let uniqueViolation = SQLState("23505")
    /// No partition for a row, or a check that fails.
    package static let checkViolation = SQLState("23514")
    /// The table is there already.
    package static let duplicateTable = SQLState("42P07")
    /// The server takes no writes: it is a standby, or was made read-only.
    package static let readOnly = SQLState("25006")

    /// All connections are taken that the server, the database or the role may have.
    package static let tooManyConnections = SQLState("53300")

    private var `class`: Substring { code.prefix(2) }

    /// What another transaction has locked was not to be had in time.
    package static let lockNotAvailable = SQLState("55P03")

    /// Whether the transaction may simply be run again: it lost against another one.
    package var isContention: Bool { ["40001", "40P01"].contains(code) || self == .lockNotAvailable }

    /// Whether the disk is full.
    package var isFull: Bool { code == "53100" }

    /// Whether the server itself goes away or comes up.
    package var isServerGoing: Bool { ["57P01", "57P02", "57P03", "57P04"].contains(code) }

    /// Whether values stand in the server's words.
    var namesValues: Bool { `class` == "22" }

    /// Whether an error with this code says nothing about the commit that was on its way.
    var leavesCommitOpen: Bool {
        isServerGoing || code == "40003" || ["08", "57", "58", "XX", "F0"].contains(`class`)
    }

    /// Whether what a connection has prepared does not fit the database any more, or its server takes no writes since a
    /// failover: another connection finds the one that does.
    var spoilsConnection: Bool { isOfPreparation || code == "0A000" || self == .readOnly }

    /// Whether the server does not know a prepared statement, or knows another one by its name.
    var isOfPreparation: Bool { code == "26000" || code == "42P05" }
}
