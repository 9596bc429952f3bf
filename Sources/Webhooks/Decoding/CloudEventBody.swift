// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import HTTPTypes
internal import HTTPValues
internal import OrderedCollections

/// Reads the three forms in which CloudEvents travel over HTTP.
///
/// - SeeAlso: [HTTP protocol binding, section 3](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md)
enum CloudEventBody {
    private static let required = ["specversion", "id", "source", "type"]
    private static let prefix = "ce-"

    /// The event in its structured form, or the array of a batch.
    ///
    /// - Parameter request: The request; its content type says which form it has.
    /// - Returns: An object with the attributes and `data` or `data_base64`; a batch as it is.
    /// - Throws: ``JSONError`` or ``WebhookError`` when it is none.
    static func document(of request: InboundRequest) throws -> JSONDocument {
        let mediaType = BodyDecoding.mediaType(request.headers[.contentType])
        if mediaType.hasPrefix("application/cloudevents-batch") {
            return try BodyText.json(request.body, contentType: request.headers[.contentType])
        }
        if mediaType.hasPrefix("application/cloudevents") {
            let document = try BodyText.json(request.body, contentType: request.headers[.contentType])
            try check { document.root[FieldPath(steps: [$0])]?.string }
            return document
        }
        return try JSONDocument(binary(request, mediaType: mediaType).encoded())
    }

    private static func binary(_ request: InboundRequest, mediaType: String) throws -> JSON {
        var event: OrderedDictionary<String, JSON> = [:]
        for field in request.headers {
            let name = field.name.rawName.lowercased()
            guard name.hasPrefix(prefix), name != "ce-datacontenttype" else { continue }
            guard let value = decoded(field.value) else { throw mistake("the header \(name) is not UTF-8") }
            event[String(name.dropFirst(prefix.count))] = .string(value)
        }
        try check { event[$0]?.string }
        if let type = request.headers[.contentType] { event["datacontenttype"] = .string(type) }
        if request.body.isEmpty { return .object(event) }
        if mediaType.isEmpty || mediaType.hasSuffix("json") {
            event["data"] = try JSON(parsing: request.body)
        } else if mediaType.hasPrefix("text/"), let text = String(validating: request.body, as: UTF8.self) {
            event["data"] = .string(text)
        } else {
            event["data_base64"] = .string(Data(request.body).base64EncodedString())
        }
        return .object(event)
    }

    private static func check(_ attribute: (String) -> String?) throws(WebhookError) {
        for name in required where attribute(name)?.isEmpty ?? true {
            throw mistake("the CloudEvent's attribute \(name) is missing")
        }
        let version = attribute("specversion") ?? ""
        guard version == "1.0" || version == "0.3" else {
            throw mistake("the CloudEvent's specversion is '\(version.prefix(16))'; expected 1.0")
        }
    }

    /// Takes off quotes, then percent escapes, once each; `nil` for a lonely percent sign and for what is then no UTF-8.
    private static func decoded(_ value: String) -> String? {
        var text = value
        if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") {
            var isEscaped = false
            text = text.dropFirst().dropLast().reduce(into: "") { result, character in
                if character == "\\" && !isEscaped {
                    isEscaped = true
                } else {
                    result.append(character)
                    isEscaped = false
                }
            }
        }
        guard PercentEncoding.isSound(text) else { return nil }
        return String(validating: PercentEncoding.decode(Array(text.utf8)[...]), as: UTF8.self)
    }

    private static func mistake(_ reason: String) -> WebhookError {
        WebhookError(code: .unreadableBody, reason: reason)
    }
}

/// Where the time of an event is, and how it is written.
package struct EventTime: Hashable, Sendable {
    /// How a sender writes a time.
    package enum Format: Hashable, Sendable {
        /// Unix time in seconds or milliseconds, told apart by size; RFC 3339; or that without a zone, as UTC.
        case automatic
        /// Digits in a fixed order with a fixed zone, for `Foundation`'s date patterns.
        case pattern(String, zone: String)
    }

    package var place: Extraction
    package var format: Format = .automatic

    /// The sender does not say when.
    package static let none = EventTime(place: .none)

    /// Reads a time.
    ///
    /// - Parameter text: What stands at the place.
    /// - Returns: `nil` for what is no time, and for a time after the year 2286.
    func read(_ text: String) -> Timestamp? {
        switch format {
        case .automatic: Self.automatic(text)
        case .pattern(let pattern, let zone): Self.parse(text, pattern: pattern, zone: zone)
        }
    }

    private static func automatic(_ text: String) -> Timestamp? {
        if let number = ExactDecimal(text) {
            guard let whole = number.int ?? Double(text).flatMap({ Int(exactly: $0.rounded(.down)) }) else {
                return nil
            }
            // 10^11 seconds are in the year 5138 and 10^11 milliseconds in 1973: no webhook is older than that.
            if (0..<100_000_000_000).contains(whole) { return Timestamp(seconds: Int64(whole)) }
            guard (0..<10_000_000_000_000).contains(whole) else { return nil }
            return Timestamp(microseconds: Int64(whole) * 1_000)
        }
        // Xero writes a space for the T; it and WooCommerce's *_gmt leave out a zone where they mean UTC.
        let text = text.replacing(" ", with: "T", maxReplacements: 1)
        return Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "Z")
    }

    private static func parse(_ text: String, pattern: String, zone: String) -> Timestamp? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: zone)
        formatter.dateFormat = pattern
        return formatter.date(from: text).map(Timestamp.init)
    }
}
