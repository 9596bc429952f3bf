// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

extension LiquidEnvironment {
    /// Filters over lists that Shopify's Liquid does not have, under the names of Jekyll and liquidjs
    /// (jekyllrb.com/docs/liquid/filters, liquidjs.com/filters), and `parse_json`.
    mutating func registerCollections() {
        register("push", arguments: 1...1) { input, arguments, context throws(LiquidError) in
            .array(try Self.elements(input, context) + [arguments[0] ?? .nil])
        }
        register("unshift", arguments: 1...1) { input, arguments, context throws(LiquidError) in
            .array([arguments[0] ?? .nil] + (try Self.elements(input, context)))
        }
        register("pop", arguments: 0...0) { input, _, context throws(LiquidError) in
            .array(Array(try Self.elements(input, context).dropLast()))
        }
        register("shift", arguments: 0...0) { input, _, context throws(LiquidError) in
            .array(Array(try Self.elements(input, context).dropFirst()))
        }
        register("flatten", arguments: 0...0) { input, _, context throws(LiquidError) in
            .array(try input.list(context))
        }
        register("group_by", arguments: 1...1) { input, arguments, context throws(LiquidError) in
            try Self.groups(input, by: arguments.text(0), context)
        }
        register("parse_json", arguments: 0...0) { input, _, context throws(LiquidError) in
            try Self.parse(input, context)
        }
    }

    /// The elements as they stand, lists in the list kept.
    private static func elements(_ input: LiquidValue, _ context: LiquidContext) throws(LiquidError) -> [LiquidValue] {
        if let elements = input.asArray { return elements }
        return try input.list(context)
    }

    /// Objects with `name`, `items` and `size`, in the order in which their names come first.
    private static func groups(_ input: LiquidValue, by property: String, _ context: LiquidContext) throws(LiquidError)
        -> LiquidValue
    {
        let path = property.split(separator: ".").map(String.init)
        guard !path.isEmpty else { throw .argument("expected the name of a property, such as 'vendor'") }
        var positions: [LiquidValue: Int] = [:]
        var groups: [(name: LiquidValue, items: [LiquidValue])] = []
        for (index, element) in try input.list(context).enumerated() {
            guard element.asObject != nil else {
                throw .argument("element \(index) is \(element.typeName) and has no property '\(property)'")
            }
            let name = path.reduce(element) { $0[key: $1] }
            if let position = positions[name] {
                groups[position].items.append(element)
            } else {
                positions[name] = groups.count
                groups.append((name, [element]))
            }
        }
        if context.isStrict, groups.allSatisfy(\.name.isNil), let items = groups.first?.items {
            throw absent(property, items, context)
        }
        return .array(
            groups.map { ["name": $0.name, "items": .array($0.items), "size": .int($0.items.count)] }
        )
    }

    private static func absent(_ property: String, _ items: [LiquidValue], _ context: LiquidContext) -> LiquidError {
        guard !items.contains(where: { context.has(property, $0) }) else {
            return .argument("'\(property)' has no value in any element; group by a property that has one")
        }
        let near = context.near(property, items).map { "; did you mean '\($0)'?" }
        return .argument("no element has the property '\(property)'\(near ?? "")")
    }

    private static func parse(_ input: LiquidValue, _ context: LiquidContext) throws(LiquidError) -> LiquidValue {
        if input.isNil { return .nil }
        guard let text = input.asString else {
            throw .argument("the input is \(input.typeName) already; expected a text that holds JSON")
        }
        guard !text.trimmed.isEmpty else { throw .argument("the text is empty; expected JSON") }
        try context.check(bytes: text.utf8.count)
        do throws(JSONError) {
            return LiquidValue(try JSONDocument(Array(text.utf8)).root)
        } catch {
            let place = SourcePlace(of: error.offset, in: text)
            throw .argument("the text is no JSON: line \(place.line), column \(place.column): \(error.reason.sentence)")
        }
    }
}

extension JSONError.Reason {
    /// What is wrong, without its place.
    fileprivate var sentence: String {
        switch self {
        case .empty: "nothing stands here"
        case .invalidUTF8: "bytes that are no UTF-8"
        case .controlCharacter: "a line break or another control character in a string, which JSON writes as \\n"
        case .unclosedString: "this string has no closing quote"
        case .badEscape: "a backslash before a character that needs none"
        case .badNumber: "this is no number as JSON writes it"
        case .unexpected: "this character cannot stand here"
        case .trailing: "more text follows the end of the value"
        case .tooDeep: "too many lists and objects inside each other"
        case .unexpectedEnd: "the text ends inside a list or an object"
        case .tooLong: "the text is too long"
        case .noMemory: "there is no memory for the text"
        }
    }
}
