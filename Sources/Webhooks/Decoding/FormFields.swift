// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import HTTPValues

/// The fields of an `application/x-www-form-urlencoded` text or of a query, in their order.
///
/// `+` is a space; a percent sign without two hex digits stands for itself; bytes that are not UTF-8 become U+FFFD, which
/// only those see who compare with what was signed. A byte order mark in front belongs to no name.
///
/// - SeeAlso: [URL Standard, section 5.1](https://url.spec.whatwg.org/#urlencoded-parsing)
struct FormFields: Sequence {
    /// One field without percent escapes, in the charset of its sender.
    struct Raw: Hashable {
        let name: [UInt8]
        let value: [UInt8]
    }

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
        let raw = Self.raw(bytes)
        isCut = raw.isCut
        fields = raw.fields.map { field in
            Field(
                name: String(decoding: field.name, as: UTF8.self),
                value: String(decoding: field.value, as: UTF8.self)
            )
        }
    }

    /// The fields of a form in the charset of its sender.
    ///
    /// - Parameter bytes: The body.
    /// - Returns: At most ``maxFields``, and whether there are more.
    static func raw(_ bytes: [UInt8]) -> (fields: [Raw], isCut: Bool) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        let pairs = text.split(separator: UInt8(ascii: "&"), maxSplits: maxFields)
        let fields = pairs.prefix(maxFields).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return Raw(name: decode(parts[0]), value: parts.count > 1 ? decode(parts[1]) : [])
        }
        return (fields, pairs.count > maxFields)
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

    private static func decode(_ text: ArraySlice<UInt8>) -> [UInt8] {
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
        return bytes
    }

    private static func escape(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 2, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else {
            return nil
        }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}

extension InboundRequest {
    /// The query's first value of that name, decoded; `nil` when there is none.
    ///
    /// - Parameter name: The parameter's decoded name.
    /// - Returns: The decoded value.
    package func query(_ name: String) -> String? {
        guard let mark = target.firstIndex(of: "?") else { return nil }
        let query = target[target.index(after: mark)...].prefix { $0 != "#" }
        return FormFields(decoding: Array(query.utf8)).first { $0.name == name }?.value
    }
}
