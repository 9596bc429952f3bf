// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Clauses of which none has a condition that few events pass, decided together and not one by one.
///
/// Every clause is a bit. For each field the values of an event give the bits of the clauses whose condition on it they
/// satisfy: by look-ups for keys, by sorted ends for ranges, and for `anything-but` by what its exceptions leave. The
/// clauses whose bit is set for every field match. What that costs depends on a sixty-fourth of the clauses and on the
/// conditions that name a value of the event. The clauses with several conditions inside arrays are left to the search.
struct DenseClauses: Sendable {
    /// Fewer clauses are looked at one by one.
    static let least = 64

    /// By bit.
    private let clauses: [Int32]
    private let patterns: [Int]
    private let groups: [DenseGroup]
    private let entries: [DenseEntry]
    private let table: AnchorTable
    /// The groups of each field.
    private let groupsOfField: [[Int]]
    private var wordCount: Int { (clauses.count + 63) / 64 }

    /// Takes the dense clauses of a builder.
    init(_ builder: IndexBuilder) {
        clauses = builder.dense
        patterns = clauses.map { Int(builder.clauses[Int($0)].pattern) }
        var sorting = DenseSorting(builder)
        groups = sorting.groups()
        entries = sorting.entries
        table = AnchorTable(sorting.filed, fieldCount: builder.fields.count)
        var groupsOfField = [[Int]](repeating: [], count: builder.fields.count)
        for (number, group) in groups.enumerated() { groupsOfField[Int(group.field)].append(number) }
        self.groupsOfField = groupsOfField
    }

    /// Decides all of the clauses.
    ///
    /// - Parameters:
    ///   - reading: Linked.
    ///   - conditions: Those of the index.
    /// - Returns: The patterns that match, ascending, and the clauses that need a search.
    func find(in reading: EventReading, _ conditions: [Condition]) -> (patterns: [Int], open: [Int32]) {
        let size = groups.reduce(0) { $0 + $1.wordCount }
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: size + 3 * wordCount) { rows in
            rows.initialize(repeating: 0)
            guard let first = rows.baseAddress else { return ([], []) }
            satisfy(reading, first)
            let result = first + size
            for position in clauses.indices { result[position >> 6] |= 1 << UInt64(position & 63) }
            for group in groups {
                group.satisfyWhole(reading, conditions, first + group.start)
                group.cut(result, first + group.start)
                if reading.field(group.field).isFramed {
                    group.noteFramed(result + wordCount, result + 2 * wordCount)
                }
            }
            return survivors(result, result + 2 * wordCount)
        }
    }

    private func satisfy(_ reading: EventReading, _ rows: UnsafeMutablePointer<UInt64>) {
        var found: [Int32] = []
        for value in reading.values where !groupsOfField[Int(value.field)].isEmpty {
            found.removeAll(keepingCapacity: true)
            table.find(value, into: &found)
            found.removeAll { !entries[Int($0)].accepts(value.leaf) }
            for number in found where !entries[Int(number)].isException {
                let entry = entries[Int(number)]
                entry.mask.insert(into: rows + groups[entry.group].start)
            }
            for number in groupsOfField[Int(value.field)] {
                let group = groups[number]
                group.satisfyRanges(value.leaf, rows + group.start)
                group.satisfyNegations(rows + group.start) { row in
                    for found in found where entries[Int(found)].isException && entries[Int(found)].group == number {
                        entries[Int(found)].mask.remove(from: row)
                    }
                }
            }
        }
    }

    private func survivors(
        _ result: UnsafeMutablePointer<UInt64>,
        _ framed: UnsafeMutablePointer<UInt64>
    ) -> (patterns: [Int], open: [Int32]) {
        var (found, open): ([Int], [Int32]) = ([], [])
        for word in 0..<wordCount {
            var left = result[word]
            while left != 0 {
                let bit = left.trailingZeroBitCount
                left &= left - 1
                let position = word * 64 + bit
                if framed[word] >> UInt64(bit) & 1 == 1 {
                    open.append(clauses[position])
                } else if found.last != patterns[position] {
                    found.append(patterns[position])
                }
            }
        }
        return (found, open)
    }
}

/// A test that values are looked up for, and the clauses that it is about.
final class DenseEntry: Sendable {
    let group: Int
    /// Whether what it accepts is what `anything-but` does not.
    let isException: Bool
    let mask: BitMask
    /// The test where being found does not prove that it accepts.
    private let test: ValueTest?

    init(_ test: ValueTest, group: Int, isException: Bool, mask: BitMask) {
        self.test = test.isProvenByFiling ? nil : test
        self.group = group
        self.isException = isException
        self.mask = mask
    }

    func accepts(_ value: Leaf) -> Bool { test?.accepts(value) ?? true }
}
