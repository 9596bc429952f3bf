// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension MarkupParser {
    /// Comparisons joined by `and` and `or`, up to the end.
    ///
    /// Both bind equally and to the right: `a or b and c` is `a or (b and c)`, `a and b or c` is `a and (b or c)`.
    mutating func condition() throws(LiquidError) -> Condition {
        var parts = [try comparison()]
        var joints: [String] = []
        while case .word(let word) = symbols.next, word == "and" || word == "or" {
            _ = try symbols.take()
            joints.append(word)
            parts.append(try comparison())
            if parts.count > Self.maxComparisons { throw tooManyComparisons() }
        }
        try symbols.expectEnd("an operator, 'and', 'or' or the end")
        var result = parts.removeLast()
        while let left = parts.popLast(), let joint = joints.popLast() {
            result = joint == "and" ? .and(left, result) : .or(left, result)
        }
        return result
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
