// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import FoundationXML
internal import OrderedCollections

/// Turns an XML document into an object.
///
/// The object has one member, named like the root element. An element with text alone becomes that text; others
/// become objects in which attributes have `@` in front, repeated children are arrays, and text beside either is
/// `#text`. `<order id="7"><line>a</line><line>b</line></order>` is
/// `{"order":{"@id":"7","line":["a","b"]}}`. Everything is text, prefixes of namespaces stay.
enum XMLBody {
    private static let maxDepth = 64
    /// Elements and attributes together.
    private static let maxNodes = 50_000

    /// Reads a document.
    ///
    /// - Parameter bytes: The body.
    /// - Returns: The object.
    /// - Throws: ``WebhookError`` with code `unreadableBody`; also for a document type declaration, without which
    ///   there are no entities to expand and nothing to load.
    static func object(of bytes: [UInt8]) throws(WebhookError) -> JSON {
        // In UTF-8, and in the encodings that keep ASCII as it is, a declaration cannot hide from this search.
        guard let text = String(validating: bytes, as: UTF8.self) ?? latin(bytes), !text.contains("\0") else {
            throw mistake("the XML is neither UTF-8 nor ISO-8859-1")
        }
        guard !text.contains("<!DOCTYPE") else {
            throw mistake("the XML has a document type declaration; none is taken")
        }
        // Parsed is our own reading of the bytes, so that no other encoding's `<!DOCTYPE` comes up later.
        let builder = Builder(maxDepth: maxDepth, maxNodes: maxNodes)
        let parser = XMLParser(data: Data(withoutDeclaration(text).utf8))
        parser.shouldResolveExternalEntities = false
        parser.delegate = builder
        // On Linux `parse` also says true for a document that ends too early or goes on: its error tells.
        let isRead = parser.parse() && parser.parserError == nil
        if let excess = builder.excess { throw mistake(excess) }
        guard isRead, let root = builder.root else {
            throw mistake("the XML is malformed at line \(parser.lineNumber)")
        }
        return root
    }

    /// The text when the declaration says that it is ISO-8859-1.
    private static func latin(_ bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(128).filter { $0 < 0x80 }, as: UTF8.self).lowercased()
        guard head.hasPrefix("<?xml"), head.contains("iso-8859-1") else { return nil }
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// Without `<?xml … ?>`, which names the encoding that the text had before it became UTF-8.
    private static func withoutDeclaration(_ text: String) -> Substring {
        let text = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        guard text.hasPrefix("<?xml"), let end = text.range(of: "?>") else { return text }
        return text[end.upperBound...]
    }

    private static func mistake(_ reason: String) -> WebhookError {
        WebhookError(code: .unreadableBody, reason: reason)
    }
}

/// Builds the object while the parser walks; only ever used by the thread that called the parser.
private final class Builder: NSObject, XMLParserDelegate {
    private struct Element {
        let name: String
        /// Attributes, then children, by name; several of one name in their order.
        var members: OrderedDictionary<String, [JSON]>
        var text = ""

        /// The element's value: its text where it has nothing else.
        var value: JSON {
            let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
            if members.isEmpty { return .string(text) }
            var members = members.mapValues { $0.count == 1 ? $0[0] : .array($0) }
            if !text.isEmpty { members["#text"] = .string(text) }
            return .object(members)
        }
    }

    private let maxDepth: Int
    private let maxNodes: Int
    private var nodes = 0
    private var open: [Element] = []
    private(set) var root: JSON?
    /// What there is too much of.
    private(set) var excess: String?

    init(maxDepth: Int, maxNodes: Int) {
        self.maxDepth = maxDepth
        self.maxNodes = maxNodes
    }

    func parser(
        _ parser: XMLParser,
        didStartElement elementName: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        nodes += 1 + attributes.count
        if nodes > maxNodes { excess = "the XML has more than \(maxNodes) elements and attributes" }
        if open.count >= maxDepth { excess = "the XML has more than \(maxDepth) levels" }
        guard excess == nil else { return parser.abortParsing() }
        let pairs = attributes.sorted { $0.key < $1.key }.map { ("@" + $0.key, [JSON.string($0.value)]) }
        open.append(Element(name: elementName, members: OrderedDictionary(uniqueKeysWithValues: pairs)))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += string
    }

    func parser(_ parser: XMLParser, foundCDATA data: Data) {
        self.parser(parser, foundCharacters: String(decoding: data, as: UTF8.self))
    }

    func parser(_ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?) {
        guard let element = open.popLast() else { return }
        if open.isEmpty {
            root = .object([element.name: element.value])
        } else {
            open[open.count - 1].members[element.name, default: []].append(element.value)
        }
    }
}
