// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Reads what stands at a field: a list of alternatives, or one scalar.
struct AlternativeParser {
    private let place: PatternPlace

    init(place: PatternPlace) {
        self.place = place
    }

    /// Reads the field's alternatives.
    ///
    /// - Parameter value: A list, or a scalar that stands for a list of one.
    /// - Returns: At least one test.
    /// - Throws: ``EventPatternError`` with the first mistake.
    func parse(_ value: JSON) throws(EventPatternError) -> [ValueTest] {
        guard let list = value.array else { return [try scalar(value, at: place)] }
        guard !list.isEmpty else {
            throw place.error(.emptyArray, "found an empty list; expected at least one alternative")
        }
        var tests: [ValueTest] = []
        for (position, item) in list.enumerated() {
            let place = place.inside(String(position))
            if case .object = item {
                tests.append(try alternative(item, at: place))
            } else {
                tests.append(try scalar(item, at: place))
            }
        }
        return tests
    }

    private func scalar(_ value: JSON, at place: PatternPlace) throws(EventPatternError) -> ValueTest {
        switch value {
        case .string(let text): return .string(Array(text.utf8))
        case .number(let number): return .number(try self.number(number, at: place), text: number.text)
        case .bool(let flag): return .bool(flag)
        case .null: return .null
        case .array, .object:
            let expected = "a string, a number, true, false, null or an operator"
            throw place.error(.badAlternative, "found \(value.typeName) among the alternatives; expected \(expected)")
        }
    }

    private func alternative(_ value: JSON, at place: PatternPlace) throws(EventPatternError) -> ValueTest {
        guard let members = value.members, let (name, operand) = members.first else {
            throw place.error(.emptyObject, "found an empty object; expected one operator, such as {prefix: …}")
        }
        let inner = place.inside(name)
        guard OperatorName.all.contains(name) else { throw unknown(name, among: OperatorName.all, at: inner) }
        if OperatorName.comparisons.contains(name) {
            return try ComparisonParser(place: place).parse(members)
        }
        guard members.count == 1 else { throw tooMany(members.map(\.key), at: place) }
        switch name {
        case OperatorName.numeric: return try ComparisonParser(place: inner).parseNumeric(operand)
        case OperatorName.exists: return try exists(operand, at: inner)
        case OperatorName.cidr: return try cidr(operand, at: inner)
        case OperatorName.anythingBut: return try NegationParser(place: inner).parse(operand)
        case OperatorName.prefix, OperatorName.suffix: return try affix(name, operand, at: inner)
        default: return try Self.textTest(name, operand, at: inner)
        }
    }

    private func affix(_ name: String, _ operand: JSON, at place: PatternPlace) throws(EventPatternError) -> ValueTest {
        guard let members = operand.members else { return try Self.textTest(name, operand, at: place) }
        guard let (inner, text) = members.first else {
            throw place.error(.emptyObject, "found an empty object; expected a string or {equals-ignore-case: …}")
        }
        guard inner == OperatorName.equalsIgnoreCase else {
            throw unknown(inner, among: [OperatorName.equalsIgnoreCase], at: place.inside(inner))
        }
        guard members.count == 1 else { throw tooMany(members.map(\.key), at: place) }
        let caseless = CaselessText(try Self.text(text, of: inner, at: place.inside(inner)))
        return name == OperatorName.prefix ? .prefixIgnoreCase(caseless) : .suffixIgnoreCase(caseless)
    }

    private func exists(_ operand: JSON, at place: PatternPlace) throws(EventPatternError) -> ValueTest {
        guard let flag = operand.bool else {
            throw place.error(.badOperand, "found \(operand.typeName) for exists; expected true or false")
        }
        return flag ? .exists : .absent
    }

    private func cidr(_ operand: JSON, at place: PatternPlace) throws(EventPatternError) -> ValueTest {
        let text = try Self.text(operand, of: OperatorName.cidr, at: place)
        do {
            return .cidr(try AddressBlock(text), text: text)
        } catch {
            let expected =
                switch error {
                case .slash: "an address, one slash and a number of bits, such as 10.0.0.0/8"
                case .address: "an IPv4 or IPv6 address before the slash"
                case .bits(let max): "0 to \(max) bits after the slash (one address alone is written as a string)"
                }
            throw place.error(.badCIDR, "found \(ValueTest.quoted(text)) for cidr; expected \(expected)")
        }
    }

    private func number(_ number: JSONNumber, at place: PatternPlace) throws(EventPatternError) -> PatternNumber {
        guard let value = PatternNumber(number.text) else { throw Self.tooLong(at: place) }
        return value
    }

    private func unknown(_ name: String, among names: [String], at place: PatternPlace) -> EventPatternError {
        Self.unknown(name, among: names, at: place)
    }

    private func tooMany(_ names: [String], at place: PatternPlace) -> EventPatternError {
        let found = names.map { "'\($0)'" }.joined(separator: ", ")
        return place.error(.badAlternative, "found \(found) in one alternative; expected one operator")
    }
}

extension AlternativeParser {
    static func unknown(_ name: String, among names: [String], at place: PatternPlace) -> EventPatternError {
        let expected =
            if let way = OperatorName.way(for: name) {
                way
            } else if let suggestion = OperatorName.suggestion(for: name, among: names) {
                "did you mean '\(suggestion)'?"
            } else {
                "expected \(names.count == 1 ? "" : "one of ")\(names.joined(separator: ", "))"
            }
        return place.error(.unknownOperator, "found the unknown operator '\(name)'; \(expected)")
    }

    static func tooLong(at place: PatternPlace) -> EventPatternError {
        place.error(
            .badOperand,
            "found a number too long to compare; expected at most 1000 digits and an exponent up to 100000"
        )
    }

    /// The operand of an operator that takes a string.
    static func text(_ operand: JSON, of name: String, at place: PatternPlace) throws(EventPatternError) -> String {
        guard let text = operand.string else {
            throw place.error(.badOperand, "found \(operand.typeName) for \(name); expected a string")
        }
        return text
    }

    /// The operators whose operand is a plain string.
    static func textTest(
        _ name: String,
        _ operand: JSON,
        at place: PatternPlace
    ) throws(EventPatternError) -> ValueTest {
        let text = try text(operand, of: name, at: place)
        switch name {
        case OperatorName.prefix: return .prefix(Array(text.utf8))
        case OperatorName.suffix: return .suffix(Array(text.utf8))
        case OperatorName.equalsIgnoreCase: return .equalsIgnoreCase(CaselessText(text))
        case OperatorName.wildcard: return .wildcard(try wildcard(text, at: place), text: text)
        default: return .string(Array(text.utf8))
        }
    }

    private static func wildcard(_ text: String, at place: PatternPlace) throws(EventPatternError) -> Wildcard {
        do {
            return try Wildcard(text)
        } catch {
            let (offset, expected) =
                switch error {
                case .consecutive(let offset): (offset, "one * where there are two in a row")
                case .escape(let offset): (offset, "\\* or \\\\ where there is a backslash")
                }
            throw place.error(
                .badWildcard,
                "found \(ValueTest.quoted(text)) for wildcard; expected \(expected), at byte \(offset)"
            )
        }
    }
}
