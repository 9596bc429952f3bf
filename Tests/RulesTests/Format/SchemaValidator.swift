// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections

/// As much of a JSON Schema validator as the schema of rule files needs; a keyword that it does not know fails.
struct SchemaValidator {
    let document: JSON
    private static let annotations: Set<String> = ["$schema", "$defs", "title", "description", "format"]

    /// Whether a value is valid.
    func accepts(_ value: JSON) -> Bool { accepts(value, document) }

    private func accepts(_ value: JSON, _ schema: JSON) -> Bool {
        guard let keywords = schema.object else { return schema == true }
        return keywords.allSatisfy { holds($0.key, $0.value, value, schema) }
    }

    private func holds(_ keyword: String, _ argument: JSON, _ value: JSON, _ schema: JSON) -> Bool {
        switch keyword {
        case "$ref": accepts(value, definition(argument))
        case "type": (argument.array ?? [argument]).contains { isType($0.string ?? "", value) }
        case "enum": argument.array?.contains(value) == true
        case "pattern": matches(argument.string ?? "", value)
        case "minimum": value.number.map { $0 >= argument.number ?? $0 } ?? true
        case "maximum": value.number.map { $0 <= argument.number ?? $0 } ?? true
        case "minItems": value.array.map { $0.count >= argument.number?.int ?? 0 } ?? true
        case "minProperties": value.object.map { $0.count >= argument.number?.int ?? 0 } ?? true
        case "items": value.array?.allSatisfy { accepts($0, argument) } ?? true
        case "required":
            value.object.map { object in argument.array?.allSatisfy { object[$0.string ?? ""] != nil } ?? false }
                ?? true
        case "properties":
            value.object?.allSatisfy { key, member in argument[key].map { accepts(member, $0) } ?? true } ?? true
        case "additionalProperties":
            value.object?.allSatisfy { key, member in schema["properties"]?[key] != nil || accepts(member, argument) }
                ?? true
        case "propertyNames": value.object?.keys.allSatisfy { accepts(.string($0), argument) } ?? true
        case "dependentRequired": dependencies(argument, value)
        case "anyOf": argument.array?.contains { accepts(value, $0) } == true
        case "oneOf": argument.array?.count { accepts(value, $0) } == 1
        case "allOf": argument.array?.allSatisfy { accepts(value, $0) } == true
        case "not": !accepts(value, argument)
        default: Self.annotations.contains(keyword)
        }
    }

    private func definition(_ reference: JSON) -> JSON {
        let name = reference.string.map { $0.replacing("#/$defs/", with: "") } ?? ""
        return document["$defs"]?[name] ?? false
    }

    private func isType(_ name: String, _ value: JSON) -> Bool {
        switch (name, value) {
        case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array),
            ("object", .object):
            true
        case ("integer", .number(let number)): number.int != nil
        default: false
        }
    }

    private func matches(_ pattern: String, _ value: JSON) -> Bool {
        guard let text = value.string, let expression = try? Regex(pattern) else { return value.string == nil }
        return text.contains(expression)
    }

    private func dependencies(_ argument: JSON, _ value: JSON) -> Bool {
        guard let object = value.object, let needs = argument.object else { return true }
        return needs.allSatisfy { key, others in
            object[key] == nil || others.array?.allSatisfy { object[$0.string ?? ""] != nil } == true
        }
    }
}
