// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Outbox

/// Carries all that is in a store into another one, whatever engines they have, and proves that it is there.
///
/// What was written is kept in the target with how far that is, a batch at a time: a copy that was interrupted anywhere goes
/// on where it was. It is over only after both sides were read again and found to say the same (``StoreComparison``), and
/// until then no service opens the target.
package struct StoreCopy: Sendable {
    private let source: any CopyingStore
    private let target: any CopyingStore
    private let startsAnew: Bool
    private let bounds: CopyBounds
    private let report: @Sendable (CopyReport) -> Void

    /// A copy that has not begun.
    ///
    /// - Parameters:
    ///   - source: Where everything is.
    ///   - target: Where it shall be.
    ///   - startsAnew: Whether a copy that was not finished is emptied out of the target first, and not gone on with; whatever else
    ///     is in a target is refused all the same.
    ///   - bounds: How much is in memory at once.
    ///   - report: Hears how far it is.
    package init(
        from source: any CopyingStore,
        to target: any CopyingStore,
        startsAnew: Bool = false,
        within bounds: CopyBounds = CopyBounds(),
        report: @escaping @Sendable (CopyReport) -> Void = { _ in }
    ) {
        (self.source, self.target, self.startsAnew) = (source, target, startsAnew)
        (self.bounds, self.report) = (bounds, report)
    }

    /// Says what would be copied, and whether it may be; nothing is written.
    ///
    /// - Returns: The rows of each table, and how many of them are in the target already.
    /// - Throws: `StoreError` where the copy would be refused.
    package func rehearse() async throws(StoreError) -> CopySummary {
        let start = try start(in: try await target.standing(), mark: try await idleMark())
        var tables: [CopySummary.Table] = []
        for table in CopiedTable.all {
            let count = try await source.count(table)
            tables.append(.init(name: table.name, rows: count, known: start.begun?.tables[table.name]?.rows ?? 0))
        }
        return CopySummary(tables: tables, start: start)
    }

    /// Copies, compares, and lets services open the target.
    ///
    /// - Returns: What was copied, and what is different all the same: nothing, or the target stays closed to services.
    /// - Throws: `StoreError`; the copy goes on where it was when it is run again.
    package func run() async throws(StoreError) -> CopySummary {
        let mark = try await idleMark()
        let start = try start(in: try await target.standing(), mark: mark)
        if case .anew = start { try await target.discard() }
        let begun = start.begun
        if begun == nil { try await target.begin(from: source.name, mark: mark) }
        var total = 0
        for table in CopiedTable.all { total += try await source.count(table) }
        var work = CopyReport(phase: .copying, total: total)
        work.isResumed = begun != nil
        var tables: [CopySummary.Table] = []
        for table in CopiedTable.all {
            let progress = begun?.tables[table.name]
            let rows = try await copy(table, from: progress, &work)
            tables.append(.init(name: table.name, rows: rows, known: progress?.rows ?? 0))
        }
        let compared = try await StoreComparison(source, target, within: bounds, report: report).run()
        guard try await idleMark() == mark else {
            throw StoreError(.conflict, "\(source.name) was changed while it was copied; \(Self.advice)")
        }
        let summary = compared.adding(tables, start)
        if summary.isSame { try await target.finish() }
        return summary
    }

    /// The source's mark, where nobody uses either store and the source is whole.
    private func idleMark() async throws(StoreError) -> String {
        try await source.requireIdle()
        try await target.requireIdle()
        if case .begun(let begun) = try await source.standing() {
            let words = "\(source.name) is itself a copy of \(begun.source) that was not finished"
            throw StoreError(.conflict, "\(words): finish that first")
        }
        return try await source.mark()
    }

    /// How a copy begins.
    fileprivate enum Start {
        /// On an empty target.
        case first
        /// Where another run of it ended.
        case resumed(CopyStanding.Begun)
        /// On a target out of which a copy that was not finished is emptied before.
        case anew

        /// How far it is before it begins.
        var begun: CopyStanding.Begun? {
            if case .resumed(let begun) = self { begun } else { nil }
        }
    }

    private static let advice = "the same with --anew empties the target and begins again"

    private func start(in standing: CopyStanding, mark: String) throws(StoreError) -> Start {
        switch standing {
        case .empty: return .first
        case .begun where startsAnew: return .anew
        case .begun(let begun) where begun.mark == mark: return .resumed(begun)
        case .begun(let begun):
            let words = "\(target.name) has a copy of \(begun.source) that was not finished"
            throw StoreError(.conflict, "\(words), and \(source.name) is not as it was then; \(Self.advice)")
        case .filled:
            throw StoreError(.conflict, "there is something in \(target.name) already; expected an empty store")
        }
    }

    private func copy(
        _ table: CopiedTable,
        from progress: CopyStanding.Progress?,
        _ work: inout CopyReport
    ) async throws(StoreError) -> Int {
        (work.table, work.rows) = (table.name, progress?.rows ?? 0)
        work.done += work.rows
        work.known += work.rows
        guard progress?.isDone != true else { return work.rows }
        var place = progress?.place
        while true {
            let page = try await source.page(of: table, after: place, within: bounds)
            place = page.place ?? place
            work.rows += page.rows.count
            work.done += page.rows.count
            let reached = CopyStanding.Progress(place: place, rows: work.rows, isDone: page.rows.isEmpty)
            try await target.write(page.rows, to: table, reached)
            report(work)
            if page.rows.isEmpty { return work.rows }
        }
    }
}

/// How far a copy is.
package struct CopyReport: Hashable, Sendable {
    /// What is being done.
    package enum Phase: String, Hashable, Sendable {
        case copying
        case comparing
    }

    package var phase: Phase
    /// The table, and how many of its rows are done.
    package var table = ""
    package var rows = 0
    /// How many rows are done of all tables, and how many there are.
    package var done = 0
    package var total: Int
    /// How many of those that are done were so before.
    package var known = 0
    /// Whether the copy goes on that another run began.
    package var isResumed = false

    package init(phase: Phase, total: Int) {
        (self.phase, self.total) = (phase, total)
    }
}

/// What was copied, and what was found to be different.
package struct CopySummary: Hashable, Sendable {
    /// What became of a table.
    package struct Table: Hashable, Sendable {
        package let name: String
        /// How many rows it has.
        package var rows: Int
        /// How many of them were there before.
        package var known = 0
        /// The checksums of both sides, which do not depend on the engine; empty where nothing was compared.
        package var checksums: [String] = []

        package init(name: String, rows: Int, known: Int = 0) {
            (self.name, self.rows, self.known) = (name, rows, known)
        }
    }

    package var tables: [Table]
    /// What is different, the first of each table.
    package var differences: [CopyDifference] = []
    /// Whether the copy goes on that another run began.
    package private(set) var isResumed = false
    /// Whether a copy that was not finished was emptied out of the target before, or is to be.
    package private(set) var isAnew = false

    package init(tables: [Table]) {
        self.tables = tables
    }

    fileprivate init(tables: [Table], start: StoreCopy.Start) {
        self.tables = tables
        note(start)
    }

    private mutating func note(_ start: StoreCopy.Start) {
        switch start {
        case .first: break
        case .resumed: isResumed = true
        case .anew: isAnew = true
        }
    }

    /// Whether both sides say the same; the checksums tell that also where no row is found that differs.
    package var isSame: Bool { differences.isEmpty && tables.allSatisfy { Set($0.checksums).count < 2 } }

    /// The same with what was copied of each table, and how the copy began.
    fileprivate func adding(_ copied: [Table], _ start: StoreCopy.Start) -> CopySummary {
        var summary = self
        summary.note(start)
        for index in summary.tables.indices {
            guard let table = copied.first(where: { $0.name == summary.tables[index].name }) else { continue }
            summary.tables[index].known = table.known
        }
        return summary
    }
}

/// A row that is not the same on both sides.
package struct CopyDifference: Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    package enum Kind: String, Hashable, Sendable {
        case missing
        case different
        case additional
    }

    package let table: String
    /// Which row, as ``CopiedTable/label(of:)`` says it.
    package let row: String
    package let kind: Kind

    package init(table: String, row: String, kind: Kind) {
        (self.table, self.row, self.kind) = (table, row, kind)
    }

    package var description: String {
        switch kind {
        case .missing: "\(table): \(row) is not in the target"
        case .different: "\(table): \(row) is not the same in the target"
        case .additional: "\(table): \(row) is in the target alone"
        }
    }
}
