// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
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
