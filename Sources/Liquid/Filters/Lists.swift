// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension LiquidEnvironment {
    /// Filters that take a list and give a list, an element or a text.
    mutating func registerLists() {
        register("size", arguments: 0...0) { input, _, _ in input.size ?? .int(0) }
        // Of a text, which has none of both in Shopify's Liquid, the first and last of what a reader sees as characters.
        register("first", arguments: 0...0) { input, _, context in
            guard context.isStrict, let text = input.asString else { return input.first }
            return .string(String(text.prefix(1)))
        }
        register("last", arguments: 0...0) { input, _, context in
            guard context.isStrict, let text = input.asString else { return input.last }
            return .string(String(text.suffix(1)))
        }
        register("join", arguments: 0...1) { input, arguments, context throws(LiquidError) in
            try Self.join(input, arguments[0]?.filterText ?? " ", context)
        }
        register("reverse", arguments: 0...0) { input, _, context throws(LiquidError) in
            .array(try input.list(context).reversed())
        }
        register("concat", arguments: 1...1) { input, arguments, context throws(LiquidError) in
            guard let other = arguments[0]?.asArray else { throw .argument("the argument must be an array") }
            return .array(try input.list(context) + other)
        }
        register("map", arguments: 1...1) { input, arguments, context throws(LiquidError) in
            let name = arguments[0] ?? .nil
            let elements = try input.list(context)
            try context.check(name, of: elements, isNeeded: false)
            var values: [LiquidValue] = []
            values.reserveCapacity(elements.count)
            for element in elements { values.append(try context.property(name, of: element) ?? .nil) }
            return .array(values)
        }
        registerReducing()
    }

    private mutating func registerReducing() {
        register("compact", arguments: 0...1) { input, arguments, context throws(LiquidError) in
            let elements = try input.list(context)
            guard let name = arguments[0], !name.isNil else {
                return .array(elements.filter { !context.isMissing($0) })
            }
            try context.check(name, of: elements, isNeeded: false)
            guard let keys = try context.properties(name, of: elements) else { return .nil }
            return .array(zip(elements, keys).filter { !context.isMissing($1) }.map(\.0))
        }
        register("uniq", arguments: 0...1) { input, arguments, context throws(LiquidError) in
            let elements = try input.list(context)
            var keys = elements
            if let name = arguments[0], !name.isNil {
                try context.check(name, of: elements, isNeeded: true)
                guard let values = try context.properties(name, of: elements) else { return .nil }
                keys = values
            }
            var seen: Set<LiquidValue> = []
            return .array(zip(elements, keys).filter { seen.insert($1.identity).inserted }.map(\.0))
        }
        register("sum", arguments: 0...1) { input, arguments, context throws(LiquidError) in
            let elements = try input.list(context)
            let name = arguments[0] ?? .nil
            try context.check(name, of: elements, isNeeded: true)
            if name.isNil { try context.refuseObjects(elements, "sum", "to add") }
            var total = LiquidNumber.zero
            for (index, element) in elements.enumerated() {
                let value = name.isNil ? element : try context.property(name, of: element) ?? .nil
                if context.isStrict, context.isMissing(value) { throw Self.noSummand(name, index) }
                for part in value.flattened { total = try total.adding(try context.number(part)) }
            }
            return .number(total)
        }
    }

    /// A sum over a list with a gap would be too small without saying so.
    private static func noSummand(_ name: LiquidValue, _ index: Int) -> LiquidError {
        let property = name.asString.map { "'\($0)'" } ?? "value"
        let path = "[\(index)]" + (name.asString.map { ".\($0)" } ?? "")
        return LiquidError(.undefined, "element \(index) of the list has no \(property) to add", path: path)
    }

    /// In strict mode a list with an element without value has no text: the gap would be printed.
    private static func join(_ input: LiquidValue, _ glue: String, _ context: LiquidContext) throws(LiquidError)
        -> LiquidValue
    {
        var text = ""
        for (position, element) in try input.list(context).enumerated() {
            if context.isStrict, context.isMissing(element) { return .nil }
            if context.isStrict, let reason = element.joiningRefusal(position, "join", glue) { throw .argument(reason) }
            if position > 0 { text += glue }
            text += element.filterText
            try context.check(bytes: text.utf8.count)
        }
        return .string(text)
    }
}

/// What list filters see of their input.
extension LiquidValue {
    /// The elements, those of lists inside it too; a single value is a list of itself, nothing has no elements.
    func list(_ context: LiquidContext) throws(LiquidError) -> [LiquidValue] {
        if case .range(let range) = self { try context.check(elements: range.count) }
        return flattened
    }

    /// The elements of a list and of the lists in it; any other value alone.
    var flattened: [LiquidValue] {
        switch self {
        case .nil, .blank, .empty: []
        case .range(let range): range.elements()
        default: asArray.map(Self.flatten) ?? [self]
        }
    }

    private static func flatten(_ elements: [LiquidValue]) -> [LiquidValue] {
        guard elements.contains(where: \.isList) else { return elements }
        return elements.flatMap { $0.isList ? flatten($0.asArray ?? $0.flattened) : [$0] }
    }

    private var isList: Bool {
        switch self {
        case .array, .range: true
        case .node(let node): node.kind == .array
        default: false
        }
    }

    /// A member of an element; `nil` for what can have none (nothing, truth values).
    func property(_ name: LiquidValue) throws(LiquidError) -> LiquidValue? {
        switch self {
        case .string(let text):
            guard let part = name.asString else { throw .argument("a string has no property \(name.inspected)") }
            return text.firstRange(ofBytes: part) == nil ? .nil : name
        case .object: return self[name]
        case .node(let node) where node.kind == .object: return self[name]
        case .number, .array, .node: throw .argument("\(typeName) has no property \(name.inspected)")
        case .nil, .bool, .range, .blank, .empty: return nil
        }
    }

    /// What `uniq` tells values apart by: `1` and `1.0` are equal, but not the same.
    var identity: LiquidValue {
        if case .number(let number) = self, number.isDecimal { return .array([self]) }
        return self
    }
}
