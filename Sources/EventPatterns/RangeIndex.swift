// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Finds the ranges that hold a number without looking at the others.
///
/// An interval tree laid out in the array sorted by lower ends: the middle of a stretch is its root and knows the highest
/// upper end of the stretch.
struct RangeIndex: Sendable {
    private let ranges: [NumberRange]
    /// For the root of each stretch, the range without lower end that covers all of the stretch.
    private var highest: [NumberRange]
    /// What is filed under each range.
    private let clauses: [[Int32]]

    init(_ filed: [NumberRange: [Int32]]) {
        let sorted = filed.sorted { Self.isBefore($0.key.lower, $1.key.lower) }
        ranges = sorted.map(\.key)
        clauses = sorted.map(\.value)
        highest = ranges
        if !ranges.isEmpty { _ = fill(0..<ranges.count) }
    }

    var isEmpty: Bool { ranges.isEmpty }

    /// Appends what is filed under the ranges that hold a number.
    ///
    /// - Complexity: O(log *n* + *k*) for *k* ranges found.
    func find(_ number: PatternNumber, into found: inout [Int32]) {
        find(number, in: 0..<ranges.count, into: &found)
    }

    private func find(_ number: PatternNumber, in stretch: Range<Int>, into found: inout [Int32]) {
        guard !stretch.isEmpty else { return }
        let middle = (stretch.lowerBound + stretch.upperBound) / 2
        guard highest[middle].endsAfter(number) else { return }
        find(number, in: stretch.lowerBound..<middle, into: &found)
        guard ranges[middle].startsBefore(number) else { return }
        if ranges[middle].endsAfter(number) { found += clauses[middle] }
        find(number, in: (middle + 1)..<stretch.upperBound, into: &found)
    }

    private mutating func fill(_ stretch: Range<Int>) -> NumberRange {
        let middle = (stretch.lowerBound + stretch.upperBound) / 2
        var highest = NumberRange(upper: ranges[middle].upper)
        for part in [stretch.lowerBound..<middle, (middle + 1)..<stretch.upperBound] where !part.isEmpty {
            let other = fill(part)
            if Self.isBelow(highest.upper, other.upper) { highest = other }
        }
        self.highest[middle] = highest
        return highest
    }

    /// Order of lower ends: none first, an included one before an excluded one.
    static func isBefore(_ left: NumberRange.Bound?, _ right: NumberRange.Bound?) -> Bool {
        guard let right else { return false }
        guard let left else { return true }
        guard left.number == right.number else { return left.number < right.number }
        return left.isIncluded && !right.isIncluded
    }

    /// Order of upper ends: none last, an excluded one before an included one.
    static func isBelow(_ left: NumberRange.Bound?, _ right: NumberRange.Bound?) -> Bool {
        guard let left else { return false }
        guard let right else { return true }
        guard left.number == right.number else { return left.number < right.number }
        return !left.isIncluded && right.isIncluded
    }
}
