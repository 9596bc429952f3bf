// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections

/// The members of one object of a request, read with errors that name the field.
struct RequestFields {
    /// Where the object stands, such as `carousel.cards[1]`; empty for the body itself.
    let path: String
    private let members: OrderedDictionary<String, JSON>

    init(_ json: JSON, path: String) throws(MessageRequestError) {
        guard let members = json.object else {
            let field = path.isEmpty ? "body" : path
            throw MessageRequestError(.wrongType, field: field, "found \(json.typeName); expected an object")
        }
        self.path = path
        self.members = members
    }

    /// A member; `nil` when it is absent or `null`.
    subscript(name: String) -> JSON? {
        guard let value = members[name], value != .null else { return nil }
        return value
    }

    func name(_ member: String) -> String {
        path.isEmpty ? member : "\(path).\(member)"
    }

    func string(_ name: String) throws(MessageRequestError) -> String? {
        guard let value = self[name] else { return nil }
        guard let string = value.string else { throw wrongType(name, value, "a string") }
        return string
    }

    func required(_ name: String) throws(MessageRequestError) -> String {
        guard let value = try string(name) else {
            throw MessageRequestError(.missingField, field: self.name(name), "expected a string")
        }
        return value
    }

    func requiredIndex(_ name: String) throws(MessageRequestError) -> Int {
        guard let value = self[name] else {
            throw MessageRequestError(.missingField, field: self.name(name), "expected a number from 0")
        }
        guard let index = value.number?.int else { throw wrongType(name, value, "a number from 0") }
        return index
    }

    @discardableResult
    func require(_ name: String, oneOf allowed: [String]) throws(MessageRequestError) -> String {
        let value = try required(name).lowercased()
        guard !allowed.contains(value) else { return value }
        let expected = allowed.map { "'\($0)'" }.joined(separator: " or ")
        throw MessageRequestError(.unknownValue, field: self.name(name), "this value is unknown; expected \(expected)")
    }

    /// A map of strings; a number is refused rather than guessed into a text.
    func strings(_ name: String) throws(MessageRequestError) -> OrderedDictionary<String, String>? {
        guard let value = self[name] else { return nil }
        guard let object = value.object else { throw wrongType(name, value, "an object of strings") }
        var strings: OrderedDictionary<String, String> = [:]
        for (key, member) in object {
            guard let string = member.string else {
                let field = "\(self.name(name)).\(ParameterRules.shown(key))"
                throw MessageRequestError(.wrongType, field: field, "found \(member.typeName); expected a string")
            }
            strings[key] = string
        }
        return strings
    }

    func array(_ name: String) throws(MessageRequestError) -> [JSON]? {
        guard let value = self[name] else { return nil }
        guard let array = value.array else { throw wrongType(name, value, "a list") }
        return array
    }

    func object(_ name: String) throws(MessageRequestError) -> RequestFields? {
        guard let value = self[name] else { return nil }
        return try RequestFields(value, path: self.name(name))
    }

    /// A list of objects that must be there.
    func objects(_ name: String) throws(MessageRequestError) -> [RequestFields] {
        guard let array = try array(name) else {
            throw MessageRequestError(.missingField, field: self.name(name), "expected a list")
        }
        var objects: [RequestFields] = []
        for (position, element) in array.enumerated() {
            objects.append(try RequestFields(element, path: "\(self.name(name))[\(position)]"))
        }
        return objects
    }

    private func wrongType(_ name: String, _ value: JSON, _ expected: String) -> MessageRequestError {
        MessageRequestError(.wrongType, field: self.name(name), "found \(value.typeName); expected \(expected)")
    }
}
