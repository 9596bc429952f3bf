// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A set of small numbers that is put into, or taken out of, a row of bits: as a list while that is shorter.
struct BitMask: Sendable {
    private let numbers: [Int32]
    private let words: [UInt64]

    /// A set of numbers below 64 × `wordCount`.
    init(_ numbers: [Int32], wordCount: Int) {
        let isLong = numbers.count > wordCount * 2
        self.numbers = isLong ? [] : numbers
        words = isLong ? Self.words(numbers, wordCount) : []
    }

    /// The bits of numbers.
    static func words(_ numbers: some Sequence<Int32>, _ count: Int) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: count)
        for number in numbers { words[Int(number) >> 6] |= 1 << UInt64(number & 63) }
        return words
    }

    func insert(into row: UnsafeMutablePointer<UInt64>) {
        for number in numbers { row[Int(number) >> 6] |= 1 << UInt64(number & 63) }
        for position in words.indices { row[position] |= words[position] }
    }

    func remove(from row: UnsafeMutablePointer<UInt64>) {
        for number in numbers { row[Int(number) >> 6] &= ~(1 << UInt64(number & 63)) }
        for position in words.indices { row[position] &= ~words[position] }
    }
}

/// Ranges of numbers, each with some bits: finds the bits of all ranges that hold a number without going through them.
///
/// The ranges that begin before a number are the first ones by their lower ends, and those that end before it the first
/// ones by their upper ends. The bits of the first so many are kept for every so many, so that few are left to be set.
struct RangeBits: Sendable {
    /// Ends in their order, and the bits of the first ones.
    private struct Ends: Sendable {
        private let ranges: [NumberRange]
        private let bits: [Int32]
        /// The bits of the first `stride`, of the first 2 × `stride`, and so on.
        private let rows: [UInt64]
        private let stride: Int
        private let wordCount: Int

        init(_ sorted: [(range: NumberRange, bit: Int32)], wordCount: Int) {
            ranges = sorted.map(\.range)
            bits = sorted.map(\.bit)
            stride = max(64, wordCount)
            self.wordCount = wordCount
            var row = [UInt64](repeating: 0, count: wordCount)
            var rows: [UInt64] = []
            for (position, bit) in bits.enumerated() {
                row[Int(bit) >> 6] |= 1 << UInt64(bit & 63)
                if (position + 1).isMultiple(of: stride) { rows += row }
            }
            self.rows = rows
        }

        /// Sets the bits of the first ranges of which something is true.
        func insertFirst(into row: UnsafeMutablePointer<UInt64>, while holds: (NumberRange) -> Bool) {
            var (low, high) = (0, ranges.count)
            while low < high {
                let middle = (low + high) / 2
                if holds(ranges[middle]) { low = middle + 1 } else { high = middle }
            }
            let known = low / stride
            if known > 0 {
                let start = (known - 1) * wordCount
                for position in 0..<wordCount { row[position] |= rows[start + position] }
            }
            for position in (known * stride)..<low {
                row[Int(bits[position]) >> 6] |= 1 << UInt64(bits[position] & 63)
            }
        }
    }

    private let lowers: Ends
    private let uppers: Ends
    private let wordCount: Int

    /// Ranges with their bits; a bit belongs to one range at most.
    init(_ ranges: [(range: NumberRange, bit: Int32)], wordCount: Int) {
        lowers = Ends(ranges.sorted { RangeIndex.isBefore($0.range.lower, $1.range.lower) }, wordCount: wordCount)
        uppers = Ends(ranges.sorted { RangeIndex.isBelow($0.range.upper, $1.range.upper) }, wordCount: wordCount)
        self.wordCount = wordCount
    }

    /// Sets the bits of all ranges that hold a number.
    func insert(_ number: PatternNumber, into row: UnsafeMutablePointer<UInt64>) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * wordCount) { scratch in
            scratch.initialize(repeating: 0)
            guard let begun = scratch.baseAddress else { return }
            let ended = begun + wordCount
            lowers.insertFirst(into: begun) { $0.startsBefore(number) }
            uppers.insertFirst(into: ended) { !$0.endsAfter(number) }
            for position in 0..<wordCount { row[position] |= begun[position] & ~ended[position] }
        }
    }
}
