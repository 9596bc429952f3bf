// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import OrderedCollections

/// Shapes as a JSON Schema, for editors that check and complete while one types.
///
/// - SeeAlso: [JSON Schema 2020-12](https://json-schema.org/draft/2020-12)
package enum ShapeSchema {
    /// The schema of a file.
    ///
    /// - Parameters:
    ///   - shape: The file's outermost mapping.
    ///   - title: What the file is.
    /// - Returns: The schema.
    package static func document(_ shape: ObjectShape, title: String) -> JSON {
        var writer = SchemaWriter()
        let root = writer.schema(.object(shape))
        return [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": .string(title),
            "$ref": root["$ref"] ?? .null,
            "$defs": .object(writer.definitions),
        ]
    }
}

/// Writes shapes as schemas and collects the definitions that they refer to.
private struct SchemaWriter {
    private(set) var definitions: OrderedDictionary<String, JSON> = [:]

    /// A text as YAML gives it to a validator: what looks like a number arrives as one.
    private static let scalar: JSON = ["type": ["string", "number", "boolean"]]

    mutating func schema(_ shape: Shape) -> JSON {
        switch shape {
        case .text(let rule): text(rule)
        case .anyText: Self.scalar
        case .boolean: ["type": "boolean"]
        case .integer(let range):
            [
                "type": "integer", "minimum": .number(JSONNumber(range.lowerBound)),
                "maximum": .number(JSONNumber(range.upperBound)),
            ]
        case .duration: ["type": "string", "pattern": .string(DurationText.pattern)]
        case .instant: ["type": "string", "format": "date-time"]
        case .choice(let words): ["enum": .array(words.map(JSON.string))]
        case .list(let element, let least): list(schema(element), atLeast: least)
        case .oneOrMany(let element): oneOrMany(schema(element))
        case .map(let key, let value):
            ["type": "object", "propertyNames": text(key, isKey: true), "additionalProperties": schema(value)]
        case .object(let object): reference(object.name) { $0.definition(object) }
        case .foreign(let mapping):
            reference(mapping.name) { _ in mapping.schema }
        case .tree: ["type": ["object", "array"]]
        case .json: true
        case .anyOf(let shapes): ["anyOf": .array(shapes.map { schema($0) })]
        }
    }

    private func text(_ rule: TextRule, isKey: Bool = false) -> JSON {
        if let schema = rule.schema, !isKey { return schema }
        guard let pattern = rule.pattern else { return Self.scalar }
        guard !isKey else { return ["pattern": .string(pattern)] }
        return ["type": ["string", "number", "boolean"], "pattern": .string(pattern)]
    }

    private func list(_ element: JSON, atLeast least: Int) -> JSON {
        ["type": "array", "items": element, "minItems": .number(JSONNumber(least))]
    }

    private func oneOrMany(_ element: JSON) -> JSON {
        ["anyOf": [element, list(element, atLeast: 1)]]
    }

    private mutating func reference(_ name: String, _ definition: (inout SchemaWriter) -> JSON) -> JSON {
        let reference: JSON = ["$ref": .string("#/$defs/\(name)")]
        guard definitions[name] == nil else { return reference }
        // Taken before its fields are written, so that definitions stand in reading order.
        definitions[name] = true
        definitions[name] = definition(&self)
        return reference
    }

    private mutating func definition(_ shape: ObjectShape) -> JSON {
        var properties: OrderedDictionary<String, JSON> = [:]
        for field in shape.fields {
            guard case .object(var property) = schema(field.shape) else {
                properties[field.name] = ["description": .string(field.summary)]
                continue
            }
            property["description"] = .string(field.summary)
            properties[field.name] = .object(property)
        }
        var definition: OrderedDictionary<String, JSON> = [
            "type": "object", "description": .string(shape.summary), "properties": .object(properties),
            "required": .array(shape.fields.filter(\.isRequired).map { .string($0.name) }),
            "additionalProperties": false,
        ]
        let combinations = combinations(shape)
        if !combinations.isEmpty { definition["allOf"] = .array(combinations) }
        if !shape.needs.isEmpty {
            let needs = shape.needs.map { ($0.key, JSON.array($0.beside.map(JSON.string))) }
            definition["dependentRequired"] = .object(OrderedDictionary(needs) { $1 })
        }
        return .object(definition)
    }

    private func combinations(_ shape: ObjectShape) -> [JSON] {
        let one = shape.exactlyOne.map { group -> JSON in ["oneOf": .array(group.map(requires))] }
        let exclusive = shape.exclusive.flatMap { group in
            group.indices.dropLast().flatMap { first in
                group[(first + 1)...].map { other -> JSON in
                    ["not": ["required": [.string(group[first]), .string(other)]]]
                }
            }
        }
        return one + exclusive
    }

    private func requires(_ key: String) -> JSON { ["required": [.string(key)]] }
}
