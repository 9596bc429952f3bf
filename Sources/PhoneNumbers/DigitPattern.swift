// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A regular expression over digits as numbering plans write them, compiled to a table: one step a digit, no backtracking.
///
/// Known are digits, `\d`, classes, groups, alternatives, `?`, `{n}` and `{n,m}`; more has never stood in the plans. `$`
/// is read as nothing, so that a pattern with it matches a little more than it says.
struct DigitPattern: Sendable {
    /// For each state and digit the next state; 0 is the one that nothing leaves.
    let next: [UInt16]
    let isAccepting: [Bool]

    /// Compiles a pattern; `nil` for one with something in it that is not known here, or that grows too large.
    init?(_ pattern: String) {
        var parser = DigitPatternParser(pattern)
        guard let tree = parser.parse() else { return nil }
        var automaton = DigitAutomaton()
        let start = automaton.addState()
        let end = automaton.addState()
        automaton.add(tree, from: start, to: end)
        guard let table = automaton.table(from: start, to: end) else { return nil }
        (next, isAccepting) = table
    }

    /// Whether all of the digits are what the pattern wants.
    func matches(_ digits: PackedDigits) -> Bool {
        var state = 1
        var word = digits.word
        for _ in 0..<digits.count {
            state = Int(next[state * 10 + Int(word & 15)])
            if state == 0 { return false }
            word >>= 4
        }
        return isAccepting[state]
    }

    /// How many digits at the front the pattern can match, as a bit for each number of them.
    func prefixLengths(_ digits: PackedDigits) -> UInt32 {
        var state = 1
        var word = digits.word
        var lengths: UInt32 = isAccepting[1] ? 1 : 0
        for length in 1...PackedDigits.capacity where length <= digits.count {
            state = Int(next[state * 10 + Int(word & 15)])
            if state == 0 { break }
            if isAccepting[state] { lengths |= 1 << UInt32(length) }
            word >>= 4
        }
        return lengths
    }
}

/// What a pattern says.
private indirect enum DigitTree {
    /// One digit of a set, a bit for each.
    case digit(UInt16)
    case sequence([DigitTree])
    case choice([DigitTree])
    case repeated(DigitTree, least: Int, most: Int)
}

/// Reads a pattern; every function answers `nil` where something is not known here.
private struct DigitPatternParser {
    private let bytes: [UInt8]
    private var at = 0

    init(_ pattern: String) {
        bytes = Array(pattern.utf8)
    }

    mutating func parse() -> DigitTree? {
        guard let tree = choice(), at == bytes.count else { return nil }
        return tree
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private mutating func choice() -> DigitTree? {
        var branches: [DigitTree] = []
        repeat {
            guard let branch = sequence() else { return nil }
            branches.append(branch)
        } while take("|")
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() -> DigitTree? {
        var parts: [DigitTree] = []
        while at < bytes.count, bytes[at] != UInt8(ascii: "|"), bytes[at] != UInt8(ascii: ")") {
            if take("$") { continue }
            guard let part = atom(), let quantified = quantified(part) else { return nil }
            parts.append(quantified)
        }
        return .sequence(parts)
    }

    private mutating func atom() -> DigitTree? {
        if take("(") {
            if take("?"), !take(":") { return nil }
            guard let inner = choice(), take(")") else { return nil }
            return inner
        }
        if take("[") { return digitClass() }
        return element().map(DigitTree.digit)
    }

    /// A digit or `\d`.
    private mutating func element() -> UInt16? {
        if take("\\") { return take("d") ? 0x3FF : nil }
        guard let digit = digit() else { return nil }
        return 1 << UInt16(digit)
    }

    private mutating func digit() -> Int? {
        guard at < bytes.count, (48...57).contains(bytes[at]) else { return nil }
        at += 1
        return Int(bytes[at - 1]) - 48
    }

    private mutating func digitClass() -> DigitTree? {
        var set: UInt16 = 0
        while !take("]") {
            guard let element = element() else { return nil }
            set |= element
            guard take("-") else { continue }
            let first = element.trailingZeroBitCount
            guard element.nonzeroBitCount == 1, let last = digit(), last >= first else { return nil }
            for digit in first...last { set |= 1 << UInt16(digit) }
        }
        return .digit(set)
    }

    private mutating func quantified(_ tree: DigitTree) -> DigitTree? {
        if take("?") { return .repeated(tree, least: 0, most: 1) }
        guard take("{") else { return tree }
        guard let least = number() else { return nil }
        guard take(",") else { return take("}") ? .repeated(tree, least: least, most: least) : nil }
        guard let most = number(), most >= least, take("}") else { return nil }
        return .repeated(tree, least: least, most: most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = digit() {
            value = (value ?? 0) * 10 + digit
            if value ?? 0 > 64 { return nil }
        }
        return value
    }
}

/// States with steps over digits and steps for nothing, made into a table in which every step is certain.
private struct DigitAutomaton {
    private struct Step {
        let set: UInt16
        let target: Int
    }

    private var steps: [[Step]] = []
    private var jumps: [[Int]] = []

    mutating func addState() -> Int {
        steps.append([])
        jumps.append([])
        return steps.count - 1
    }

    mutating func add(_ tree: DigitTree, from start: Int, to end: Int) {
        switch tree {
        case .digit(let set): steps[start].append(Step(set: set, target: end))
        case .choice(let branches): for branch in branches { add(branch, from: start, to: end) }
        case .sequence(let parts):
            var at = start
            for part in parts {
                let next = addState()
                add(part, from: at, to: next)
                at = next
            }
            jumps[at].append(end)
        case .repeated(let inner, let least, let most):
            var at = start
            for round in 0..<most {
                if round >= least { jumps[at].append(end) }
                let next = addState()
                add(inner, from: at, to: next)
                at = next
            }
            jumps[at].append(end)
        }
    }

    /// The most states of a table: far more than the largest plan needs.
    private static let maxStates = 20_000

    /// State 0 is the one that nothing leaves, state 1 the first.
    func table(from start: Int, to end: Int) -> (next: [UInt16], isAccepting: [Bool])? {
        var next = [UInt16](repeating: 0, count: 20)
        let first = closure([start])
        var sets: [[Int]] = [[], first]
        var numbers = [[]: 0, first: 1]
        var isAccepting = [false, first.contains(end)]
        var at = 1
        while at < sets.count {
            for digit in 0..<10 {
                let bit: UInt16 = 1 << UInt16(digit)
                let targets = sets[at].flatMap { state in
                    steps[state].lazy.filter { $0.set & bit != 0 }.map(\.target)
                }
                guard !targets.isEmpty else { continue }
                let set = closure(targets)
                let number = numbers[set] ?? sets.count
                if number == sets.count {
                    guard sets.count < Self.maxStates else { return nil }
                    numbers[set] = number
                    sets.append(set)
                    isAccepting.append(set.contains(end))
                    next += [UInt16](repeating: 0, count: 10)
                }
                next[at * 10 + digit] = UInt16(number)
            }
            at += 1
        }
        return (next, isAccepting)
    }

    /// The states that some are, or become for nothing, in ascending order; those that no digit leaves are left out.
    private func closure(_ states: [Int]) -> [Int] {
        var seen = Set(states)
        var open = states
        while let state = open.popLast() {
            for target in jumps[state] where seen.insert(target).inserted { open.append(target) }
        }
        return seen.filter { !steps[$0].isEmpty || jumps[$0].isEmpty }.sorted()
    }
}
