// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Decides whether the conditions of a clause hold together.
///
/// The semantics are those of aws/event-ruler: conditions are taken in the order of their dotted paths, each is given
/// one of the values it accepts, and two values that stand in one array must stand in the same element of it. A scalar
/// that is itself an element of the array binds nothing. `exists: false` holds when no value of the field fits the
/// elements that the conditions before it have chosen.
///
/// The search goes back to the conditions that are to blame for a dead end and leaves the others alone (conflict-directed
/// backjumping), and steps over all values outside a chosen element at once, so sibling arrays cost their sum, not
/// their product.
struct ClauseSearch {
    private let reading: EventReading
    private let conditions: [AcceptedValues.Choices]
    private var chosen: [Int32]

    /// Prepares a search.
    ///
    /// - Parameters:
    ///   - conditions: What each condition can be given, in the order of their dotted paths.
    ///   - reading: Linked.
    init(_ conditions: [AcceptedValues.Choices], in reading: EventReading) {
        self.reading = reading
        self.conditions = conditions
        chosen = Array(repeating: -1, count: conditions.count)
    }

    /// Whether all conditions hold together.
    mutating func succeeds() -> Bool { solve(0) == nil }

    /// Chooses values for the conditions from a level on.
    ///
    /// - Returns: `nil` when that is possible; otherwise the levels before that stand in the way, one bit each.
    private mutating func solve(_ level: Int) -> UInt64? {
        guard level < conditions.count else { return nil }
        var blamed: UInt64 = 0
        if conditions[level].allowsAbsence {
            var ignored: UInt64 = 0
            if next(in: conditions[level].all, from: 0, level, &ignored) == nil {
                chosen[level] = -1
                guard let blame = solve(level + 1) else { return nil }
                guard blame & bit(level) != 0 else { return blame }
                blamed |= blame
            } else {
                blamed |= bits(below: level)
            }
        }
        var at = 0
        while let found = next(in: conditions[level].accepted, from: at, level, &blamed) {
            chosen[level] = reading.values[Int(conditions[level].accepted[found])].frame
            guard let blame = solve(level + 1) else { return nil }
            guard blame & bit(level) != 0 else { return blame }
            blamed |= blame
            at = found + 1
        }
        chosen[level] = -1
        return blamed & bits(below: level)
    }

    /// The next value that fits what is chosen, as a position in the list.
    private func next(in list: [Int32], from start: Int, _ level: Int, _ blamed: inout UInt64) -> Int? {
        var at = start
        scan: while at < list.count {
            let value = reading.values[Int(list[at])]
            for other in 0..<level where chosen[other] >= 0 && value.frame >= 0 {
                guard let element = reading.conflict(of: value.frame, with: chosen[other]) else { continue }
                blamed |= bit(other)
                let target = value.position < element.start ? element.start : element.arrayEnd
                at = firstPosition(in: list, after: at, reaching: target)
                continue scan
            }
            return at
        }
        return nil
    }

    /// The first later value that does not stand before an entry.
    private func firstPosition(in list: [Int32], after start: Int, reaching target: Int32) -> Int {
        var (low, high) = (start + 1, list.count)
        while low < high {
            let middle = (low + high) / 2
            if reading.values[Int(list[middle])].position < target { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Levels from 63 on share a bit, which can only make the search go back less far than it might.
    private func bit(_ level: Int) -> UInt64 { 1 << UInt64(min(level, 63)) }

    private func bits(below level: Int) -> UInt64 { level > 63 ? .max : (1 << UInt64(level)) - 1 }
}

/// The values that conditions accept in an event, gathered once for all clauses that have a condition.
struct AcceptedValues {
    /// What a condition can be given.
    struct Choices {
        let allowsAbsence: Bool
        /// The values that it accepts, in the order of the text.
        let accepted: [Int32]
        /// All values of its field where an absence satisfies it.
        let all: [Int32]
    }

    private let reading: EventReading
    private var known: [Int32: Choices] = [:]

    /// - Parameter reading: Linked.
    init(_ reading: EventReading) {
        self.reading = reading
    }

    /// The choices of a condition that is known by its number.
    mutating func choices(of number: Int32, _ condition: @autoclosure () -> Condition) -> Choices {
        if let choices = known[number] { return choices }
        let choices = Self.choices(of: condition(), in: reading)
        known[number] = choices
        return choices
    }

    /// What a condition says alone, by its choices, which are asked for next where it holds.
    mutating func verdict(of number: Int32, _ condition: Condition) -> (verdict: Condition.Verdict, isFramed: Bool) {
        guard reading.field(condition.field).isFramed else { return condition.verdict(in: reading) }
        guard choices(of: number, condition).accepted.isEmpty else { return (.holds, true) }
        return (condition.allowsAbsence ? .depends : .fails, true)
    }

    static func choices(of condition: Condition, in reading: EventReading) -> Choices {
        var (accepted, all): ([Int32], [Int32]) = ([], [])
        condition.tests.withUnsafeBufferPointer { tests in
            var value = reading.field(condition.field).first
            while value >= 0 {
                let found = reading.values[Int(value)]
                if tests.anyAccepts(found.leaf) { accepted.append(value) }
                if condition.allowsAbsence { all.append(value) }
                value = found.next
            }
        }
        return Choices(allowsAbsence: condition.allowsAbsence, accepted: accepted, all: all)
    }
}
