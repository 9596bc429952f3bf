// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

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
