// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A template's source as bytes, with the small searches that scanning needs.
struct SourceText {
    let string: String
    let bytes: [UInt8]

    init(_ string: String) {
        self.string = string
        bytes = Array(string.utf8)
    }

    /// The byte at an offset; 0 past the end.
    func byte(_ offset: Int) -> UInt8 {
        offset < bytes.count ? bytes[offset] : 0
    }

    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    func find(_ text: StaticString, from start: Int) -> Int? {
        let needle = Array(text.description.utf8)
        var index = start
        while index + needle.count <= bytes.count {
            if bytes[index] == needle[0], bytes[index..<index + needle.count].elementsEqual(needle) { return index }
            index += 1
        }
        return nil
    }

    func trimmingStart(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        while start < range.upperBound, Self.isSpace(bytes[start]) { start += 1 }
        return start..<range.upperBound
    }

    func trimmingEnd(_ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, Self.isSpace(bytes[end - 1]) { end -= 1 }
        return range.lowerBound..<end
    }

    func trimming(_ range: Range<Int>) -> Range<Int> {
        trimmingEnd(trimmingStart(range))
    }

    /// The name in front of a tag's content (`#` for an inline comment) and the rest, trimmed.
    func splitTag(_ content: Range<Int>) -> (name: Range<Int>, markup: Range<Int>) {
        let content = trimming(content)
        var end = content.lowerBound
        if byte(end) == UInt8(ascii: "#"), end < content.upperBound {
            end += 1
        } else {
            while end < content.upperBound, Self.isWord(bytes[end]) { end += 1 }
        }
        return (content.lowerBound..<end, trimmingStart(end..<content.upperBound))
    }

    func error(_ message: String, code: LiquidError.Code = .syntax, at offset: Int) -> LiquidError {
        LiquidError(code, message).at(SourcePlace(of: offset, in: string))
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte) || byte == 0
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Letters, digits and the underscore of ASCII.
    static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
}
