// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

/// Names of a payload that may stand in an error: what a program would name a field, never data used as a key.
enum PropertyNames {
    /// The most names that an error lists, and the most that are compared with a misspelt one.
    private static let shown = 8
    private static let compared = 200

    /// Whether a name is a field's rather than a phone number, an address or a secret that somebody keys by.
    static func isSafe(_ name: String) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, !SourceText.isDigit(first), bytes.count <= 40 else { return false }
        return bytes.allSatisfy { SourceText.isWord($0) || $0 == UInt8(ascii: "-") }
            && bytes.count(where: SourceText.isDigit) <= 4
    }

    /// The names in one phrase, such as `id, email and 3 more`; `nil` when there are none.
    static func phrase(_ names: [String]) -> String? {
        let safe = Array(names.lazy.filter(isSafe).prefix(shown))
        let rest = names.count - safe.count
        guard let last = safe.last else { return rest > 0 ? "\(rest) properties" : nil }
        if rest > 0 { return safe.joined(separator: ", ") + " and \(rest) more" }
        return safe.count == 1 ? last : safe.dropLast().joined(separator: ", ") + " and " + last
    }

    /// The name that was probably meant.
    static func nearest(to name: String, among names: [String]) -> String? {
        let length = name.count
        let near = names.lazy.filter { abs($0.count - length) <= max(1, length / 3) && isSafe($0) }
        return NearMiss.nearest(to: name, among: near.prefix(compared))
    }
}

extension LiquidValue {
    /// The names of an object's members, values left alone; empty for anything else.
    var memberNames: [String] {
        switch self {
        case .object(let members): Array(members.keys)
        case .node(let node): node.members.map(\.key)
        default: []
        }
    }

    /// The first object that would be printed: the value itself, or an element of a list, of lists inside it too.
    var firstObject: LiquidValue? {
        switch self {
        case .object: return self
        case .node(let node):
            if node.kind == .object { return self }
            return node.elements.lazy.filter { $0.kind == .object || $0.kind == .array }
                .compactMap { LiquidValue($0).firstObject }.first
        case .array(let elements): return elements.lazy.compactMap(\.firstObject).first
        default: return nil
        }
    }

    /// Why an object is not printed, and what to write instead; `nil` for what is a text, a number or a list of such.
    ///
    /// - Parameters:
    ///   - subject: The value's name in the sentence.
    ///   - path: The value's path for the advice, where it has one.
    /// - Returns: A sentence with names of properties, never with values.
    func printingRefusal(_ subject: String, path: String? = nil) -> String? {
        guard let object = firstObject else { return nil }
        let names = object.memberNames
        let properties = PropertyNames.phrase(names).map { "with \($0)" } ?? "without properties"
        let example = names.first(where: PropertyNames.isSafe) ?? "name"
        if asObject != nil {
            let advice = path.map { "name one, such as \($0).\(example)" } ?? "name one of its properties"
            return "\(subject) is an object \(properties); \(advice), or write it all with `| json`"
        }
        return "\(subject) is a list of objects \(properties); "
            + "take one property with `map: '\(example)'`, use `list` or a loop, or write it all with `| json`"
    }

    /// Why an object among the elements of a list is not written into a text; `nil` for what is none.
    ///
    /// - Parameters:
    ///   - position: Which element.
    ///   - filter: What writes the elements into a text.
    ///   - argument: What it was given; a property's name there is what `map` takes.
    /// - Returns: A sentence with the call that takes a property first.
    func joiningRefusal(_ position: Int, _ filter: String, _ argument: String?) -> String? {
        guard let object = firstObject else { return nil }
        let names = object.memberNames
        let properties = PropertyNames.phrase(names).map { "with \($0)" } ?? "without properties"
        let isProperty = argument.map(names.contains) ?? false
        let property = (isProperty ? argument : names.first(where: PropertyNames.isSafe)) ?? "name"
        let glue = filter == "join" ? ": ', '" : ""
        return "element \(position) is an object \(properties); take one property first: "
            + "`map: '\(property)' | \(filter)\(isProperty || argument == nil ? glue : ": '\(argument ?? "")'")`"
    }
}

extension LiquidContext {
    /// Refuses objects where a filter needs to know which of their properties it is to work with, in strict mode.
    func refuseObjects(_ elements: [LiquidValue], _ filter: String, _ purpose: String) throws(LiquidError) {
        guard isStrict, let position = elements.firstIndex(where: { $0.asObject != nil }) else { return }
        let names = elements[position].memberNames
        let properties = PropertyNames.phrase(names).map { "with \($0)" } ?? "without properties"
        let example = names.first { PropertyNames.isSafe($0) && LiquidNumber(elements[position][key: $0]) != nil }
        let property = example ?? names.first(where: PropertyNames.isSafe) ?? "name"
        throw .argument(
            "element \(position) is an object \(properties); name the property \(purpose): `\(filter): '\(property)'`"
        )
    }
}

extension LiquidNumber {
    /// A number, or a text that is one as a whole; `nil` for anything else.
    fileprivate init?(_ value: LiquidValue) {
        if case .number(let number) = value {
            self = number
        } else {
            guard let number = value.asString.flatMap({ LiquidNumber(whole: $0) }) else { return nil }
            self = number
        }
    }
}
