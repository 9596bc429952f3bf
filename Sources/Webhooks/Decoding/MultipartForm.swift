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

/// Walks once over the parts of a multipart body.
///
/// Lines may end with LF alone, as some senders write them.
struct MultipartScanner {
    private let body: [UInt8]
    /// Two hyphens and the boundary.
    private let delimiter: [UInt8]
    private var position = 0
    /// Whether the closing delimiter was met.
    private(set) var isAtEnd = false

    private static let lf: UInt8 = 0x0A
    private static let cr: UInt8 = 0x0D

    init(_ body: [UInt8], boundary delimiter: [UInt8]) {
        self.body = body
        self.delimiter = delimiter
    }

    /// Goes behind the first delimiter.
    ///
    /// - Returns: Whether there is one.
    mutating func skipPreamble() -> Bool {
        guard let found = delimiterStart(from: 0) else { return false }
        return goBehindDelimiter(at: found)
    }

    /// The next part's headers and content, and goes behind the delimiter that ends it.
    ///
    /// - Parameter maxHeadBytes: More headers are none.
    /// - Returns: `nil` where the body ends before the part does.
    mutating func nextPart(maxHeadBytes: Int) -> (head: [UInt8], content: ArraySlice<UInt8>)? {
        guard let start = endOfHead(maxHeadBytes), let end = delimiterStart(from: start) else { return nil }
        let head = Array(body[position..<start])
        var last = end
        // The line end before a delimiter belongs to it.
        if last > start, body[last - 1] == Self.lf { last -= 1 }
        if last > start, body[last - 1] == Self.cr { last -= 1 }
        guard goBehindDelimiter(at: end) else { return nil }
        return (head, body[start..<last])
    }

    /// Behind the empty line that ends a part's headers.
    private func endOfHead(_ maxBytes: Int) -> Int? {
        var lineStart = position
        for index in position..<min(body.count, position + maxBytes) where body[index] == Self.lf {
            let line = body[lineStart..<index]
            if line.isEmpty || line.elementsEqual([Self.cr]) { return index + 1 }
            lineStart = index + 1
        }
        return nil
    }

    /// The next delimiter that begins a line and is no beginning of a longer word.
    private func delimiterStart(from start: Int) -> Int? {
        var index = start
        while index + delimiter.count <= body.count {
            if index == 0 || body[index - 1] == Self.lf, body[index] == delimiter[0], isDelimiter(at: index) {
                return index
            }
            index += 1
        }
        return nil
    }

    private func isDelimiter(at index: Int) -> Bool {
        let end = index + delimiter.count
        guard body[index..<end].elementsEqual(delimiter) else { return false }
        guard end < body.count else { return true }
        return [Self.lf, Self.cr, 0x20, 0x09].contains(body[end]) || body[end...].starts(with: Array("--".utf8))
    }

    private mutating func goBehindDelimiter(at start: Int) -> Bool {
        let end = start + delimiter.count
        isAtEnd = body[end...].starts(with: Array("--".utf8))
        if isAtEnd { return true }
        guard let lineEnd = body[end...].firstIndex(of: Self.lf) else { return false }
        position = lineEnd + 1
        return body[end..<lineEnd].allSatisfy { [0x20, 0x09, Self.cr].contains($0) }
    }
}

/// Reads the parameters behind a header's value, such as `charset` of a content type.
///
/// - SeeAlso: [RFC 9110, section 5.6.6](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.6)
enum HeaderParameters {
    /// The first parameter of that name, without quotes; `nil` when there is none, or it is empty.
    ///
    /// - Parameters:
    ///   - name: In lower case.
    ///   - header: The header's value.
    /// - Returns: The value.
    static func value(of name: String, in header: String?) -> String? {
        guard let header else { return nil }
        for part in parts(of: header).dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { continue }
            guard trimmed(part[..<equals]).lowercased() == name else { continue }
            let value = unquoted(trimmed(part[part.index(after: equals)...]))
            return value.isEmpty ? nil : value
        }
        return nil
    }

    /// What stands between the semicolons that are not quoted.
    private static func parts(of header: String) -> [Substring] {
        var parts: [Substring] = []
        var start = header.startIndex
        var isQuoted = false
        var isEscaped = false
        for index in header.indices {
            let character = header[index]
            if isEscaped {
                isEscaped = false
            } else if character == "\\", isQuoted {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == ";", !isQuoted {
                parts.append(header[start..<index])
                start = header.index(after: index)
            }
        }
        return parts + [header[start...]]
    }

    /// Browsers escape a quote as `%22`, others with a backslash.
    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return String(text) }
        return String(text.dropFirst().dropLast()).replacing(#"\""#, with: "\"").replacing("%22", with: "\"")
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
