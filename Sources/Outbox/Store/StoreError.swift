// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Why the store did not do what it was asked; nothing of it is in the store then.
package struct StoreError: Error, Hashable, CustomStringConvertible {
    /// What went wrong, for the caller's decision.
    package let code: Code
    /// What went wrong, in a sentence; no secret, no phone number.
    package let reason: String
    /// The library's own code; for SQLite its extended result code.
    package let libraryCode: Int32?

    /// What went wrong.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Known: String {
            case busy, full, corrupt, closed, inUse, newerSchema, foreign, notDurable, cannotOpen, conflict, notFound,
                failed
        }
        private let known: Known

        private init(_ known: Known) { self.known = known }

        /// No write transaction began in time; another process holds the database.
        package static let busy = Code(.busy)
        /// The disk, or the database's own limit, is full.
        package static let full = Code(.full)
        /// The file is damaged, or no database.
        package static let corrupt = Code(.corrupt)
        /// The store was closed.
        package static let closed = Code(.closed)
        /// Another running service owns the database.
        package static let inUse = Code(.inUse)
        /// A newer Hookline wrote the database.
        package static let newerSchema = Code(.newerSchema)
        /// The database is another program's.
        package static let foreign = Code(.foreign)
        /// The database would not promise that what it accepted survives a power cut.
        package static let notDurable = Code(.notDurable)
        /// The file or folder cannot be opened or created.
        package static let cannotOpen = Code(.cannotOpen)
        /// The state of the message does not allow it.
        package static let conflict = Code(.conflict)
        /// There is no such message.
        package static let notFound = Code(.notFound)
        /// Anything else: reading or writing failed.
        package static let failed = Code(.failed)

        /// The code's name.
        package var description: String { known.rawValue }
    }

    package init(_ code: Code, _ reason: String, libraryCode: Int32? = nil) {
        self.code = code
        self.reason = reason
        self.libraryCode = libraryCode
    }

    package var description: String { reason }

    /// Whether it is worth asking again soon: what a caller answers with 503 and `Retry-After`.
    package var isPassing: Bool { code == .busy || code == .full || code == .failed }
}
