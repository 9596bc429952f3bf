// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import Events
public import OrderedCollections

/// A value of the language.
public enum LiquidValue: Sendable {
    /// Nothing: undefined, or JSON's `null`.
    case `nil`
    /// `true` or `false`.
    case bool(Bool)
    /// A number of any size, exact.
    case number(LiquidNumber)
    /// A text.
    case string(String)
    /// A list.
    case array([LiquidValue])
    /// Values by name, in their order.
    case object(OrderedDictionary<String, LiquidValue>)
    /// A run of whole numbers.
    case range(LiquidRange)
    /// The word `blank`: equal to nil, false, empty values and texts of white space.
    case blank
    /// The word `empty`: equal to texts, lists and objects without content.
    case empty
    /// An array or object of a payload, read on demand; made by ``init(_:)-(JSONNode)``, which decodes scalars.
    case node(JSONNode)

    /// A value of a payload.
    ///
    /// - Parameter node: Scalars are decoded at once; arrays and objects stay where they are.
    public init(_ node: JSONNode) {
        switch node.kind {
        case .null: self = .nil
        case .false: self = .bool(false)
        case .true: self = .bool(true)
        case .number: self = .number(LiquidNumber(node.number ?? JSONNumber(0)))
        case .string, .escapedString: self = .string(node.string ?? "")
        case .array, .object: self = .node(node)
        }
    }

    /// A JSON value.
    ///
    /// - Parameter json: Any value.
    public init(_ json: JSON) {
        switch json {
        case .null: self = .nil
        case .bool(let value): self = .bool(value)
        case .number(let value): self = .number(LiquidNumber(value))
        case .string(let value): self = .string(value)
        case .array(let elements): self = .array(elements.map(LiquidValue.init))
        case .object(let members): self = .object(members.mapValues(LiquidValue.init))
        }
    }

    /// A whole number.
    ///
    /// - Parameter value: Any integer.
    /// - Returns: The number as a value.
    public static func int(_ value: Int) -> LiquidValue { .number(LiquidNumber(value)) }
}

extension LiquidValue {
    /// Whether the value is nothing.
    public var isNil: Bool {
        if case .nil = self { true } else { false }
    }

    /// Whether a condition takes the value as true: everything but nil and `false`.
    public var isTruthy: Bool {
        switch self {
        case .nil, .bool(false): false
        default: true
        }
    }

    /// The text, if the value is one.
    public var asString: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The number, if the value is one.
    public var asNumber: LiquidNumber? {
        if case .number(let number) = self { number } else { nil }
    }

    /// The truth value, if the value is one.
    public var asBool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements, if the value is a list, of a payload or not.
    public var asArray: [LiquidValue]? {
        switch self {
        case .array(let elements): elements
        case .node(let node) where node.kind == .array: node.elements.map(LiquidValue.init)
        default: nil
        }
    }

    /// The members, if the value is an object, of a payload or not.
    public var asObject: OrderedDictionary<String, LiquidValue>? {
        switch self {
        case .object(let members): members
        case .node(let node) where node.kind == .object:
            OrderedDictionary(node.members.map { ($0.key, LiquidValue($0.value)) }) { $1 }
        default: nil
        }
    }

    /// The value as JSON; a range is an array, `blank` and `empty` are empty texts.
    public var json: JSON {
        switch self {
        case .nil: .null
        case .bool(let value): .bool(value)
        case .number(let number): .number(number.json)
        case .string(let text): .string(text)
        case .array(let elements): .array(elements.map(\.json))
        case .object(let members): .object(members.mapValues(\.json))
        case .range(let range): .array(range.elements().map(\.json))
        case .blank, .empty: .string("")
        case .node(let node): node.value
        }
    }

    /// The kind of value as an error message would say it, such as `a number`.
    public var typeName: String {
        switch self {
        case .nil: "nil"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        case .range: "a range"
        case .blank: "blank"
        case .empty: "empty"
        case .node(let node): node.kind == .array ? "an array" : "an object"
        }
    }
}

extension LiquidValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A list.
    public init(arrayLiteral elements: LiquidValue...) { self = .array(elements) }
    /// An object; the last of several equal names counts.
    public init(dictionaryLiteral elements: (String, LiquidValue)...) {
        self = .object(OrderedDictionary(elements) { $1 })
    }
}
