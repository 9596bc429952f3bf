// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EmbeddedFiles

/// HTML's character references, `&amp;` and `&#039;`, read as browsers read them in text.
///
/// - SeeAlso: [HTML: character reference state](https://html.spec.whatwg.org/multipage/parsing.html#character-reference-state)
enum CharacterReferences {
    /// The text with the characters that its references stand for; what is no reference stays.
    ///
    /// It is read once: `&amp;lt;` becomes `&lt;`.
    static func decode(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "&"), let found = reference(in: bytes[(index + 1)...]) {
                result += found.text.utf8
                index += 1 + found.length
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// What the bytes after an ampersand stand for, and how many of them do.
    private static func reference(in bytes: ArraySlice<UInt8>) -> (text: String, length: Int)? {
        guard bytes.first == UInt8(ascii: "#") else { return named(bytes) }
        var digits = bytes.dropFirst()
        let isHex = digits.first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
        if isHex { digits = digits.dropFirst() }
        var value: UInt32 = 0
        var end = digits.startIndex
        while end < digits.endIndex, let digit = digit(digits[end], isHex: isHex) {
            value = min(value * (isHex ? 16 : 10) + digit, 0x110000)
            end += 1
        }
        guard end > digits.startIndex else { return nil }
        let length = end - bytes.startIndex
        let hasSemicolon = end < bytes.endIndex && bytes[end] == UInt8(ascii: ";")
        return (character(value), hasSemicolon ? length + 1 : length)
    }

    private static func digit(_ byte: UInt8, isHex: Bool) -> UInt32? {
        if SourceText.isDigit(byte) { return UInt32(byte - UInt8(ascii: "0")) }
        guard isHex, (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20) else { return nil }
        return UInt32((byte | 0x20) - UInt8(ascii: "a")) + 10
    }

    /// The character of a number; the numbers of Windows' code page that were never Unicode's mean what they meant there.
    private static func character(_ value: UInt32) -> String {
        let code = (0x80...0x9F).contains(value) ? windows[Int(value - 0x80)] : value
        guard code != 0, let scalar = Unicode.Scalar(code) else { return "\u{FFFD}" }
        return String(scalar)
    }

    /// Code page 1252 from 0x80 on; its gaps stay what they are.
    private static let windows: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D,
        0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153,
        0x9D,
        0x017E, 0x0178,
    ]

    // MARK: Names

    /// The longest name that the bytes begin with: `&notin;` is one, `&notit;` is `&not` and `it;`.
    private static func named(_ bytes: ArraySlice<UInt8>) -> (text: String, length: Int)? {
        var end = bytes.startIndex
        let limit = min(bytes.endIndex, bytes.startIndex + longest)
        while end < limit, SourceText.isWord(bytes[end]), bytes[end] != UInt8(ascii: "_") { end += 1 }
        if end < limit, bytes[end] == UInt8(ascii: ";") { end += 1 }
        while end > bytes.startIndex {
            if let text = names[Array(bytes[bytes.startIndex..<end])] { return (text, end - bytes.startIndex) }
            end -= 1
        }
        return nil
    }

    private static let longest = names.keys.map(\.count).max() ?? 0

    /// `Resources/entities.txt`: what each name stands for, with its semicolon where it needs one.
    private static let names: [[UInt8]: String] = {
        var names: [[UInt8]: String] = [:]
        for line in EmbeddedFiles.bytes("Sources/Liquid/Resources/entities.txt").split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " "))
            var text = ""
            for word in words.dropFirst() {
                let code = UInt32(String(decoding: word, as: UTF8.self), radix: 16)
                if let scalar = code.flatMap(Unicode.Scalar.init) { text.unicodeScalars.append(scalar) }
            }
            if let name = words.first { names[Array(name)] = text }
        }
        return names
    }()
}
