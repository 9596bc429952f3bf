// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension MarkupParser {
    /// Comparisons joined by `and` and `or`, up to the end.
    ///
    /// Both bind equally and to the right: `a or b and c` is `a or (b and c)`, `a and b or c` is `a and (b or c)`.
    mutating func condition() throws(LiquidError) -> Condition {
        var count = 0
        let condition = try joined(&count)
        try symbols.expectEnd("an operator, 'and', 'or' or the end")
        return condition
    }

    private mutating func joined(_ count: inout Int) throws(LiquidError) -> Condition {
        var parts = [try operand(&count)]
        var joints: [String] = []
        while case .word(let word) = symbols.next, word == "and" || word == "or" {
            _ = try symbols.take()
            joints.append(word)
            parts.append(try operand(&count))
            if count > Self.maxComparisons { throw tooManyComparisons() }
        }
        var result = parts.removeLast()
        while let left = parts.popLast(), let joint = joints.popLast() {
            result = joint == "and" ? .and(left, result) : .or(left, result)
        }
        return result
    }

    /// A comparison; as extensions, its opposite after `not`, and a condition in parentheses.
    private mutating func operand(_ count: inout Int) throws(LiquidError) -> Condition {
        count += 1
        guard hasExtensions else { return try comparison() }
        if symbols.next == .word("not") {
            let start = symbols
            _ = try symbols.take()
            if symbols.beginsValue {
                try enter()
                defer { leave() }
                return .not(try operand(&count))
            }
            symbols = start
        }
        guard symbols.next == .mark("("), !symbols.isRange else { return try comparison() }
        try enter()
        defer { leave() }
        _ = try symbols.take()
        let inner = try joined(&count)
        try symbols.expect(mark: ")", "after the condition in parentheses")
        return inner
    }

    /// The most comparisons that one condition may join; evaluating it nests as deep.
    private static var maxComparisons: Int { 500 }

    private func tooManyComparisons() -> LiquidError {
        let message = "more than \(Self.maxComparisons) comparisons in one condition"
        return symbols.source.error(message, code: .limit, at: symbols.nextOffset)
    }

    private mutating func comparison() throws(LiquidError) -> Condition {
        let left = try expression()
        let offset = symbols.nextOffset
        guard let comparison = try comparisonOperator() else { return .truthy(left) }
        return .comparison(left, comparison, try expression(), offset: offset)
    }

    private mutating func comparisonOperator() throws(LiquidError) -> Comparison? {
        let text: String
        switch symbols.next {
        case .word("contains"): text = "contains"
        case .mark("<>"): text = "!="
        case .mark(")") where hasExtensions: return nil
        case .mark(let mark): text = mark
        default: return nil
        }
        guard let comparison = Comparison(rawValue: text) else {
            throw symbols.unexpected("one of ==, !=, <, <=, >, >=, contains")
        }
        _ = try symbols.take()
        return comparison
    }
}

extension SymbolScanner {
    /// Whether a value, or another `not`, comes next: what stands before it can be `not` rather than a name.
    fileprivate var beginsValue: Bool {
        switch next {
        case .word(let word): !["and", "or", "contains"].contains(word)
        case .number, .string, .mark("("): true
        default: false
        }
    }

    /// Whether the parenthesis that comes next holds a range: two full stops follow before it is closed.
    fileprivate var isRange: Bool {
        var scanner = self
        var depth = 0
        while !scanner.isAtEnd, let symbol = try? scanner.take() {
            switch symbol {
            case .mark("("): depth += 1
            case .mark(")"):
                depth -= 1
                if depth == 0 { return false }
            case .mark("..") where depth == 1: return true
            default: break
            }
        }
        return false
    }
}
