// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

/// What a good answer is, for the OpenAPI document.
package enum AnswerShape: Hashable, Sendable {
    /// A page of a list: `data`, `next` and `prev`.
    case page(String)
    /// A whole list, in the same form.
    case list(String)
    /// A single resource, with an ETag.
    case resource(String)
    /// What was made: 201.
    case created(String)
    /// What has begun and goes on: 202.
    case begun(String)
    /// Anything else in JSON.
    case value(Schema)
    /// Bytes as they are stored, with an ETag.
    case bytes
    /// Server-sent events, each with such a value.
    case stream(String)
    /// A table whose first line names its columns.
    case table

    /// The status of a good answer.
    var status: Int {
        switch self {
        case .created: 201
        case .begun: 202
        default: 200
        }
    }

    /// The type of what goes on coming.
    var streamType: String {
        if case .table = self { "text/csv; charset=utf-8; header=present" } else { "text/event-stream" }
    }

    /// Whether it has an ETag, so that a caller who has it already hears 304.
    var hasTag: Bool {
        switch self {
        case .resource, .bytes: true
        default: false
        }
    }

    /// The answer as the document describes it.
    var content: JSON {
        switch self {
        case .page(let name), .list(let name): ["application/json": ["schema": Schema.page(of: name)]]
        case .resource(let name), .created(let name), .begun(let name):
            ["application/json": ["schema": Schema.ref(name).json]]
        case .value(let schema): ["application/json": ["schema": schema.json]]
        case .bytes: ["application/octet-stream": ["schema": [:]]]
        case .stream(let name):
            [
                "text/event-stream": [
                    "schema": ["type": "string", "contentMediaType": "text/event-stream"],
                    "x-data": Schema.ref(name).json,
                ]
            ]
        case .table: ["text/csv": ["schema": ["type": "string"]]]
        }
    }
}

/// A JSON Schema of the document.
package struct Schema: Hashable, Sendable {
    let json: JSON

    /// One of the document's components.
    static func ref(_ name: String) -> Schema { Schema(json: ["$ref": .string("#/components/schemas/\(name)")]) }

    static let text = Schema(json: ["type": "string"])
    static let optionalText = Schema(json: ["type": ["string", "null"]])
    static let time = Schema(json: ["type": "string", "format": "date-time"])
    static let optionalTime = Schema(json: ["type": ["string", "null"], "format": "date-time"])
    static let count = Schema(json: ["type": "integer", "minimum": 0])
    static let number = Schema(json: ["type": "number"])
    static let optionalNumber = Schema(json: ["type": ["number", "null"]])
    static let flag = Schema(json: ["type": "boolean"])
    static let anyObject = Schema(json: ["type": "object"])
    static let optionalObject = Schema(json: ["type": ["object", "null"]])

    static func list(_ element: Schema) -> Schema { Schema(json: ["type": "array", "items": element.json]) }

    static func words(_ words: [String]) -> Schema {
        Schema(json: ["type": "string", "enum": .array(words.map(JSON.string))])
    }

    /// An object with these members, of which each answer has all; later versions may add some.
    static func object(_ members: [(String, Schema)], optional: [(String, Schema)] = []) -> Schema {
        Schema(json: [
            "type": "object",
            "properties": .object(.init(uniqueKeysWithValues: (members + optional).map { ($0.0, $0.1.json) })),
            "required": .array(members.map { .string($0.0) }),
        ])
    }

    /// A time that a caller gives: no zone is further from UTC than 14 hours.
    static let givenTime: JSON = [
        "type": "string", "format": "date-time", "pattern": "([Zz]|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))$",
    ]

    /// An `id` of the stream.
    static let place = "^[0-9]{1,18}-[0-9]{1,18}$"

    static func page(of name: String) -> JSON {
        object([("data", list(ref(name))), ("next", optionalText), ("prev", optionalText)]).json
    }
}

extension Parameter {
    /// The parameter as the document describes it.
    var json: JSON {
        [
            "name": .string(name), "in": "query", "description": .string(summary),
            "schema": schema, "required": .bool(isRequired),
        ]
    }

    private var schema: JSON {
        switch kind {
        case .text: ["type": "string", "maxLength": 500]
        case .choice(let words): Schema.words(words).json
        case .choices(let words):
            [
                "type": "string",
                "pattern": .string("^(\(words.joined(separator: "|")))(,(\(words.joined(separator: "|"))))*$"),
            ]
        case .time: Schema.givenTime
        case .number(let range):
            [
                "type": "integer", "minimum": .number(JSONNumber(range.lowerBound)),
                "maximum": .number(JSONNumber(range.upperBound)),
            ]
        case .flag: Schema.flag.json
        case .cursor: ["type": "string", "pattern": "^-?[0-9]{1,18}$"]
        case .place: ["type": "string", "pattern": .string(Schema.place)]
        }
    }
}

extension BodyShape {
    /// The body as the document describes it.
    var json: JSON {
        let required = fields.filter(\.isRequired).map { JSON.string($0.name) }
        let schema: JSON = [
            "type": "object", "properties": .object(.init(uniqueKeysWithValues: fields.map { ($0.name, $0.json) })),
            "required": .array(required), "additionalProperties": false,
        ]
        return ["required": .bool(!required.isEmpty), "content": ["application/json": ["schema": schema]]]
    }
}

extension BodyShape.Field {
    fileprivate var json: JSON {
        guard var members = schema.object else { return schema }
        members["description"] = .string(summary)
        return .object(members)
    }

    private var schema: JSON {
        switch kind {
        case .text(let range): Self.line(range)
        case .choice(let words): Schema.words(words).json
        case .time: Schema.givenTime
        case .number(let range):
            [
                "type": "integer", "minimum": .number(JSONNumber(range.lowerBound)),
                "maximum": .number(JSONNumber(range.upperBound)),
            ]
        case .duration: ["type": ["string", "null"], "pattern": .string(DurationText.pattern)]
        case .flag: Schema.flag.json
        case .document(let range):
            [
                "type": "string", "minLength": .number(JSONNumber(range.lowerBound)),
                "maxLength": .number(JSONNumber(range.upperBound)),
            ]
        case .texts(let range, let each):
            [
                "type": "array", "items": Self.line(each), "minItems": .number(JSONNumber(range.lowerBound)),
                "maxItems": .number(JSONNumber(range.upperBound)),
            ]
        }
    }

    /// A text without control characters: one line.
    private static func line(_ range: ClosedRange<Int>) -> JSON {
        [
            "type": "string", "minLength": .number(JSONNumber(range.lowerBound)),
            "maxLength": .number(JSONNumber(range.upperBound)),
            "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$",
        ]
    }
}
