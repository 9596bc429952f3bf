// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// The fields of a `multipart/form-data` body; of files only what they are called and how large they are.
///
/// - SeeAlso: [RFC 7578](https://www.rfc-editor.org/rfc/rfc7578)
struct MultipartForm {
    static let mediaType = "multipart/form-data"
    /// The most bytes of one part's own headers.
    private static let maxHeadBytes = 8_192

    /// Fields without a file name.
    private(set) var fields: [FormFields.Raw] = []
    /// Files: `{"filename": …, "content_type": …, "size": …}` by the field's name.
    private(set) var files: [(name: String, value: JSON)] = []

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - contentType: The header's value, which names the boundary.
    /// - Throws: ``WebhookError`` for a body that is none, or has more parts than a form may have fields.
    init(_ body: [UInt8], contentType: String?) throws(WebhookError) {
        guard let boundary = HeaderParameters.value(of: "boundary", in: contentType), boundary.utf8.count <= 70 else {
            throw Self.mistake("Content-Type names no boundary of at most 70 characters")
        }
        var scanner = MultipartScanner(body, boundary: Array("--\(boundary)".utf8))
        guard scanner.skipPreamble() else { throw Self.mistake("its boundary is nowhere in it") }
        while !scanner.isAtEnd {
            guard fields.count + files.count < FormFields.maxFields else { throw FormBody.tooMany }
            guard let part = scanner.nextPart(maxHeadBytes: Self.maxHeadBytes) else {
                throw Self.mistake("it ends, or goes wrong, inside its part \(fields.count + files.count + 1)")
            }
            try add(head: part.head, content: part.content)
        }
    }

    private mutating func add(head: [UInt8], content: ArraySlice<UInt8>) throws(WebhookError) {
        guard let text = BodyText.texts(of: [head], declared: [])?[0] else {
            throw Self.mistake("the headers of its part \(fields.count + files.count + 1) are not UTF-8")
        }
        let headers = Self.headers(text)
        let disposition = headers["content-disposition"]
        guard let name = HeaderParameters.value(of: "name", in: disposition) else {
            throw Self.mistake("its part \(fields.count + files.count + 1) has no name in Content-Disposition")
        }
        let coding = headers["content-transfer-encoding"]?.lowercased() ?? "binary"
        guard ["binary", "8bit", "7bit"].contains(coding) else {
            throw Self.mistake("its field \(BodyText.shown(name)) has the transfer encoding \(BodyText.shown(coding))")
        }
        if let file = HeaderParameters.value(of: "filename", in: disposition) {
            files.append((name, Self.file(file, type: headers["content-type"], size: content.count)))
        } else {
            fields.append(try Self.field(name, Array(content), type: headers["content-type"]))
        }
    }

    /// A field; in UTF-8 where its own part names another charset.
    private static func field(_ name: String, _ value: [UInt8], type: String?) throws(WebhookError) -> FormFields.Raw {
        guard let label = HeaderParameters.value(of: "charset", in: type) else {
            return FormFields.Raw(name: Array(name.utf8), value: value)
        }
        guard let charset = TextCharset(label), let text = BodyText.texts(of: [value], declared: [charset])?[0] else {
            throw mistake("its field \(BodyText.shown(name)) is not in the charset \(BodyText.shown(label))")
        }
        return FormFields.Raw(name: Array(name.utf8), value: Array(text.utf8))
    }

    private static func file(_ name: String, type: String?, size: Int) -> JSON {
        [
            "filename": .string(name), "content_type": type.map(JSON.string) ?? .null,
            "size": .number(JSONNumber(size)),
        ]
    }

    private static func headers(_ head: String) -> [String: String] {
        var headers: [String: String] = [:]
        for line in head.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
            headers[line[..<colon].lowercased()] = String(value)
        }
        return headers
    }

    private static func mistake(_ reason: String) -> WebhookError {
        BodyText.mistake("the multipart body cannot be read: \(reason)")
    }
}
