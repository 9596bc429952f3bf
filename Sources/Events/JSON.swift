// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import OrderedCollections

/// A JSON value that owns its parts: for patterns, requests, test data, and what a template reads.
///
/// Objects keep the order of their keys; numbers keep their source text. Two values are equal when they have
/// the same JSON type and content; numbers are equal by value (`1.50` equals `1.5`), objects also by key order.
/// A parsed text stays a ``JSONDocument`` until somebody asks for a ``JSON`` value of it.
public enum JSON: Hashable, Sendable {
    /// The literal `null`.
    case null
    /// The literals `true` and `false`.
    case bool(Bool)
    /// A number, with its source text.
    case number(JSONNumber)
    /// A string.
    case string(String)
    /// An array.
    case array([JSON])
    /// An object, in the order of its keys.
    case object(OrderedDictionary<String, JSON>)
}

extension JSON {
    /// The JSON type's name as an error message would say it, such as `a string`.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The string, if the value is one.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The number, if the value is one.
    public var number: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The truth value, if the value is one.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements, if the value is an array.
    public var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, if the value is an object.
    public var object: OrderedDictionary<String, JSON>? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The member of that name; `nil` when there is none or the value is no object.
    public subscript(key: String) -> JSON? {
        object?[key]
    }

    /// The element at that position, from 0; `nil` when there is none or the value is no array.
    public subscript(index: Int) -> JSON? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }

    /// The object with the members of another, which count where both have one; anything but two objects stays what it is.
    ///
    /// - Parameter other: The members to add.
    /// - Returns: The object; its own members come first.
    package func adding(_ other: JSON) -> JSON {
        guard case .object(let members) = self, case .object(let more) = other else { return self }
        return .object(members.merging(more) { $1 })
    }

    /// Parses a text; see ``JSONDocument/init(_:maxDepth:)``.
    ///
    /// - Parameter text: The JSON text.
    /// - Throws: ``JSONError`` with the offset of the mistake.
    public init(parsing text: String) throws(JSONError) {
        self = try JSONDocument(Array(text.utf8)).root.value
    }

    /// Parses a text; see ``JSONDocument/init(_:maxDepth:)``.
    ///
    /// - Parameter bytes: The JSON text in UTF-8.
    /// - Throws: ``JSONError`` with the offset of the mistake.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        self = try JSONDocument(bytes).root.value
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A number without fraction.
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An array.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// An object; the last of several equal keys counts.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(OrderedDictionary(elements) { $1 })
    }
    /// The literal `null`.
    public init(nilLiteral: ()) { self = .null }
}
