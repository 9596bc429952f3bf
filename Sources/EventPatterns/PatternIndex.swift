// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import Events

/// Many patterns, compiled so that an event is read once for all of them.
///
/// Every clause of every pattern is filed under the one of its conditions that fewest events pass and fewest clauses
/// share: an equality where it has one, else a prefix, a suffix, a range. An event's values are looked up in those
/// files; only clauses that are found there are looked at, and a condition that many of them share is decided once.
/// Where many clauses have no condition that few events pass, these are decided together (``DenseClauses``).
/// What an event costs thus depends on the event and on the patterns that come near to matching it, not on the number
/// of patterns.
public struct PatternIndex: Sendable {
    private let payloadTrie: PathTrie
    private let envelopeTrie: PathTrie
    private let conditions: [Condition]
    private let clauses: [IndexedClause]
    private let members: [Int32]
    private let unfiled: [Int32]
    private let anchors: AnchorTable
    private let dense: DenseClauses?

    /// Compiles patterns into one index.
    ///
    /// - Parameter patterns: Known afterwards by their positions.
    public init(_ patterns: [EventPattern]) {
        let builder = IndexBuilder(patterns)
        payloadTrie = PathTrie(root: .payload, of: builder.fields)
        envelopeTrie = PathTrie(root: .envelope, of: builder.fields)
        conditions = builder.conditions
        clauses = builder.clauses
        members = builder.members
        unfiled = builder.unfiled
        anchors = AnchorTable(builder.filed, fieldCount: builder.fields.count)
        dense = builder.dense.isEmpty ? nil : DenseClauses(builder)
    }

    /// Whether so many patterns have no selective value that they are decided together.
    var decidesTogether: Bool { dense != nil }

    /// The patterns that an event matches.
    ///
    /// - Parameters:
    ///   - payload: The event's body.
    ///   - envelope: The second document; `nil` is one without fields.
    /// - Returns: Positions in the array given to ``init(_:)``, ascending.
    public func matches(_ payload: JSONDocument, envelope: JSONDocument? = nil) -> [Int] {
        payload.withTape { tape in
            var reading = EventReading(capacity: 32)
            defer { reading.release() }
            EventReader.read(tape, from: 0, along: payloadTrie, isEnvelope: false, into: &reading)
            guard let envelope else { return decide(&reading) }
            return envelope.withTape { tape in
                EventReader.read(tape, from: 0, along: envelopeTrie, isEnvelope: true, into: &reading)
                return decide(&reading)
            }
        }
    }

    private func decide(_ reading: inout EventReading) -> [Int] {
        var candidates: [Int32] = []
        candidates.reserveCapacity(64)
        candidates += unfiled
        for value in reading.values { anchors.find(value, into: &candidates) }
        guard !candidates.isEmpty || dense != nil else { return [] }
        reading.link()
        guard let dense else {
            candidates.sort()
            return matching(candidates, in: reading)
        }
        let found = dense.find(in: reading, conditions)
        candidates += found.open
        candidates.sort()
        return Self.union(matching(candidates, in: reading), found.patterns)
    }

    /// Two ascending lists as one, without repetitions.
    private static func union(_ some: [Int], _ others: [Int]) -> [Int] {
        if some.isEmpty { return others }
        if others.isEmpty { return some }
        return Set(some).union(others).sorted()
    }

    private func matching(_ candidates: [Int32], in reading: EventReading) -> [Int] {
        if candidates.isEmpty { return [] }
        var verdicts = VerdictTable(candidates: candidates.count, conditions: conditions.count)
        var values = AcceptedValues(reading)
        var found: [Int] = []
        var last: Int32 = -1
        for candidate in candidates where candidate != last {
            last = candidate
            let clause = clauses[Int(candidate)]
            guard found.last != Int(clause.pattern), holds(clause, in: reading, &verdicts, &values) else { continue }
            found.append(Int(clause.pattern))
        }
        return found
    }

    private func holds(
        _ clause: IndexedClause,
        in reading: EventReading,
        _ verdicts: inout VerdictTable,
        _ values: inout AcceptedValues
    ) -> Bool {
        var framed = 0
        var depends = false
        let isJoint = isJoint(clause, in: reading)
        for index in clause.range {
            let number = Int(members[index])
            if number == clause.anchor {
                // A value that the condition accepts has led here.
                if reading.field(conditions[number].field).isFramed { framed += 1 }
                continue
            }
            let known = verdicts.verdict(of: number) {
                isJoint
                    ? values.verdict(of: members[index], conditions[number]) : conditions[number].verdict(in: reading)
            }
            if known.verdict == .fails { return false }
            if known.verdict == .depends { depends = true }
            if known.isFramed { framed += 1 }
        }
        guard framed > 1 else { return !depends }
        let numbers = members[clause.range]
        var search = ClauseSearch(numbers.map { values.choices(of: $0, conditions[Int($0)]) }, in: reading)
        return search.succeeds()
    }
}

extension PatternIndex {
    /// Whether several conditions of a clause have values in elements of lists, which must be the same ones.
    private func isJoint(_ clause: IndexedClause, in reading: EventReading) -> Bool {
        guard clause.range.count > 1, !reading.frames.isEmpty else { return false }
        var framed = 0
        for index in clause.range where reading.field(conditions[Int(members[index])].field).isFramed { framed += 1 }
        return framed > 1
    }
}

/// The verdicts on an event's conditions that are known already.
///
/// Kept only when there are so many candidates that the table's size is small beside their number.
private struct VerdictTable {
    private var known: [UInt8] = []

    init(candidates: Int, conditions: Int) {
        guard candidates > 8, conditions < candidates * 16 else { return }
        known = Array(repeating: 0, count: conditions)
    }

    @inline(__always)
    mutating func verdict(
        of condition: Int,
        _ decide: () -> (verdict: Condition.Verdict, isFramed: Bool)
    ) -> (verdict: Condition.Verdict, isFramed: Bool) {
        guard !known.isEmpty else { return decide() }
        if let verdict = Condition.Verdict(rawValue: known[condition] >> 1) {
            return (verdict, known[condition] & 1 == 1)
        }
        let decided = decide()
        known[condition] = decided.verdict.rawValue << 1 | (decided.isFramed ? 1 : 0)
        return decided
    }
}
