// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Sorts the conditions of dense clauses into groups.
struct DenseSorting {
    private struct Place: Hashable {
        let field: Int32
        /// How many conditions on the field the clause has before.
        let ordinal: Int
    }

    /// A test of a group that is looked up; several conditions may have it.
    private struct Lookup: Hashable {
        let test: ValueTest
        let filing: Filing
        let isException: Bool
    }

    /// What a group is made of.
    struct Parts {
        let field: Int32
        let isWide: Bool
        let wordCount: Int
        let members: [Int32]
        var absent: [Int32] = []
        var negated: [Int32] = []
        var numbers: [(range: NumberRange, bit: Int32)] = []
        var decimals: [(range: NumberRange, bit: Int32)] = []
        var single: [(condition: Int, mask: BitMask)] = []
        private var bits: [Int32: Int32] = [:]

        init(field: Int32, members: [Int32], of count: Int) {
            self.field = field
            self.members = members
            isWide = members.count * 8 >= count
            wordCount = ((isWide ? count : members.count) + 63) / 64
            if !isWide { for (bit, member) in members.enumerated() { bits[member] = Int32(bit) } }
        }

        /// The bit of a clause.
        func bit(_ member: Int32) -> Int32 { isWide ? member : bits[member] ?? 0 }
    }

    private let conditions: [Condition]
    private let count: Int
    /// The clauses of each condition at each place.
    private var sorted: [Place: [Int32: [Int32]]] = [:]
    private(set) var entries: [DenseEntry] = []
    /// The entries under each filing.
    private(set) var filed: [FieldFiling: [Int32]] = [:]

    init(_ builder: IndexBuilder) {
        conditions = builder.conditions
        count = builder.dense.count
        for (position, clause) in builder.dense.enumerated() {
            var ordinals: [Int32: Int] = [:]
            for condition in Set(builder.members[builder.clauses[Int(clause)].range]).sorted() {
                let field = conditions[Int(condition)].field
                let place = Place(field: field, ordinal: ordinals[field, default: 0])
                ordinals[field, default: 0] += 1
                sorted[place, default: [:]][condition, default: []].append(Int32(position))
            }
        }
    }

    /// The groups; fills ``entries`` and ``filed``.
    mutating func groups() -> [DenseGroup] {
        var groups: [DenseGroup] = []
        var start = 0
        for (place, found) in sorted {
            var parts = Parts(field: place.field, members: found.values.flatMap(\.self).sorted(), of: count)
            var lookups: [Lookup: [Int32]] = [:]
            for (condition, clauses) in found {
                let bits = clauses.map { parts.bit($0) }
                add(Int(condition), bits, to: &parts, &lookups)
            }
            for (lookup, bits) in lookups { file(lookup, bits, group: groups.count, parts) }
            groups.append(DenseGroup(parts, start: start))
            start += parts.wordCount
        }
        return groups
    }

    private func add(_ number: Int, _ bits: [Int32], to parts: inout Parts, _ lookups: inout [Lookup: [Int32]]) {
        let condition = conditions[number]
        if condition.allowsAbsence { parts.absent += bits }
        guard condition.tests.count(where: \.isRange) < 2, condition.tests.count(where: \.isNegation) < 2,
            condition.tests.allSatisfy(\.hasPlainExceptions)
        else {
            parts.single.append((number, BitMask(bits, wordCount: parts.wordCount)))
            return
        }
        for test in condition.tests {
            if case .anythingBut(let exceptions) = test {
                parts.negated += bits
                for exception in exceptions {
                    guard let filing = Filing(exception) else { continue }
                    lookups[Lookup(test: exception, filing: filing, isException: true), default: []] += bits
                }
                continue
            }
            switch Filing(test) {
            case nil: break
            case .numbers(let range)?: parts.numbers += bits.map { (range, $0) }
            case .decimals(let range)?: parts.decimals += bits.map { (range, $0) }
            case let filing?: lookups[Lookup(test: test, filing: filing, isException: false), default: []] += bits
            }
        }
    }

    private mutating func file(_ lookup: Lookup, _ bits: [Int32], group: Int, _ parts: Parts) {
        let place = FieldFiling(field: parts.field, filing: lookup.filing)
        filed[place, default: []].append(Int32(entries.count))
        let mask = BitMask(bits, wordCount: parts.wordCount)
        entries.append(DenseEntry(lookup.test, group: group, isException: lookup.isException, mask: mask))
    }
}

extension ValueTest {
    /// Whether it is found by asking which ranges hold a number.
    fileprivate var isRange: Bool {
        switch Filing(self) {
        case .numbers?, .decimals?: true
        default: false
        }
    }

    fileprivate var isNegation: Bool { if case .anythingBut = self { true } else { false } }

    /// Whether the exceptions of `anything-but` are looked up by keys.
    fileprivate var hasPlainExceptions: Bool {
        guard case .anythingBut(let exceptions) = self else { return true }
        return exceptions.allSatisfy { Filing($0) != nil && !$0.isRange && !$0.isNegation }
    }
}
