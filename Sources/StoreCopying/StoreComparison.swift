// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
package import Outbox

/// Reads two stores whole and says which rows are not the same in both.
///
/// Each side is read in its own order. A table's checksum is the sum of its rows' fingerprints, which depends on no order;
/// rows are added up in heaps by their keys, and only of heaps that differ the rows are read again, to say which they are.
package struct StoreComparison: Sendable {
    private let source: any CopyingStore
    private let target: any CopyingStore
    private let bounds: CopyBounds
    private let report: @Sendable (CopyReport) -> Void

    /// The most differences of a table that are told.
    package static let mostTold = 20
    /// Rows are added up in so many heaps.
    private static let heaps = 1_024
    /// So many of the heaps that differ are read again.
    private static let mostRead = 8

    package init(
        _ source: any CopyingStore,
        _ target: any CopyingStore,
        within bounds: CopyBounds = CopyBounds(),
        report: @escaping @Sendable (CopyReport) -> Void = { _ in }
    ) {
        (self.source, self.target, self.bounds, self.report) = (source, target, bounds, report)
    }

    /// Compares all tables.
    ///
    /// - Returns: How many rows each has, both checksums, and what is different.
    /// - Throws: `StoreError`.
    package func run() async throws(StoreError) -> CopySummary {
        var total = 0
        for table in CopiedTable.all { total += try await source.count(table) }
        var work = CopyReport(phase: .comparing, total: total)
        var summary = CopySummary(tables: [])
        for table in CopiedTable.all {
            let left = try await sums(of: table, in: source) { rows in
                (work.table, work.rows, work.done) = (table.name, work.rows + rows, work.done + rows)
                report(work)
            }
            work.rows = 0
            let right = try await sums(of: table, in: target) { _ in }
            var told = CopySummary.Table(name: table.name, rows: right.count)
            told.checksums = [left.checksum, right.checksum]
            summary.tables.append(told)
            if left != right { summary.differences += try await differences(of: table, left, right) }
        }
        return summary
    }

    /// How many rows a table has, and the sums of their fingerprints.
    private struct Sums: Equatable {
        var count = 0
        var heaps = [Sum](repeating: Sum(), count: StoreComparison.heaps)

        /// The sum of all, in hexadecimal digits.
        var checksum: String {
            var all = Sum()
            for heap in heaps { all.add(heap.words) }
            return all.words.map { word in
                let digits = String(word, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }.joined()
        }
    }

    private struct Sum: Equatable {
        var words: [UInt64] = [0, 0, 0, 0]

        mutating func add(_ others: [UInt64]) {
            for index in words.indices { words[index] &+= others[index] }
        }
    }

    private func sums(
        of table: CopiedTable,
        in store: any CopyingStore,
        _ note: (Int) -> Void
    ) async throws(StoreError) -> Sums {
        var sums = Sums()
        try await pages(of: table, in: store) { rows in
            for row in rows {
                sums.count += 1
                sums.heaps[Self.heap(of: row, in: table)].add(Self.words(row))
            }
            note(rows.count)
        }
        return sums
    }

    private func pages(
        of table: CopiedTable,
        in store: any CopyingStore,
        _ body: ([CopiedRow]) -> Void
    ) async throws(StoreError) {
        var place: CopiedPlace?
        while true {
            let page = try await store.page(of: table, after: place, within: bounds)
            guard let next = page.place, !page.rows.isEmpty else { return }
            body(page.rows)
            place = next
        }
    }

    private func differences(
        of table: CopiedTable,
        _ left: Sums,
        _ right: Sums
    ) async throws(StoreError) -> [CopyDifference] {
        let heaps = Set(left.heaps.indices.filter { left.heaps[$0] != right.heaps[$0] }.prefix(Self.mostRead))
        let (before, after) = (
            try await rows(of: table, in: source, heaps), try await rows(of: table, in: target, heaps)
        )
        let labels = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
        return labels.sorted().prefix(Self.mostTold).map { label in
            let kind: CopyDifference.Kind =
                after[label] == nil ? .missing : before[label] == nil ? .additional : .different
            return CopyDifference(table: table.name, row: label, kind: kind)
        }
    }

    /// The fingerprints of the rows in heaps, by what people call the rows; two that are called alike count as one.
    private func rows(
        of table: CopiedTable,
        in store: any CopyingStore,
        _ heaps: Set<Int>
    ) async throws(StoreError) -> [String: [UInt64]] {
        var found: [String: Sum] = [:]
        try await pages(of: table, in: store) { rows in
            for row in rows where heaps.contains(Self.heap(of: row, in: table)) {
                found[table.label(of: row), default: Sum()].add(Self.words(row))
            }
        }
        return found.mapValues(\.words)
    }

    private static func heap(of row: CopiedRow, in table: CopiedTable) -> Int {
        Int(words(Array(row.prefix(table.identity)))[0] % UInt64(heaps))
    }

    private static func words(_ row: CopiedRow) -> [UInt64] {
        var encoding: [UInt8] = []
        encoding.reserveCapacity(row.reduce(0) { $0 + $1.size })
        for value in row { value.add(to: &encoding) }
        let bytes = Fingerprint(of: encoding).bytes
        return stride(from: 0, to: 32, by: 8).map { start in
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
