// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// The conditions of dense clauses on one field, at most one of each clause.
///
/// Its row of bits is numbered as the clauses are where it has many of them, else by its own members.
final class DenseGroup: Sendable {
    let field: Int32
    /// Where its row begins in the rows of all groups.
    let start: Int
    let wordCount: Int
    /// Whether its bits are numbered as the clauses are.
    private let isWide: Bool
    /// The clause of each bit.
    private let members: [Int32]
    /// The bits that it has.
    private let inside: [UInt64]
    /// The clauses that an absence of the field satisfies; empty where there are none.
    private let absent: [UInt64]
    /// Those with `anything-but`; empty where there are none.
    private let negated: [UInt64]
    private let numbers: RangeBits?
    private let decimals: RangeBits?
    /// Conditions of several ranges or several `anything-but`, which are decided one by one.
    private let single: [(condition: Int, mask: BitMask)]

    init(_ parts: DenseSorting.Parts, start: Int) {
        field = parts.field
        self.start = start
        wordCount = parts.wordCount
        isWide = parts.isWide
        members = parts.members
        inside = BitMask.words(parts.members.map(parts.bit), wordCount)
        absent = parts.absent.isEmpty ? [] : BitMask.words(parts.absent, wordCount)
        negated = parts.negated.isEmpty ? [] : BitMask.words(parts.negated, wordCount)
        numbers = parts.numbers.isEmpty ? nil : RangeBits(parts.numbers, wordCount: wordCount)
        decimals = parts.decimals.isEmpty ? nil : RangeBits(parts.decimals, wordCount: wordCount)
        single = parts.single
    }

    func satisfyRanges(_ value: Leaf, _ row: UnsafeMutablePointer<UInt64>) {
        if let numbers, let number = value.number { numbers.insert(number, into: row) }
        if let decimals, let number = value.decimal { decimals.insert(number, into: row) }
    }

    /// Sets the bits of `anything-but`, without those that `except` takes out.
    func satisfyNegations(_ row: UnsafeMutablePointer<UInt64>, except: (UnsafeMutablePointer<UInt64>) -> Void) {
        guard !negated.isEmpty else { return }
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: wordCount) { scratch in
            guard let left = scratch.baseAddress else { return }
            for position in 0..<wordCount { left[position] = negated[position] }
            except(left)
            for position in 0..<wordCount { row[position] |= left[position] }
        }
    }

    /// Sets the bits that are not about one value: of absences, and of conditions that are decided one by one.
    func satisfyWhole(_ reading: EventReading, _ conditions: [Condition], _ row: UnsafeMutablePointer<UInt64>) {
        let (first, isFramed) = reading.field(field)
        // Inside arrays the values may stand in elements that do not matter: the search decides.
        if first < 0 || isFramed {
            for position in absent.indices { row[position] |= absent[position] }
        }
        for (condition, mask) in single where conditions[condition].verdict(in: reading).verdict != .fails {
            mask.insert(into: row)
        }
    }

    /// Takes the clauses out of a result whose condition does not hold.
    func cut(_ result: UnsafeMutablePointer<UInt64>, _ row: UnsafeMutablePointer<UInt64>) {
        for position in 0..<wordCount {
            var failed = inside[position] & ~row[position]
            if isWide {
                result[position] &= ~failed
                continue
            }
            while failed != 0 {
                let member = members[position * 64 + failed.trailingZeroBitCount]
                result[Int(member) >> 6] &= ~(1 << UInt64(member & 63))
                failed &= failed - 1
            }
        }
    }

    /// Notes that the clauses have a condition inside arrays, and which have several, or one about an absence.
    func noteFramed(_ once: UnsafeMutablePointer<UInt64>, _ twice: UnsafeMutablePointer<UInt64>) {
        for (bit, member) in members.enumerated() {
            let word = Int(member) >> 6
            let mark: UInt64 = 1 << UInt64(member & 63)
            let own = isWide ? Int(member) : bit
            let isAbsence = !absent.isEmpty && absent[own >> 6] >> UInt64(own & 63) & 1 == 1
            if once[word] & mark != 0 || isAbsence { twice[word] |= mark }
            once[word] |= mark
        }
    }
}
