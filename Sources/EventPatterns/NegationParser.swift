// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Reads the operand of `anything-but`.
struct NegationParser {
    private let place: PatternPlace

    init(place: PatternPlace) {
        self.place = place
    }

    /// Reads a scalar, a list of one type, one operator over a string or a list of strings, or a range of numbers.
    ///
    /// - Parameter operand: What stands after `anything-but`.
    /// - Returns: The test.
    /// - Throws: ``EventPatternError`` with the first mistake.
    func parse(_ operand: JSON) throws(EventPatternError) -> ValueTest {
        if let members = operand.members { return .anythingBut(try parseOperator(members)) }
        guard let list = operand.array else { return .anythingBut([try scalar(operand, at: place)]) }
        guard let first = list.first else {
            throw place.error(
                .emptyArray,
                "found an empty list for anything-but; expected at least one string or number"
            )
        }
        var tests: [ValueTest] = []
        for (position, item) in list.enumerated() {
            let place = place.inside(String(position))
            tests.append(try scalar(item, at: place))
            guard item.typeName == first.typeName else {
                let found = "\(item.typeName) in a list that starts with \(first.typeName)"
                throw place.error(.badOperand, "found \(found) for anything-but; expected strings only or numbers only")
            }
        }
        return .anythingBut(tests)
    }

    private func scalar(_ value: JSON, at place: PatternPlace) throws(EventPatternError) -> ValueTest {
        switch value {
        case .string(let text): return .string(Array(text.utf8))
        case .number(let number):
            guard let value = PatternNumber(number.text) else { throw AlternativeParser.tooLong(at: place) }
            return .number(value, text: number.text)
        default:
            throw place.error(.badOperand, "found \(value.typeName) for anything-but; expected a string or a number")
        }
    }

    private func parseOperator(_ members: [(key: String, value: JSON)]) throws(EventPatternError) -> [ValueTest] {
        guard let (name, operand) = members.first else {
            throw place.error(.emptyObject, "found an empty object for anything-but; expected a value or one operator")
        }
        let inner = place.inside(name)
        guard name != OperatorName.numeric else {
            let way = "write our own comparisons there, such as {anything-but: {gte: 1, lte: 5}}"
            throw inner.error(.unknownOperator, "EventBridge has no numeric inside anything-but; \(way)")
        }
        guard OperatorName.negatable.contains(name) else {
            throw AlternativeParser.unknown(name, among: OperatorName.negatable, at: inner)
        }
        if OperatorName.comparisons.contains(name) { return [try ComparisonParser(place: place).parse(members)] }
        guard members.count == 1 else {
            let found = members.map { "'\($0.key)'" }.joined(separator: ", ")
            throw place.error(.badAlternative, "found \(found) in one anything-but; expected one operator")
        }
        guard let list = operand.array else { return [try text(name, operand, at: inner)] }
        guard !list.isEmpty else {
            throw inner.error(.emptyArray, "found an empty list for \(name); expected at least one string")
        }
        var tests: [ValueTest] = []
        for (position, item) in list.enumerated() {
            tests.append(try text(name, item, at: inner.inside(String(position))))
        }
        return tests
    }

    private func text(_ name: String, _ operand: JSON, at place: PatternPlace) throws(EventPatternError) -> ValueTest {
        let test = try AlternativeParser.textTest(name, operand, at: place)
        if operand.string == "", name == OperatorName.prefix || name == OperatorName.suffix {
            let found = "an empty \(name) for anything-but, which excludes every text"
            throw place.error(.badOperand, "found \(found); expected at least one character")
        }
        return test
    }
}
