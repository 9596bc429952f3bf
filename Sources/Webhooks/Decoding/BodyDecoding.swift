// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues

/// How a sender's body becomes a JSON payload.
package struct BodyDecoding: Hashable, Sendable {
    /// One way to read a body.
    package enum Format: Hashable, Sendable {
        /// A JSON text.
        case json
        /// A form, URL-encoded or multipart; ``FormBody`` says which object it becomes.
        case form
        /// A form with one field that holds a JSON text.
        case formField(String)
        /// An XML document; ``XMLBody`` says which object it becomes.
        case xml
        /// Any of the three forms of a CloudEvent; the payload is the event in its structured form.
        case cloudEvent
    }

    /// What is tried when the content type says nothing that is listed.
    package var standard: Format
    /// Formats by media type in lower case, for senders that use several.
    package var byMediaType: [String: Format] = [:]
    /// Whether the body's first character wins over a content type that is missing or says otherwise.
    package var looksAtBody = false
    /// Whether a form is URL-encoded UTF-8 whatever its content type says.
    ///
    /// For senders whose signature was checked over the fields, read so: another reading could find what nobody signed.
    package var isStrict = false

    /// JSON whatever the content type says: many senders leave it out or say something else.
    package static let json = BodyDecoding(standard: .json)

    /// A form whatever the content type says.
    package static let form = BodyDecoding(standard: .form)

    /// JSON, a form or XML, as the body itself shows.
    package static let any = BodyDecoding(
        standard: .json,
        byMediaType: [formType: .form, MultipartForm.mediaType: .form],
        looksAtBody: true
    )

    /// The same decoding with ``isStrict``.
    static func strictly(_ decoding: BodyDecoding) -> BodyDecoding {
        var decoding = decoding
        decoding.isStrict = true
        return decoding
    }

    private static let formType = "application/x-www-form-urlencoded"

    /// Whether the sender posts forms as a rule.
    var isForm: Bool { standard == .form }

    /// Whether a body is a form: announced as one, and not the JSON that some senders announce so.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - contentType: The header's value.
    /// - Returns: Whether its fields, and not its bytes, count.
    static func isForm(_ body: [UInt8], contentType: String?) -> Bool {
        mediaType(contentType) == formType && shape(of: body) == nil
    }

    /// Reads a body whose signature is good.
    ///
    /// - Parameter request: The request.
    /// - Returns: The payload.
    /// - Throws: ``WebhookError`` with code `unreadableBody` when it cannot be read.
    func decode(_ request: InboundRequest) throws(WebhookError) -> JSONDocument {
        let contentType = request.headers.value(of: .contentType)
        do {
            if standard == .cloudEvent { return try CloudEventBody.document(of: request) }
            let body = isStrict ? request.body : try BodyText.narrow(request.body)
            // As a form it would be an event without fields, which no rule matches and nobody hears of.
            let format = format(for: contentType, body)
            guard body.contains(where: { !Self.isBlank($0) }) else {
                throw BodyText.mistake("the body is empty; expected \(format.noun)")
            }
            switch format {
            case .json, .cloudEvent: return try BodyText.json(body, contentType: isStrict ? nil : contentType)
            case .form:
                let form = try FormBody(body, contentType: contentType, isStrict: isStrict)
                return try JSONDocument(form.object.encoded())
            case .formField(let name):
                let form = try FormBody(body, contentType: contentType, isStrict: isStrict)
                guard let text = form.text(of: name), !text.isEmpty else {
                    throw BodyText.mistake("the form has no field '\(name)', or nothing in it; expected JSON there")
                }
                return try JSONDocument(Array(text.utf8))
            case .xml: return try JSONDocument(XMLBody.object(of: body, contentType: contentType).encoded())
            }
        } catch let error as WebhookError {
            throw error
        } catch {
            throw WebhookError(code: .unreadableBody, reason: "\(error)")
        }
    }

    private func format(for contentType: String?, _ body: [UInt8]) -> Format {
        if looksAtBody, let shape = Self.shape(of: body) { return shape }
        if byMediaType.isEmpty { return standard }
        let mediaType = Self.mediaType(contentType)
        if let format = byMediaType[mediaType] { return format }
        // No announced type and no JSON or XML: of what senders post, only a form looks like that.
        return looksAtBody && mediaType.isEmpty && body.contains(UInt8(ascii: "=")) ? .form : standard
    }

    /// What the first character that is no white space says; `nil` when it could be a form's.
    static func shape(of body: [UInt8]) -> Format? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = body.first == mark[0] && body.starts(with: mark) ? body.dropFirst(mark.count) : body[...]
        return switch text.first(where: { !isBlank($0) }) {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""): .json
        case UInt8(ascii: "<"): .xml
        default: nil
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// The type without its parameters, in lower case.
    static func mediaType(_ contentType: String?) -> String {
        (contentType ?? "").prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
    }
}

extension BodyDecoding: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        let others = byMediaType.sorted { $0.key < $1.key }.map { "\($0.value) for \($0.key)" }
        let list = ([standard.description] + others).joined(separator: "; ")
        return looksAtBody ? list + "; what the body looks like wins" : list
    }
}

extension BodyDecoding.Format {
    /// What a body is expected to be.
    fileprivate var noun: String {
        switch self {
        case .json, .cloudEvent: "JSON"
        case .form, .formField: "a form"
        case .xml: "XML"
        }
    }
}

extension BodyDecoding.Format: CustomStringConvertible {
    /// A word or two for people.
    package var description: String {
        switch self {
        case .json: "JSON"
        case .form: "form"
        case .formField(let name): "JSON in the form's field \(name)"
        case .xml: "XML"
        case .cloudEvent: "CloudEvents, structured, binary or batch"
        }
    }
}
