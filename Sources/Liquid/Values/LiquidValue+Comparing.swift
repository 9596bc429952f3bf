// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

extension LiquidValue: Hashable {
    /// Equality of the language: numbers by value, texts by their code points, lists and objects by content.
    ///
    /// - Parameters:
    ///   - left: One value.
    ///   - right: The other.
    /// - Returns: Whether `==` in a template holds, the words `blank` and `empty` aside.
    public static func == (left: LiquidValue, right: LiquidValue) -> Bool {
        switch (left, right) {
        case (.nil, .nil), (.blank, .blank), (.empty, .empty): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.range(let left), .range(let right)): left == right
        default: haveEqualContent(left, right)
        }
    }

    private static func haveEqualContent(_ left: LiquidValue, _ right: LiquidValue) -> Bool {
        if let left = left.asArray { return right.asArray.map { left == $0 } ?? false }
        guard let left = left.asObject, let right = right.asObject, left.count == right.count else { return false }
        return left.allSatisfy { right[$0.key] == $0.value }
    }

    /// Hashes what ``==(_:_:)`` compares.
    ///
    /// - Parameter hasher: Receives the content.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .nil, .blank, .empty: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .number(let number): hasher.combine(number)
        case .string(let text): for byte in text.utf8 { hasher.combine(byte) }
        case .range(let range): hasher.combine(range)
        case .array, .object, .node:
            if let elements = asArray { hasher.combine(elements) } else { hasher.combine(asObject?.count ?? 0) }
        }
    }

    /// Whether the value is a text, list or object without content: what equals `empty`.
    var isEmpty: Bool {
        switch self {
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        case .node(let node): node.count == 0
        case .empty: true
        default: false
        }
    }

    /// Whether the value is nothing, false, empty or white space: what equals `blank`.
    var isBlank: Bool {
        switch self {
        case .nil, .blank, .bool(false): true
        case .string(let text): text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
        default: isEmpty
        }
    }

    /// The template's `==`.
    func equals(_ other: LiquidValue) -> Bool {
        switch (self, other) {
        // The two words are questions about a value, and ask nothing of each other.
        case (.empty, .empty), (.empty, .blank), (.blank, .empty), (.blank, .blank): false
        case (.empty, _): other.isEmpty
        case (_, .empty): isEmpty
        case (.blank, _): other.isBlank
        case (_, .blank): isBlank
        default: self == other
        }
    }

    /// The template's `contains`: a text in a text, a value in a list, a name in an object, a number in a range.
    func contains(_ other: LiquidValue) -> Bool {
        guard isTruthy, other.isTruthy else { return false }
        switch self {
        case .string(let text):
            let part = other.filterText
            return part.isEmpty || text.firstRange(ofBytes: part) != nil
        case .array(let elements): return elements.contains { $0 == other }
        case .object(let members): return other.asString.map { members[$0] != nil } ?? false
        case .range(let range):
            return other.asNumber.map { $0 >= LiquidNumber(range.first) && $0 <= LiquidNumber(range.last) } ?? false
        case .node(let node) where node.kind == .array: return node.elements.contains { LiquidValue($0) == other }
        case .node(let node): return other.asString.map { node[$0] != nil } ?? false
        default: return false
        }
    }
}
