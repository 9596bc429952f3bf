// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The escapes of JSON strings, both ways (RFC 8259, section 7).
package enum JSONEscapes {
    /// Decodes the inside of a string whose escapes were checked by the parser; a lone surrogate becomes U+FFFD.
    static func decode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                output.append(byte)
                continue
            }
            if escape == UInt8(ascii: "u") {
                output.append(contentsOf: Array(String(scalar(&rest)).utf8))
            } else {
                output.append(short[escape] ?? escape)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Appends a string with its quotes; control characters, quotes and backslashes are escaped, nothing else.
    ///
    /// - Parameters:
    ///   - string: Any text.
    ///   - output: Where it is put behind what is there.
    package static func encode(_ string: String, into output: inout [UInt8]) {
        var string = string
        output.append(UInt8(ascii: "\""))
        string.withUTF8 { bytes in
            var start = 0
            for position in bytes.indices {
                let byte = unsafe bytes[position]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<position]))
                output += escape(of: byte)
                start = position + 1
            }
            unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func escape(of byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
        case 0x08: [UInt8(ascii: "\\"), UInt8(ascii: "b")]
        case 0x09: [UInt8(ascii: "\\"), UInt8(ascii: "t")]
        case 0x0A: [UInt8(ascii: "\\"), UInt8(ascii: "n")]
        case 0x0C: [UInt8(ascii: "\\"), UInt8(ascii: "f")]
        case 0x0D: [UInt8(ascii: "\\"), UInt8(ascii: "r")]
        default: Array("\\u00".utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        }
    }

    private static let hex = Array("0123456789abcdef".utf8)

    private static let short: [UInt8: UInt8] = [
        UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
        UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    ]

    /// Reads the four digits after `\u`, and the second half of a surrogate pair when it follows.
    private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        let first = unit(rest.prefix(4))
        rest.removeFirst(min(4, rest.count))
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) ?? replacement }
        guard rest.starts(with: Array("\\u".utf8)) else { return replacement }
        let second = unit(rest.dropFirst(2).prefix(4))
        guard (0xDC00..<0xE000).contains(second) else { return replacement }
        rest.removeFirst(6)
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? replacement
    }

    private static func unit(_ digits: ArraySlice<UInt8>) -> UInt32 {
        UInt32(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0xFFFD
    }
}
