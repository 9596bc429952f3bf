// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Takes the small pieces of an XML text one after the other: names, attributes, text, and what is passed over.
struct XMLScanner {
    private let bytes: [UInt8]
    private var position: Int

    /// The longest reference that is read, such as `&#x10FFFF;`.
    private static let maxReference = 16
    private static let entities: [String: UInt8] = [
        "amp": UInt8(ascii: "&"), "lt": UInt8(ascii: "<"), "gt": UInt8(ascii: ">"), "quot": UInt8(ascii: "\""),
        "apos": UInt8(ascii: "'"),
    ]

    /// A scanner of a text in UTF-8; a byte order mark and white space in front are passed over.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        _ = skipSpaces()
    }

    var isAtEnd: Bool { position >= bytes.count }

    static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    // MARK: Mistakes

    /// Something that is no XML, here.
    func mistake(_ found: String) -> WebhookError {
        let place = TextPosition(offset: min(position, bytes.count), in: bytes[...])
        return BodyText.mistake("the XML is malformed at \(place): found \(found)")
    }

    /// Something that is XML and not read.
    func unreadable(_ reason: String) -> WebhookError { BodyText.mistake(reason) }

    // MARK: What is passed over

    /// Passes over a text that stands here.
    mutating func skip(_ text: StaticString) -> Bool {
        let isHere = bytes[position...].starts(with: Self.bytes(of: text))
        if isHere { position += text.utf8CodeUnitCount }
        return isHere
    }

    /// Passes over white space; says whether there was any.
    mutating func skipSpaces() -> Bool {
        let start = position
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
        return position > start
    }

    /// Passes over `<?xml … ?>`, which names the encoding that the text had before it became UTF-8.
    mutating func skipDeclaration() throws(WebhookError) {
        guard bytes[position...].starts(with: Self.bytes(of: "<?xml")), bytes.indices.contains(position + 5),
            Self.isSpace(bytes[position + 5])
        else { return }
        _ = try text(until: "?>", of: "the XML declaration")
    }

    /// Behind `<!--`: two hyphens end a comment, and nothing else may follow them.
    mutating func skipComment() throws(WebhookError) {
        _ = try text(until: "--", of: "a comment")
        guard skip(">") else { throw mistake("'--' inside a comment") }
    }

    /// Behind `<?`.
    mutating func skipInstruction() throws(WebhookError) {
        guard try name().lowercased() != "xml" else { throw mistake("an XML declaration that is not at the beginning") }
        _ = try text(until: "?>", of: "a processing instruction")
    }

    // MARK: What is taken

    /// A name; letters beyond ASCII are not told from other characters.
    mutating func name() throws(WebhookError) -> String {
        let start = position
        while position < bytes.count, Self.isName(bytes[position], isFirst: position == start) { position += 1 }
        guard position > start else { throw mistake("no name where there must be one") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// A name, an equals sign, and a quoted value.
    mutating func attribute() throws(WebhookError) -> (name: String, value: String) {
        let name = try name()
        _ = skipSpaces()
        guard skip("=") else { throw mistake("the attribute \(BodyText.shown(name)) without a value") }
        _ = skipSpaces()
        guard position < bytes.count, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[position]) else {
            throw mistake("the value of \(BodyText.shown(name)) without quotes")
        }
        let quote = bytes[position]
        position += 1
        var value: [UInt8] = []
        while position < bytes.count, bytes[position] != quote {
            guard bytes[position] != UInt8(ascii: "<") else { throw mistake("'<' in an attribute") }
            try takeCharacter(into: &value, isAttribute: true)
        }
        guard position < bytes.count else { throw mistake("the value of \(BodyText.shown(name)) without its end") }
        position += 1
        return (name, String(decoding: value, as: UTF8.self))
    }

    /// Text up to the next tag, with its references resolved.
    mutating func characterData() throws(WebhookError) -> [UInt8] {
        var text: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
            if bytes[position] == UInt8(ascii: "]"), bytes[position...].starts(with: Self.bytes(of: "]]>")) {
                throw mistake("']]>' in a text")
            }
            try takeCharacter(into: &text, isAttribute: false)
        }
        return text
    }

    /// Text as it stands, up to an end that is passed over.
    mutating func text(until end: StaticString, of what: String) throws(WebhookError) -> [UInt8] {
        var text: [UInt8] = []
        let last = Self.bytes(of: end)
        while position < bytes.count {
            if bytes[position] == last[0], skip(end) { return text }
            try takePlain(into: &text)
        }
        throw mistake("\(what) without its end")
    }

    private mutating func takeCharacter(into text: inout [UInt8], isAttribute: Bool) throws(WebhookError) {
        if bytes[position] == UInt8(ascii: "&") { return text += try reference() }
        let count = text.count
        try takePlain(into: &text)
        if isAttribute, text.count > count, Self.isSpace(text[count]) { text[count] = 0x20 }
    }

    /// A byte as it stands; line ends become LF, and what XML forbids is a mistake.
    private mutating func takePlain(into text: inout [UInt8]) throws(WebhookError) {
        let byte = bytes[position]
        guard byte >= 0x20 || Self.isSpace(byte) else { throw mistake("a control character") }
        position += 1
        if byte == 0x0D {
            if position < bytes.count, bytes[position] == 0x0A { position += 1 }
            text.append(0x0A)
        } else {
            text.append(byte)
        }
    }

    private mutating func reference() throws(WebhookError) -> [UInt8] {
        let rest = bytes[(position + 1)...].prefix(Self.maxReference)
        let expected = "a reference that is not known; expected &amp;, &lt;, &gt;, &quot;, &apos; or a number"
        guard let end = rest.firstIndex(of: UInt8(ascii: ";")) else { throw mistake(expected) }
        let name = String(decoding: rest[..<end], as: UTF8.self)
        let resolved = Self.entities[name].map { [$0] } ?? Self.character(name)
        guard let resolved else { throw mistake(expected) }
        position = end + 1
        return resolved
    }

    private static func character(_ name: String) -> [UInt8]? {
        guard name.hasPrefix("#") else { return nil }
        let isHex = name.hasPrefix("#x")
        let digits = name.dropFirst(isHex ? 2 : 1)
        guard digits.allSatisfy(\.isHexDigit), let number = UInt32(digits, radix: isHex ? 16 : 10),
            let scalar = Unicode.Scalar(number), number >= 0x20 || [9, 10, 13].contains(number)
        else { return nil }
        return Array(String(Character(scalar)).utf8)
    }

    private static func isName(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: ":"), 0x80...:
            true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): !isFirst
        default: false
        }
    }

    private static func bytes(of text: StaticString) -> [UInt8] { Array("\(text)".utf8) }
}
