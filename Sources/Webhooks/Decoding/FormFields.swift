// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The fields of an `application/x-www-form-urlencoded` text or of a query, in their order.
///
/// `+` is a space; a percent sign without two hex digits stands for itself; bytes that are not UTF-8 become U+FFFD.
///
/// - SeeAlso: [URL Standard, section 5.1](https://url.spec.whatwg.org/#urlencoded-parsing)
struct FormFields: Sequence {
    /// One field, decoded.
    struct Field: Hashable {
        let name: String
        let value: String
    }

    /// The most fields that are read: the largest forms of senders have some dozens.
    static let maxFields = 1_000

    /// What RFC 3986 lets stand unescaped anywhere.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )

    private let fields: [Field]
    /// Whether there are more fields than ``maxFields``; those beyond are not here.
    let isCut: Bool

    /// Decodes a form.
    ///
    /// - Parameter bytes: The body, or what follows the question mark.
    init(decoding bytes: [UInt8]) {
        let pairs = bytes.split(separator: UInt8(ascii: "&"), maxSplits: Self.maxFields)
        isCut = pairs.count > Self.maxFields
        fields = pairs.prefix(Self.maxFields).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return Field(
                name: Self.decode(parts[0]),
                value: parts.count > 1 ? Self.decode(parts[1]) : ""
            )
        }
    }

    /// A form of these fields.
    ///
    /// - Parameter fields: In their order.
    init(_ fields: [Field]) {
        self.fields = fields
        isCut = false
    }

    /// The fields by name; of repeated ones the last.
    var lastValues: [String: String] {
        Dictionary(fields.map { ($0.name, $0.value) }) { $1 }
    }

    /// The form as a body, in the same order.
    var encoded: [UInt8] {
        Array(fields.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&").utf8)
    }

    /// The form with one field set, at its end.
    ///
    /// - Parameters:
    ///   - name: The field.
    ///   - value: Its only value.
    /// - Returns: The changed form.
    func replacing(_ name: String, with value: String) -> FormFields {
        FormFields(fields.filter { $0.name != name } + [Field(name: name, value: value)])
    }

    func makeIterator() -> [Field].Iterator { fields.makeIterator() }

    private static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static func decode(_ text: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var position = text.startIndex
        while position < text.endIndex {
            let byte = text[position]
            if byte == UInt8(ascii: "%"), let decoded = escape(text[(position + 1)...].prefix(2)) {
                bytes.append(decoded)
                position += 3
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                position += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func escape(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 2, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else {
            return nil
        }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
