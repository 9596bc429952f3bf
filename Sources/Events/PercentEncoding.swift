// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Percent-encoding of RFC 3986.
package enum PercentEncoding {
    /// What RFC 3986 calls unreserved, letters and digits aside.
    private static let unreserved = "-._~"

    /// Encodes everything but unreserved characters, so that the text is one path segment or one query value.
    package static func encode(_ text: String) -> String { encode(text, keeping: unreserved) }

    /// Encodes everything but letters, digits and some marks.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - kept: The marks that stay, all of ASCII.
    /// - Returns: The text with `%20` for a space, and so on.
    package static func encode(_ text: String, keeping kept: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isAlphanumeric(byte) || kept.utf8.contains(byte) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 0xF)]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Decodes once; a percent sign without two hexadecimal digits behind it stands for itself.
    ///
    /// - Parameters:
    ///   - text: The encoded bytes.
    ///   - plusIsSpace: Whether `+` is a space, as in forms and queries.
    /// - Returns: Bytes, in whatever charset the writer had.
    package static func decode(_ text: ArraySlice<UInt8>, plusIsSpace: Bool = false) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = text.startIndex
        while position < text.endIndex {
            let byte = text[position]
            if byte == UInt8(ascii: "%"), position + 2 < text.endIndex, let high = text[position + 1].hexValue,
                let low = text[position + 2].hexValue
            {
                result.append(high << 4 | low)
                position += 3
            } else {
                result.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                position += 1
            }
        }
        return result
    }

    /// Whether a byte may stand in path or query: unreserved, reserved, `%`, and the brackets that queries have.
    package static func mayStandInAddress(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "-._~!$&'()*+,;=:@/?%[]".utf8.contains(byte)
    }

    /// Whether two hexadecimal digits stand behind every `%`.
    package static func isSound(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
        return parts.dropFirst().allSatisfy { part in
            part.count >= 2 && part.prefix(2).allSatisfy { $0.hexValue != nil }
        }
    }

    /// Whether a path segment is `.` or `..`, or becomes one, or several, for a server that decodes it.
    ///
    /// Some decode before they take paths apart, and some do it twice, so `%2e%2e` and `..%2F..` count too.
    package static func hidesDotSegment(_ segment: Substring) -> Bool {
        var text = Array(segment.utf8)
        while true {
            let pieces = text.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
            if pieces.contains(where: { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }) { return true }
            let decoded = decode(text[...])
            guard decoded.count < text.count else { return false }
            text = decoded
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}

extension UInt8 {
    /// What the character is worth as a hexadecimal digit of either case; `nil` for any other.
    package var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
