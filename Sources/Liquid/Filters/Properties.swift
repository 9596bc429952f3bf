// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

/// The properties of a list's elements, for the filters that take a property's name.
///
/// In strict mode a name with dots steps down (`price_set.shop_money.amount`), where no member has it as a whole, and a
/// name that no element has is a mistake wherever it would change the message.
extension LiquidContext {
    /// A property of an element; `nil` for what can have none.
    func property(_ name: LiquidValue, of element: LiquidValue) throws(LiquidError) -> LiquidValue? {
        guard let value = try element.property(name) else { return nil }
        guard let text = name.asString else { return value }
        let steps = steps(text, of: element)
        guard steps.count > 1 else { return scope.reading(value, of: text) }
        let nested = steps.reduce(element) { $0.step($1) }
        return scope.reading(nested, of: steps[steps.count - 1])
    }

    /// A property of every element; `nil` when one of them can have none.
    func properties(_ name: LiquidValue, of elements: [LiquidValue]) throws(LiquidError) -> [LiquidValue]? {
        var values: [LiquidValue] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            guard let value = try property(name, of: element) else { return nil }
            values.append(value)
        }
        return values
    }

    /// Refuses a property's name that no element of a list has, in strict mode.
    ///
    /// - Parameters:
    ///   - name: The property's name.
    ///   - elements: The list; an empty one, and one of anything but objects, has no names to compare with.
    ///   - isNeeded: Whether the filter has no meaning without it. Where it has, as for choosing elements, a name is
    ///     refused only when it looks like one that they do have.
    /// - Throws: That no element has it, with the near name.
    func check(_ name: LiquidValue, of elements: [LiquidValue], isNeeded: Bool) throws(LiquidError) {
        guard isStrict, let text = name.asString, !elements.isEmpty, elements.allSatisfy(\.isObject) else { return }
        guard !elements.contains(where: { has(text, $0) }) else { return }
        let near = near(text, elements)
        guard isNeeded || near != nil else { return }
        let known = Set(elements.prefix(100).flatMap(\.memberNames)).sorted()
        let hint =
            near.map { "did you mean '\($0)'?" } ?? "they have \(PropertyNames.phrase(known) ?? "no properties")"
        throw .argument("no element of the list has '\(text)'; \(hint)")
    }

    private func steps(_ name: String, of element: LiquidValue) -> [String] {
        guard isStrict, name.contains("."), !element.hasMember(name) else { return [name] }
        return name.split(separator: ".").map(String.init)
    }

    /// Whether an element has a property, be it without value.
    func has(_ name: String, _ element: LiquidValue) -> Bool {
        let steps = steps(name, of: element)
        guard let last = steps.last else { return false }
        return steps.dropLast().reduce(element) { $0.step($1) }.hasMember(last)
    }

    /// The name with its first wrong step put right.
    func near(_ name: String, _ elements: [LiquidValue]) -> String? {
        var steps = name.split(separator: ".").map(String.init)
        var values = Array(elements.prefix(100))
        for (position, step) in steps.enumerated() {
            let next = values.filter { $0.hasMember(step) }.map { $0.step(step) }
            guard next.isEmpty else {
                values = next
                continue
            }
            let names = Set(values.flatMap(\.memberNames)).sorted()
            guard let found = PropertyNames.nearest(to: step, among: names) else { return nil }
            steps[position] = found
            return steps.joined(separator: ".")
        }
        return nil
    }
}

extension LiquidValue {
    /// Whether the value has members.
    fileprivate var isObject: Bool {
        switch self {
        case .object: true
        case .node(let node): node.kind == .object
        default: false
        }
    }

    fileprivate func hasMember(_ name: String) -> Bool {
        switch self {
        case .object(let members): members[name] != nil
        case .node(let node) where node.kind == .object: node[name] != nil
        case .node, .array: Int(name).map { !self[index: $0].isNil } ?? false
        default: false
        }
    }

    /// One step down: a member, or an element by its number.
    fileprivate func step(_ name: String) -> LiquidValue {
        isObject ? self[key: name] : Int(name).map { self[index: $0] } ?? .nil
    }
}
