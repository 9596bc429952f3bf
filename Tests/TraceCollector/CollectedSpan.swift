// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// A span as a collector reads it out of OTLP in JSON, which it takes by the letter: a key that the protocol does not have,
/// a number where it has a text, or an id with too few digits is an error.
///
/// - SeeAlso: [trace.proto](https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto)
package struct CollectedSpan: Hashable, Sendable {
    package let traceID: String
    package let spanID: String
    package let parentID: String?
    package let name: String
    package let kind: Int
    /// Nanoseconds since 1970.
    package let start: UInt64
    package let end: UInt64
    package let attributes: [String: JSON]
    /// `traceID/spanID` each.
    package let links: [String]
    package let droppedLinks: Int
    /// The code and the message; `nil` without status.
    package let status: String?
    /// Of the resource.
    package let resource: [String: JSON]

    /// What a body breaks of the protocol.
    package struct Breach: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// Reads the body of a request to `/v1/traces`.
    package static func read(_ body: [UInt8]) throws -> [CollectedSpan] {
        let root = try OTLPObject(JSON(parsing: body), "body", keys: ["resourceSpans"])
        return try root.objects("resourceSpans", keys: ["resource", "scopeSpans"]).flatMap { spans in
            let resource = try spans.object("resource", keys: ["attributes"]).attributes()
            return try spans.objects("scopeSpans", keys: ["scope", "spans"]).flatMap { scope in
                let library = try scope.object("scope", keys: ["name", "version"])
                _ = (try library.text("name"), try library.text("version"))
                return try scope.objects("spans", keys: keys).map { try CollectedSpan($0, resource) }
            }
        }
    }

    private static let keys: Set = [
        "traceId", "spanId", "parentSpanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "attributes",
        "links", "droppedLinksCount", "status",
    ]

    private init(_ span: OTLPObject, _ resource: [String: JSON]) throws {
        traceID = try span.id("traceId", digits: 32)
        spanID = try span.id("spanId", digits: 16)
        parentID = span.has("parentSpanId") ? try span.id("parentSpanId", digits: 16) : nil
        name = try span.text("name")
        kind = try span.number("kind")
        guard (1...5).contains(kind) else { throw Breach(description: "the kind \(kind) is none") }
        start = try span.bigNumber("startTimeUnixNano")
        end = try span.bigNumber("endTimeUnixNano")
        guard start <= end else { throw Breach(description: "the span ends before it begins") }
        attributes = try span.attributes()
        links = try span.objects("links", keys: ["traceId", "spanId"]).map { link in
            try link.id("traceId", digits: 32) + "/" + link.id("spanId", digits: 16)
        }
        droppedLinks = span.has("droppedLinksCount") ? try span.number("droppedLinksCount") : 0
        let status = span.has("status") ? try span.object("status", keys: ["message", "code"]) : nil
        self.status = try status.map { try "\($0.number("code")) \($0.text("message"))" }
        self.resource = resource
    }
}

/// An object of the protocol with its place, for what is said of mistakes.
private struct OTLPObject {
    private let members: [String: JSON]
    private let place: String

    init(_ json: JSON, _ place: String, keys: Set<String>) throws {
        guard let object = json.object else { throw CollectedSpan.Breach(description: "\(place) is no object") }
        members = Dictionary(object.map { ($0.key, $0.value) }) { first, _ in first }
        self.place = place
        if let stranger = members.keys.first(where: { !keys.contains($0) }) {
            throw CollectedSpan.Breach(description: "\(place) has the key \(stranger)")
        }
    }

    func has(_ key: String) -> Bool { members[key] != nil }

    func object(_ key: String, keys: Set<String>) throws -> OTLPObject {
        try OTLPObject(members[key] ?? .null, "\(place).\(key)", keys: keys)
    }

    /// A list that is left out is empty.
    func objects(_ key: String, keys: Set<String>) throws -> [OTLPObject] {
        guard let list = members[key] else { return [] }
        guard let elements = list.array, !elements.isEmpty || key == "attributes" else { throw breach(key, "no list") }
        return try elements.map { try OTLPObject($0, "\(place).\(key)", keys: keys) }
    }

    func text(_ key: String) throws -> String {
        guard let text = members[key]?.string, !text.isEmpty else { throw breach(key, "no text") }
        return text
    }

    func number(_ key: String) throws -> Int {
        guard let number = members[key]?.number?.int else { throw breach(key, "no number") }
        return number
    }

    /// A number of 64 bits, which is a text.
    func bigNumber(_ key: String) throws -> UInt64 {
        guard let number = UInt64(try text(key)) else { throw breach(key, "no number of 64 bits") }
        return number
    }

    func id(_ key: String, digits: Int) throws -> String {
        let id = try text(key)
        let isHex = id.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
        guard isHex, id.utf8.count == digits, id.contains(where: { $0 != "0" }) else {
            throw breach(key, "no id: \(id)")
        }
        return id
    }

    func attributes() throws -> [String: JSON] {
        var values: [String: JSON] = [:]
        for attribute in try objects("attributes", keys: ["key", "value"]) {
            let key = try attribute.text("key")
            let value = try attribute.object("value", keys: ["stringValue", "intValue", "boolValue"])
            guard value.members.count == 1, values[key] == nil else { throw breach(key, "no single value") }
            values[key] = try value.value()
        }
        return values
    }

    private func value() throws -> JSON {
        if has("intValue") {
            guard let number = Int(try text("intValue")) else { throw breach("intValue", "no number") }
            return .number(JSONNumber(number))
        }
        if let truth = members["boolValue"] {
            guard truth.bool != nil else { throw breach("boolValue", "neither true nor false") }
            return truth
        }
        guard let text = members["stringValue"], text.string != nil else { throw breach("stringValue", "no text") }
        return text
    }

    private func breach(_ key: String, _ what: String) -> CollectedSpan.Breach {
        CollectedSpan.Breach(description: "\(place).\(key) is \(what)")
    }
}
