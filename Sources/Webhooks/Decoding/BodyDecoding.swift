// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

/// How a sender's body becomes a JSON payload.
package struct BodyDecoding: Hashable, Sendable {
    /// One way to read a body.
    package enum Format: Hashable, Sendable {
        /// A JSON text.
        case json
        /// A form; the payload is an object of strings, of repeated fields the last.
        case form
        /// A form with one field that holds a JSON text.
        case formField(String)
    }

    /// What is tried when the content type says nothing that is listed.
    package var standard: Format
    /// Formats by media type in lower case, for senders that use several.
    package var byMediaType: [String: Format] = [:]

    /// JSON whatever the content type says: many senders leave it out or say something else.
    package static let json = BodyDecoding(standard: .json)

    /// Whether the sender posts forms as a rule.
    var isForm: Bool { standard != .json }

    /// Reads a body whose signature is good.
    ///
    /// - Parameters:
    ///   - body: The body as received.
    ///   - contentType: The header's value.
    /// - Returns: The payload.
    /// - Throws: ``JSONError`` when it cannot be read.
    func decode(_ body: [UInt8], contentType: String?) throws(JSONError) -> JSONDocument {
        switch format(for: contentType) {
        case .json: return try JSONDocument(body)
        case .form:
            let pairs = FormFields(decoding: body).map { ($0.name, JSON.string($0.value)) }
            return try JSONDocument(JSON.object(OrderedDictionary(pairs) { $1 }).encoded())
        case .formField(let name):
            let field = FormFields(decoding: body).first { $0.name == name }
            return try JSONDocument(Array((field?.value ?? "").utf8))
        }
    }

    private func format(for contentType: String?) -> Format {
        guard let contentType, !byMediaType.isEmpty else { return standard }
        let mediaType = contentType.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        return byMediaType[mediaType] ?? standard
    }
}
