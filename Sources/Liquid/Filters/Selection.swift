// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension LiquidEnvironment {
    /// Filters that look for elements with a property: of a value, or of any value that conditions take as true.
    mutating func registerSelection() {
        register("where", arguments: 1...2) { input, arguments, context throws(LiquidError) in
            try Self.matches(input, arguments, context).map { .array(zip($0, $1).filter(\.1).map(\.0)) } ?? .nil
        }
        register("reject", arguments: 1...2) { input, arguments, context throws(LiquidError) in
            try Self.matches(input, arguments, context).map { .array(zip($0, $1).filter { !$1 }.map(\.0)) } ?? .nil
        }
        first("has", none: .bool(false)) { _, _ in .bool(true) }
        first("find", none: .nil) { element, _ in element }
        first("find_index", none: .nil) { _, index in .int(index) }
    }

    /// A filter that needs but the first match.
    private mutating func first(
        _ name: String,
        none: LiquidValue,
        _ result: @escaping @Sendable (LiquidValue, Int) -> LiquidValue
    ) {
        register(name, arguments: 1...2) { input, arguments, context throws(LiquidError) in
            if case .nil? = arguments[0] { return none }
            let elements = try input.list(context)
            try context.check(arguments[0] ?? .nil, of: elements, isNeeded: false)
            for (index, element) in elements.enumerated() {
                guard let isMatch = try Self.isMatch(element, arguments, context) else { return .nil }
                if isMatch { return result(element, index) }
            }
            return none
        }
    }

    /// All elements and whether each matches; `nil` when one of them can have no property.
    private static func matches(
        _ input: LiquidValue,
        _ arguments: LiquidArguments,
        _ context: LiquidContext
    ) throws(LiquidError) -> ([LiquidValue], [Bool])? {
        if case .nil? = arguments[0] { return ([], []) }
        let elements = try input.list(context)
        try context.check(arguments[0] ?? .nil, of: elements, isNeeded: false)
        var matches: [Bool] = []
        for element in elements {
            guard let isMatch = try isMatch(element, arguments, context) else { return nil }
            matches.append(isMatch)
        }
        return (elements, matches)
    }

    private static func isMatch(
        _ element: LiquidValue,
        _ arguments: LiquidArguments,
        _ context: LiquidContext
    ) throws(LiquidError) -> Bool? {
        guard let value = try context.property(arguments[0] ?? .nil, of: element) else { return nil }
        guard let target = arguments[1], !target.isNil else { return value.isTruthy }
        return value.equals(target)
    }
}
