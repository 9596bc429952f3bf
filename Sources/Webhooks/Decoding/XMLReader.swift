// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import OrderedCollections

/// Reads one XML document from its first to its last byte, and ends at the first mistake.
///
/// Every byte is looked at a bounded number of times, whatever the document holds: no part of it is read again when
/// more of it comes. Names are not checked against the lists of the standard, a document type is refused, and no
/// entities are known but the five that need none.
///
/// - SeeAlso: [XML 1.0](https://www.w3.org/TR/xml/)
struct XMLReader {
    static let maxDepth = 64
    /// Elements and attributes together.
    static let maxNodes = 50_000
    /// The most attributes of one element.
    static let maxAttributes = 256

    private var scanner: XMLScanner
    private var open: [OpenElement] = []
    private var root: JSON?
    private var nodes = 0

    /// A reader of a text in UTF-8.
    init(_ text: [UInt8]) {
        scanner = XMLScanner(text)
    }

    /// The document's object, with the root element as its one member.
    mutating func read() throws(WebhookError) -> JSON {
        try scanner.skipDeclaration()
        while !scanner.isAtEnd {
            if scanner.skip("<") { try readMarkup() } else { try readText() }
        }
        if let name = open.last?.name { throw scanner.mistake("the element \(BodyText.shown(name)) has no end") }
        guard let root else { throw scanner.mistake("there is no element") }
        return root
    }

    private mutating func readMarkup() throws(WebhookError) {
        if scanner.skip("!--") { return try scanner.skipComment() }
        if scanner.skip("![CDATA[") { return try append(scanner.text(until: "]]>", of: "a CDATA section")) }
        if scanner.skip("!") { throw scanner.unreadable("the XML has a document type declaration; none is taken") }
        if scanner.skip("?") { return try scanner.skipInstruction() }
        if scanner.skip("/") { return try readEnd() }
        try readStart()
    }

    private mutating func readText() throws(WebhookError) {
        let text = try scanner.characterData()
        guard open.isEmpty else { return try append(text) }
        guard text.allSatisfy({ XMLScanner.isSpace($0) }) else {
            throw scanner.mistake("text outside of the root element")
        }
    }

    private mutating func append(_ text: [UInt8]) throws(WebhookError) {
        guard !open.isEmpty else { throw scanner.mistake("text outside of the root element") }
        open[open.count - 1].text += text
    }

    private mutating func readStart() throws(WebhookError) {
        guard root == nil else { throw scanner.mistake("a second root element") }
        guard open.count < Self.maxDepth else {
            throw scanner.unreadable("the XML has more than \(Self.maxDepth) levels")
        }
        var element = OpenElement(name: try scanner.name())
        try count()
        var attributes: [String: JSON] = [:]
        while true {
            let isSpaced = scanner.skipSpaces()
            if scanner.skip(">") {
                element.members = Self.members(attributes)
                return open.append(element)
            }
            if scanner.skip("/>") {
                element.members = Self.members(attributes)
                return close(element)
            }
            guard isSpaced else { throw scanner.mistake("a character that ends no tag; expected '>' or an attribute") }
            let (name, value) = try scanner.attribute()
            guard attributes.updateValue(.string(value), forKey: name) == nil else {
                throw scanner.mistake("the attribute \(BodyText.shown(name)) twice")
            }
            guard attributes.count <= Self.maxAttributes else {
                throw scanner.unreadable("an element of the XML has more than \(Self.maxAttributes) attributes")
            }
            try count()
        }
    }

    private mutating func readEnd() throws(WebhookError) {
        let name = try scanner.name()
        _ = scanner.skipSpaces()
        guard scanner.skip(">") else { throw scanner.mistake("an end tag without '>'") }
        guard let element = open.popLast(), element.name == name else {
            throw scanner.mistake("the end of \(BodyText.shown(name)), which is not open")
        }
        close(element)
    }

    private mutating func close(_ element: OpenElement) {
        if open.isEmpty {
            root = .object([element.name: element.value])
        } else {
            open[open.count - 1].members[element.name, default: []].append(element.value)
        }
    }

    private mutating func count() throws(WebhookError) {
        nodes += 1
        guard nodes <= Self.maxNodes else {
            throw scanner.unreadable("the XML has more than \(Self.maxNodes) elements and attributes")
        }
    }

    private static func members(_ attributes: [String: JSON]) -> OrderedDictionary<String, [JSON]> {
        let pairs = attributes.sorted { $0.key < $1.key }.map { ("@" + $0.key, [$0.value]) }
        return OrderedDictionary(uniqueKeysWithValues: pairs)
    }
}

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

/// An element whose end has not come yet.
struct OpenElement {
    let name: String
    /// Attributes, then children, by name; several of one name in their order.
    var members: OrderedDictionary<String, [JSON]> = [:]
    var text: [UInt8] = []

    /// The element's value: its text where it has nothing else.
    var value: JSON {
        let text = String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if members.isEmpty { return .string(text) }
        var members = members.mapValues { $0.count == 1 ? $0[0] : .array($0) }
        if !text.isEmpty { members["#text"] = .string(text) }
        return .object(members)
    }
}
