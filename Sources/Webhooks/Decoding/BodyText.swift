// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation

/// Makes text of a body's bytes, or says why that cannot be done; never by guessing a letter.
enum BodyText {
    /// UTF-16 or UTF-32, as the first bytes of a text tell it.
    ///
    /// - SeeAlso: [RFC 4627, section 3](https://www.rfc-editor.org/rfc/rfc4627#section-3): the pattern of zero bytes
    struct Wide {
        let name: String
        fileprivate let width: Int
        fileprivate let isLittle: Bool
        fileprivate let mark: Int

        /// `nil` for a text in single bytes.
        init?(_ bytes: [UInt8]) {
            guard bytes.count > 1, Self.isOfMark(bytes[0]) || Self.isOfMark(bytes[1]) else { return nil }
            let head = Array(bytes.prefix(4))
            let zeros = head.map { $0 == 0 }
            switch true {
            case head == [0, 0, 0xFE, 0xFF]: self.init("UTF-32", width: 4, isLittle: false, mark: 4)
            case head == [0xFF, 0xFE, 0, 0]: self.init("UTF-32", width: 4, isLittle: true, mark: 4)
            case head.starts(with: [0xFE, 0xFF]): self.init("UTF-16", width: 2, isLittle: false, mark: 2)
            case head.starts(with: [0xFF, 0xFE]): self.init("UTF-16", width: 2, isLittle: true, mark: 2)
            case zeros == [true, true, true, false]: self.init("UTF-32", width: 4, isLittle: false, mark: 0)
            case zeros == [false, true, true, true]: self.init("UTF-32", width: 4, isLittle: true, mark: 0)
            case zeros.starts(with: [true, false]): self.init("UTF-16", width: 2, isLittle: false, mark: 0)
            case zeros.starts(with: [false, true]): self.init("UTF-16", width: 2, isLittle: true, mark: 0)
            default: return nil
            }
        }

        /// Whether a byte can be one of the first two of such a text: no UTF-8 has it there.
        private static func isOfMark(_ byte: UInt8) -> Bool { byte == 0 || byte >= 0xFE }

        private init(_ name: String, width: Int, isLittle: Bool, mark: Int) {
            self.name = name
            self.width = width
            self.isLittle = isLittle
            self.mark = mark
        }

        /// The text; `nil` for half a character, and for a surrogate without its other half.
        fileprivate func text(of bytes: [UInt8]) -> String? {
            guard (bytes.count - mark).isMultiple(of: width) else { return nil }
            let units = stride(from: mark, to: bytes.count, by: width).map { start in
                let unit = bytes[start..<(start + width)]
                return (isLittle ? Array(unit.reversed()) : Array(unit)).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            }
            guard width == 2 else { return String(validating: units, as: UTF32.self) }
            return String(validating: units.map { UInt16(truncatingIfNeeded: $0) }, as: UTF16.self)
        }
    }

    /// The body with every ASCII character in a single byte: UTF-16 and UTF-32 become UTF-8.
    ///
    /// - Parameter body: As received.
    /// - Returns: The same bytes where they are no such text.
    /// - Throws: ``WebhookError`` when it begins like such a text and is none.
    static func narrow(_ body: [UInt8]) throws(WebhookError) -> [UInt8] {
        guard let wide = Wide(body) else { return body }
        guard let text = wide.text(of: body) else {
            throw mistake("the body begins like \(wide.name) and is none; expected UTF-8")
        }
        return Array(text.utf8)
    }

    /// Reads JSON in UTF-8, UTF-16, UTF-32, or the charset that the content type names.
    ///
    /// - Parameters:
    ///   - body: As received.
    ///   - contentType: The header's value.
    /// - Returns: The document, in UTF-8.
    /// - Throws: ``JSONError`` or ``WebhookError``.
    static func json(_ body: [UInt8], contentType: String?) throws -> JSONDocument {
        guard !body.isEmpty else { throw mistake("the body is empty; expected JSON") }
        let text = try narrow(body)
        // Not by catching: the compiler of Swift 6.3.1 crashes on a typed `catch … where` here.
        switch Result(catching: { () throws(JSONError) in try JSONDocument(text) }) {
        case .success(let document): return document
        case .failure(let mistake):
            guard mistake.reason == .invalidUTF8 else { throw mistake }
            return try JSONDocument(decoded(text, mistake, contentType: contentType))
        }
    }

    /// The text of JSON that is not UTF-8, in UTF-8.
    private static func decoded(
        _ text: [UInt8],
        _ found: JSONError,
        contentType: String?
    ) throws(WebhookError) -> [UInt8] {
        guard let name = HeaderParameters.value(of: "charset", in: contentType) else {
            throw mistake("\(found); expected UTF-8, or the charset's name in Content-Type")
        }
        guard let charset = TextCharset(name), charset != .utf8, let decoded = charset.text(of: text) else {
            throw mistake("\(found), and the body is not in the charset \(shown(name)) of Content-Type; expected UTF-8")
        }
        return Array(decoded.utf8)
    }

    /// Decodes pieces of one text, all in the same charset.
    ///
    /// - Parameters:
    ///   - pieces: The bytes of each.
    ///   - declared: What the sender says that they are in, the best word first; UTF-8 where none fits.
    /// - Returns: `nil` when no charset fits all of them.
    static func texts(of pieces: [[UInt8]], declared: [TextCharset]) -> [String]? {
        let plain = texts(of: pieces, in: .utf8)
        for charset in declared {
            if let plain, charset.isLatin || charset == .utf8 { return plain }
            if let found = texts(of: pieces, in: charset) { return found }
        }
        return plain
    }

    private static func texts(of pieces: [[UInt8]], in charset: TextCharset) -> [String]? {
        var texts: [String] = []
        texts.reserveCapacity(pieces.count)
        for piece in pieces {
            guard let text = charset.text(of: piece) else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// A sender's word, short enough for a message.
    static func shown(_ word: String) -> String { "'\(word.prefix(32))'" }

    static func mistake(_ reason: String) -> WebhookError {
        WebhookError(code: .unreadableBody, reason: reason)
    }
}

/// A way to write text as bytes that a sender may name instead of UTF-8.
///
/// Names are read as browsers read them: `ISO-8859-1` means windows-1252, which only adds to it.
///
/// - SeeAlso: [Encoding Standard, section 4.2](https://encoding.spec.whatwg.org/#names-and-labels)
struct TextCharset: Hashable, Sendable {
    private let encoding: UInt
    /// Whether it writes Western letters in single bytes, so that what is UTF-8 too is meant as UTF-8: as Latin text it
    /// would be rows of odd signs, such as `Ã©`.
    let isLatin: Bool

    /// UTF-8, under which ASCII counts, too.
    static let utf8 = TextCharset(encoding: String.Encoding.utf8.rawValue, isLatin: false)

    private init(encoding: UInt, isLatin: Bool) {
        self.encoding = encoding
        self.isLatin = isLatin
    }

    /// The charset of that name; `nil` for one that is not known here.
    ///
    /// - Parameter name: Such as `Windows-1252`, in any case.
    init?(_ name: String) {
        let label = name.trimmingCharacters(in: .whitespacesAndNewlines.union(["\"", "'"])).lowercased()
        guard let encoding = Self.encodings[label.replacing("_", with: "-")] else { return nil }
        self.init(encoding: encoding, isLatin: [Self.windows1252, Self.latin9].contains(encoding))
    }

    /// The text; `nil` when the bytes are none of this charset.
    ///
    /// - Parameter bytes: The text's bytes.
    /// - Returns: The text, without replacement characters.
    func text(of bytes: some Collection<UInt8>) -> String? {
        if self == .utf8 { return String(validating: bytes, as: UTF8.self) }
        return String(bytes: bytes, encoding: String.Encoding(rawValue: encoding))
    }

    private static let windows1252 = String.Encoding.windowsCP1252.rawValue
    private static let latin9: UInt = 0x8000_020F

    /// Encodings of Foundation by the names in use; numbers with the highest bit are those of Core Foundation.
    private static let encodings: [String: UInt] = {
        let names: [UInt: String] = [
            String.Encoding.utf8.rawValue: "utf-8 utf8 us-ascii ascii",
            windows1252: "windows-1252 cp1252 iso-8859-1 iso8859-1 latin1",
            latin9: "iso-8859-15 latin9",
            String.Encoding.isoLatin2.rawValue: "iso-8859-2 latin2",
            String.Encoding.windowsCP1250.rawValue: "windows-1250 cp1250",
            String.Encoding.windowsCP1251.rawValue: "windows-1251 cp1251",
            String.Encoding.windowsCP1253.rawValue: "windows-1253 cp1253",
            String.Encoding.windowsCP1254.rawValue: "windows-1254 cp1254 iso-8859-9 latin5",
            0x8000_0205: "iso-8859-5", 0x8000_0207: "iso-8859-7", 0x8000_0A02: "koi8-r",
            0x8000_0505: "windows-1255 cp1255", 0x8000_0506: "windows-1256 cp1256",
            0x8000_0507: "windows-1257 cp1257", 0x8000_0508: "windows-1258 cp1258",
            0x8000_041D: "windows-874 tis-620 iso-8859-11",
            0x8000_0420: "shift-jis sjis windows-31j ms932 cp932",
            String.Encoding.iso2022JP.rawValue: "iso-2022-jp",
            0x8000_0632: "gb18030 gbk gb2312", 0x8000_0A03: "big5", 0x8000_0422: "euc-kr ks-c-5601-1987 cp949",
        ]
        let pairs = names.flatMap { encoding, labels in labels.split(separator: " ").map { (String($0), encoding) } }
        return Dictionary(pairs) { first, _ in first }
    }()
}
