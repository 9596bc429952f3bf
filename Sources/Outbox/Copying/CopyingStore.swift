// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A store while it is copied, or copied into: its rows in the form of ``CopiedTable``, and how far that is.
///
/// Nobody else uses it meanwhile. A target keeps how far the copy is together with the rows, and a service does not open it
/// before it is whole.
package protocol CopyingStore: Sendable {
    /// What people call it; without a password.
    var name: String { get }

    /// What is different once anybody wrote into it: by this a copy that goes on knows that its source is as it was.
    func mark() async throws(StoreError) -> String

    /// How many rows of a table there are.
    func count(_ table: CopiedTable) async throws(StoreError) -> Int

    /// Rows of a table, in an order of the store's own.
    ///
    /// - Parameters:
    ///   - table: Which one.
    ///   - place: Behind which place; from the first on if `nil`.
    ///   - bounds: How many rows, and how many bytes, about.
    /// - Returns: The rows, at least one unless there are no more, and where to go on.
    /// - Throws: `StoreError`.
    func page(
        of table: CopiedTable,
        after place: CopiedPlace?,
        within bounds: CopyBounds
    ) async throws(StoreError) -> CopiedPage

    /// What a target knows of a copy into it.
    func standing() async throws(StoreError) -> CopyStanding

    /// Marks an empty target as one that is being copied into.
    ///
    /// - Parameters:
    ///   - source: What people call the source.
    ///   - mark: The source's ``mark()``.
    /// - Throws: `StoreError` with `conflict` where anything is in it.
    func begin(from source: String, mark: String) async throws(StoreError)

    /// Empties a target whose copy was not finished, and lets another copy begin.
    ///
    /// As soon as anything is gone no copy goes on there: one that ends in between leaves a target that is refused as before, or
    /// that is empty.
    ///
    /// - Throws: `StoreError` with `conflict` where it is no copy that was not finished; nothing is gone then.
    func discard() async throws(StoreError)

    /// Writes rows and how far the table is, both or neither.
    ///
    /// - Parameters:
    ///   - rows: The rows.
    ///   - table: Their table.
    ///   - progress: How far it is with them.
    /// - Throws: `StoreError`.
    func write(_ rows: [CopiedRow], to table: CopiedTable, _ progress: CopyStanding.Progress) async throws(StoreError)

    /// Looks whether the target fits together, makes what it keeps beside the rows, and lets services open it.
    ///
    /// - Throws: `StoreError` with `corrupt` where it does not fit together: it stays closed to services then.
    func finish() async throws(StoreError)

    /// Refuses where somebody uses it.
    ///
    /// - Throws: `StoreError` with `inUse`.
    func requireIdle() async throws(StoreError)

    func close() async
}

extension StoreError {
    /// What a store says that shall be emptied and is not there to be.
    ///
    /// - Parameter name: What people call it.
    /// - Returns: The refusal.
    package static func noUnfinishedCopy(_ name: String) -> StoreError {
        StoreError(.conflict, "\(name) is no copy that was not finished: nothing of it is emptied")
    }
}

/// How much of a table is in memory at once.
package struct CopyBounds: Hashable, Sendable {
    /// The most rows.
    package var rows = 1_000
    /// The most bytes, about; a row that is larger comes alone.
    package var bytes = 8_000_000

    package init() {}
}

/// Rows that a store gave, and where to go on.
package struct CopiedPage: Sendable {
    package let rows: [CopiedRow]
    /// Behind which place the next rows are; `nil` where nothing came.
    package let place: CopiedPlace?

    package init(rows: [CopiedRow], place: CopiedPlace?) {
        self.rows = rows
        self.place = place
    }
}

/// What a store knows of a copy into it.
package enum CopyStanding: Hashable, Sendable {
    /// Nothing is in it.
    case empty
    /// A copy into it has begun and did not end.
    case begun(Begun)
    /// It is a store that something is in, and no copy that was not finished.
    case filled

    /// A copy that has begun.
    package struct Begun: Hashable, Sendable {
        /// What people called its source.
        package let source: String
        /// What its source's ``CopyingStore/mark()`` was.
        package let mark: String
        /// How far it is, by the names of the tables.
        package let tables: [String: Progress]

        package init(source: String, mark: String, tables: [String: Progress]) {
            self.source = source
            self.mark = mark
            self.tables = tables
        }
    }

    /// How far the copy of a table is.
    package struct Progress: Hashable, Sendable {
        /// The source's place behind which it goes on.
        package let place: CopiedPlace?
        /// How many rows were copied.
        package let rows: Int
        /// Whether that is all.
        package let isDone: Bool

        package init(place: CopiedPlace?, rows: Int, isDone: Bool) {
            self.place = place
            self.rows = rows
            self.isDone = isDone
        }
    }
}
