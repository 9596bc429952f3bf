// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes

/// What a scheme finds in a request's headers, before anything is checked.
struct SignatureHeader {
    /// Candidates with their prefixes, at least one.
    let signatures: [Substring]
    /// The time stamp as received; empty where the scheme has none.
    let timestamp: String
    /// The time stamp read; `nil` where the scheme has none.
    let time: Timestamp?
    /// The message id as received; empty where the scheme has none.
    let id: String

    /// Reads the headers.
    ///
    /// - Parameters:
    ///   - scheme: Where to look.
    ///   - headers: The request's headers.
    /// - Throws: ``VerificationFailure`` for a header that is missing, doubled or malformed.
    init(_ scheme: some SignatureEnvelope, _ headers: HTTPFields) throws(VerificationFailure) {
        let lines = headers[values: scheme.header.field]
        guard !lines.isEmpty else { throw scheme.failure(.missingHeader("\(scheme.header)")) }
        signatures = try Self.signatures(scheme, lines)
        id = try scheme.id.map { name throws(VerificationFailure) in try Self.only(name, scheme, headers) } ?? ""
        guard let stamp = scheme.timestamp else {
            timestamp = ""
            time = nil
            return
        }
        let text: String
        switch stamp.carrier {
        case .header(let name): text = try Self.only(name, scheme, headers)
        case .pair(let name): text = try Self.pair(name, scheme, lines)
        }
        guard let time = stamp.unit.read(text) else {
            let name = stamp.headerName ?? scheme.header
            throw scheme.failure(.malformedHeader("\(name)", expected: "\(stamp.unit.digits) digits of Unix time"))
        }
        timestamp = text
        self.time = time
    }

    private static func signatures(
        _ scheme: some SignatureEnvelope,
        _ lines: [String]
    ) throws(VerificationFailure) -> [Substring] {
        if scheme.syntax != .repeated && lines.count > 1 {
            throw scheme.failure(.malformedHeader("\(scheme.header)", expected: "one line"))
        }
        let found: [Substring] = lines.flatMap { line in
            switch scheme.syntax {
            case .single: [line[...]]
            case .repeated: line.split(separator: ",").map(trimmed)
            case .pairs(let separator, let name): pairs(line, separator).filter { $0.name == name }.map(\.value)
            case .versions(let version):
                line.split(separator: " ").compactMap {
                    $0.hasPrefix(version + ",") ? $0.dropFirst(version.count + 1) : nil
                }
            }
        }
        guard !found.isEmpty else {
            throw scheme.failure(.malformedHeader("\(scheme.header)", expected: scheme.syntax.expectation))
        }
        return found
    }

    /// The one value of a header that must be there once.
    private static func only(
        _ name: HeaderName,
        _ scheme: some SignatureEnvelope,
        _ headers: HTTPFields
    ) throws(VerificationFailure) -> String {
        let values = headers[values: name.field]
        guard let value = values.first, !value.isEmpty else { throw scheme.failure(.missingHeader("\(name)")) }
        guard values.count == 1 else { throw scheme.failure(.malformedHeader("\(name)", expected: "one line")) }
        return value
    }

    /// The one value of a pair; two time stamps would leave open which one was signed.
    private static func pair(
        _ name: String,
        _ scheme: some SignatureEnvelope,
        _ lines: [String]
    ) throws(VerificationFailure) -> String {
        guard case .pairs(let separator, _) = scheme.syntax else { return "" }
        let values = lines.flatMap { pairs($0, separator) }.filter { $0.name == name }
        guard let value = values.first, values.count == 1 else {
            throw scheme.failure(.malformedHeader("\(scheme.header)", expected: "one '\(name)='"))
        }
        return String(value.value)
    }

    private static func pairs(_ line: String, _ separator: Character) -> [(name: Substring, value: Substring)] {
        line.split(separator: separator).compactMap { pair in
            let pair = trimmed(pair)
            guard let equals = pair.firstIndex(of: "=") else { return nil }
            return (pair[..<equals], pair[pair.index(after: equals)...])
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
