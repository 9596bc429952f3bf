// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation

/// Turns an XML document into an object.
///
/// The object has one member, named like the root element. An element with text alone becomes that text; others
/// become objects in which attributes have `@` in front, repeated children are arrays, and text beside either is
/// `#text`. `<order id="7"><line>a</line><line>b</line></order>` is
/// `{"order":{"@id":"7","line":["a","b"]}}`. Everything is text, prefixes of namespaces stay.
enum XMLBody {
    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: The body, in single bytes.
    ///   - contentType: The header's value, which may name the charset.
    /// - Returns: The object.
    /// - Throws: ``WebhookError`` with code `unreadableBody`; also for a document type declaration, without which
    ///   there are no entities to expand and nothing to load.
    static func object(of bytes: [UInt8], contentType: String? = nil) throws(WebhookError) -> JSON {
        guard !bytes.isEmpty else { throw BodyText.mistake("the body is empty; expected XML") }
        let names = [HeaderParameters.value(of: "charset", in: contentType), declaredEncoding(bytes)].compactMap(\.self)
        guard let text = BodyText.texts(of: [bytes], declared: names.compactMap(TextCharset.init))?[0] else {
            let found =
                names.isEmpty ? "it names no encoding" : "none that is known fits \(names.joined(separator: ", "))"
            throw BodyText.mistake("the XML is not UTF-8, and \(found)")
        }
        var reader = XMLReader(Array(text.utf8))
        return try reader.read()
    }

    /// What the XML declaration says; in every charset that is known here its letters are those of ASCII.
    private static func declaredEncoding(_ bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(256).filter { $0 < 0x80 }, as: UTF8.self)
        guard head.drop(while: \.isWhitespace).hasPrefix("<?xml"), let end = head.range(of: "?>"),
            let name = head[..<end.lowerBound].range(of: "encoding")
        else { return nil }
        let rest = head[name.upperBound..<end.lowerBound].drop { $0.isWhitespace || $0 == "=" }
        guard let quote = rest.first, quote == "\"" || quote == "'" else { return nil }
        return String(rest.dropFirst().prefix { $0 != quote })
    }
}
