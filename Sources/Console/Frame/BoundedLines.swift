// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// JSON in lines, as much of it as is shown: every number as it came, and never more than the bound is read or laid
/// out.
///
/// A payload is a stranger's, and may have ten megabytes: it is not read as JSON, but laid out letter by letter up to the
/// bound. Laid out whole, one of many levels is a thousand times its own size.
struct BoundedLines {
    /// What was laid out.
    var text: String { String(decoding: lines, as: UTF8.self) }
    /// Whether there is more than was laid out.
    private(set) var isCut = false
    private var lines: [UInt8] = []
    private let most: Int
    private var depth = 0
    /// Deeper levels are not moved in any more.
    private static let deepest = 20

    /// Lays a text out that is JSON, or the beginning of it.
    ///
    /// - Parameters:
    ///   - json: The text.
    ///   - most: So many bytes, and a few more.
    init(_ json: String, most: Int) {
        self.most = most
        // One byte more shows whether there is more, and no text is copied whole for its beginning.
        let read = Array(json.utf8.prefix(most + 1))
        lay(out: read.beginning(most))
        isCut = isCut || read.count > most || depth > 0
    }

    /// Lays a value out.
    init(_ json: JSON, most: Int) {
        self.init(json.text(), most: most)
    }

    /// Whether a text looks like an object or a list, which alone can be laid out.
    static func takes(_ text: String) -> Bool {
        text.utf8.first { !isSpace($0) }.map { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") } ?? false
    }

    private mutating func lay(out json: [UInt8]) {
        var place = 0
        while place < json.count, !isCut {
            let byte = json[place]
            switch byte {
            case UInt8(ascii: "\""):
                let end = Self.end(ofText: json, from: place)
                lines += Self.readable(json[place..<end])
                place = end - 1
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                lines.append(byte)
                let next = json[(place + 1)...].firstIndex { !Self.isSpace($0) }
                // In ASCII the closing mark is two behind the opening one.
                if let next, json[next] == byte + 2 {
                    lines.append(json[next])
                    place = next
                } else {
                    depth += 1
                    breakLine()
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                breakLine()
                lines.append(byte)
            case UInt8(ascii: ","):
                lines.append(byte)
                breakLine()
            case UInt8(ascii: ":"): lines += [byte, UInt8(ascii: " ")]
            case _ where Self.isSpace(byte): break
            default: lines.append(byte)
            }
            isCut = lines.count >= most
            place += 1
        }
    }

    private mutating func breakLine() {
        lines.append(UInt8(ascii: "\n"))
        lines += [UInt8](repeating: UInt8(ascii: " "), count: 2 * min(max(0, depth), Self.deepest))
    }

    /// Where a text in quotes ends; the end of everything where its last quote is missing.
    private static func end(ofText json: [UInt8], from start: Int) -> Int {
        var place = start + 1
        while place < json.count, json[place] != UInt8(ascii: "\"") {
            place += json[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(place + 1, json.count)
    }

    /// A text with its letters in the place of their numbers, as `\u0906`: some senders write all but English so.
    private static func readable(_ text: ArraySlice<UInt8>) -> [UInt8] {
        guard zip(text, text.dropFirst()).contains(where: { $0 == UInt8(ascii: "\\") && $1 == UInt8(ascii: "u") }),
            let value = try? JSON(parsing: Array(text)), value.string != nil
        else { return Array(text) }
        return Array(value.text().utf8)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension String {
    /// Its beginning, of so many characters of Unicode at most, without looking at the rest.
    func beginning(_ most: Int) -> String {
        utf8.count <= most ? self : String(unicodeScalars.prefix(most))
    }
}
