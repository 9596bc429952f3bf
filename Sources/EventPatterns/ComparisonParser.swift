// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Reads comparisons: `numeric` as EventBridge writes it, and our own `gt`, `gte`, `lt`, `lte`, `eq`.
struct ComparisonParser {
    private let place: PatternPlace

    init(place: PatternPlace) {
        self.place = place
    }

    /// Reads our comparisons: one, or a lower and an upper end together.
    ///
    /// - Parameter members: The alternative's members.
    /// - Returns: A test on numbers and numeric strings.
    /// - Throws: ``EventPatternError`` with the first mistake.
    func parse(_ members: [(key: String, value: JSON)]) throws(EventPatternError) -> ValueTest {
        var range = NumberRange()
        var phrases: [String] = []
        for (name, operand) in members {
            guard let sign = Self.signs[name] else {
                throw place.error(.badAlternative, "found '\(name)' beside '\(members[0].key)'; expected one operator")
            }
            let (number, text) = try decimal(operand, of: name, at: place.inside(name))
            guard add(sign, number, to: &range) else {
                throw place.error(
                    .badNumeric,
                    "found '\(name)' beside '\(members[0].key)'; expected a lower and an upper end"
                )
            }
            phrases.append("\(sign) \(text)")
        }
        guard range.isProper || members.count == 1 else { throw emptyRange(phrases) }
        return .decimal(range, text: phrases.joined(separator: " and "))
    }

    /// Reads the list after `numeric`.
    ///
    /// - Parameter operand: One comparison, or `>` or `>=` with a number and then `<` or `<=` with a larger one.
    /// - Returns: A test on JSON numbers.
    /// - Throws: ``EventPatternError`` with the first mistake.
    func parseNumeric(_ operand: JSON) throws(EventPatternError) -> ValueTest {
        guard let list = operand.array else {
            throw place.error(
                .badNumeric,
                "found \(operand.typeName) for numeric; expected a list, such as [\">\", 0, \"<=\", 5]"
            )
        }
        guard list.count == 2 || list.count == 4 else {
            let expected = "an operator and a number, or two such pairs"
            throw place.error(.badNumeric, "found a list of \(list.count) for numeric; expected \(expected)")
        }
        var range = NumberRange()
        var phrases: [String] = []
        for position in stride(from: 0, to: list.count, by: 2) {
            let allowed = list.count == 2 ? ["=", "<", "<=", ">", ">="] : position == 0 ? [">", ">="] : ["<", "<="]
            let sign = try self.sign(list[position], among: allowed, at: place.inside(String(position)))
            let (number, text) = try self.number(
                list[position + 1],
                after: sign,
                at: place.inside(String(position + 1))
            )
            _ = add(sign, number, to: &range)
            phrases.append("\(sign) \(text)")
        }
        guard range.isProper || list.count == 2 else { throw emptyRange(phrases) }
        return .numeric(range, text: phrases.joined(separator: " and "))
    }

    private static let signs = ["gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "="]

    /// Narrows a range; `false` when that end is taken.
    private func add(_ sign: String, _ number: PatternNumber, to range: inout NumberRange) -> Bool {
        let bound = NumberRange.Bound(number: number, isIncluded: sign.hasSuffix("="))
        let isLower = sign != "<" && sign != "<="
        let isUpper = sign != ">" && sign != ">="
        guard !isLower || range.lower == nil, !isUpper || range.upper == nil else { return false }
        if isLower { range.lower = bound }
        if isUpper { range.upper = bound }
        return true
    }

    private func sign(_ value: JSON, among allowed: [String], at place: PatternPlace) throws(EventPatternError)
        -> String
    {
        guard let sign = value.string, allowed.contains(sign) else {
            throw place.error(
                .badNumeric,
                "found \(value.text()) for numeric; expected \(allowed.joined(separator: " or "))"
            )
        }
        return sign
    }

    private func number(
        _ value: JSON,
        after sign: String,
        at place: PatternPlace
    ) throws(EventPatternError) -> (PatternNumber, String) {
        guard let number = value.number else {
            throw place.error(.badNumeric, "found \(value.typeName) after \(sign); expected a number")
        }
        guard let value = PatternNumber(number.text) else { throw AlternativeParser.tooLong(at: place) }
        return (value, number.text)
    }

    private func decimal(
        _ value: JSON,
        of name: String,
        at place: PatternPlace
    ) throws(EventPatternError) -> (PatternNumber, String) {
        guard let text = value.number?.text ?? value.string else {
            throw place.error(.badOperand, "found \(value.typeName) for \(name); expected a number")
        }
        guard let number = PatternNumber(text) else {
            throw place.error(.badOperand, "found \(ValueTest.quoted(text)) for \(name); expected a number")
        }
        return (number, text)
    }

    private func emptyRange(_ phrases: [String]) -> EventPatternError {
        let found = phrases.joined(separator: " and ")
        return place.error(.badNumeric, "found the range \(found); expected a lower end below the upper one")
    }
}
