// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
package import HTTPTypes

/// Reads the small values of settings: durations, sizes, country codes, addresses.
enum SettingValue {
    /// `json`, `form`, `xml`, `auto`, or `form:FIELD` for a form with a field of JSON.
    ///
    /// - Parameter text: As configuration writes it.
    /// - Returns: `nil` for anything else.
    static func bodyDecoding(_ text: String) -> BodyDecoding? {
        switch text {
        case "json": .json
        case "form": .form
        case "xml": BodyDecoding(standard: .xml)
        case "auto": .any
        default:
            text.hasPrefix("form:") && text.count > "form:".count
                ? BodyDecoding(standard: .formField(String(text.dropFirst("form:".count)))) : nil
        }
    }

    private static let sizeUnits: [(String, Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("kB", 1_000), ("MB", 1_000_000), ("B", 1),
    ]

    /// A duration such as `250ms`, `30s`, `5m`, `12h`, `3d`, `1h30m`.
    ///
    /// - Parameter text: Whole numbers with units.
    /// - Returns: `nil` for anything else, and above ten years.
    static func duration(_ text: String) -> Duration? {
        DurationText.parse(text)
    }

    /// A number of bytes such as `512KiB`, `1MiB`, `2MB`, `4096B`.
    ///
    /// - Parameter text: A whole number and a unit.
    /// - Returns: `nil` for anything else, for 0 and above 1 GiB.
    static func byteCount(_ text: String) -> Int? {
        for (unit, bytes) in sizeUnits {
            guard text.hasSuffix(unit), let count = wholeNumber(text.dropLast(unit.count)) else { continue }
            let (product, overflow) = count.multipliedReportingOverflow(by: bytes)
            return overflow || product < 1 || product > 1 << 30 ? nil : product
        }
        return nil
    }

    /// A number of bytes as people write it, in the largest unit of which it is a multiple.
    static func text(bytes count: Int) -> String {
        let fitting = sizeUnits.filter { count.isMultiple(of: $0.1) }.max { $0.1 < $1.1 }
        return fitting.map { "\(count / $0.1)\($0.0)" } ?? "\(count)B"
    }

    /// Whether a text is a name: letters, digits, `-` and `_`, at most 64.
    ///
    /// - Parameter text: A source's name.
    /// - Returns: Whether it is.
    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                isLetterOrDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }

    /// Whether a text is a path that a route can have.
    ///
    /// - Parameter text: Such as `/in/erp`.
    /// - Returns: Whether it begins with a slash, goes on, and holds only unreserved characters and slashes.
    static func isPath(_ text: String) -> Bool {
        guard text.hasPrefix("/"), text.utf8.count > 1, !text.contains("//"), !text.hasSuffix("/") else { return false }
        let isPlain = text.utf8.allSatisfy { isLetterOrDigit($0) || "-_.~/".utf8.contains($0) }
        return isPlain && !text.split(separator: "/").contains { $0 == "." || $0 == ".." }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func wholeNumber(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}

extension NearMiss {
    /// The hint to put behind "unknown …".
    ///
    /// - Parameters:
    ///   - text: What was written.
    ///   - known: What could have been written.
    /// - Returns: `; did you mean 'x'?` for the nearest, `; expected one of …` when nothing is near.
    static func hint(for text: String, among known: [String]) -> String {
        "; " + (question(for: text, among: known) ?? "expected one of \(known.joined(separator: ", "))")
    }
}

/// The name of a request header, writable as a literal in presets.
package struct HeaderName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The name as HTTPTypes knows it; equality ignores case.
    package let field: HTTPField.Name

    /// Reads a name.
    ///
    /// - Parameter text: A token of RFC 9110; `nil` comes back for anything else.
    package init?(_ text: String) {
        guard let field = HTTPField.Name(text) else { return nil }
        self.field = field
    }

    /// A name that stands in our own source text.
    package init(stringLiteral text: String) {
        guard let field = HTTPField.Name(text) else { preconditionFailure("'\(text)' is no header name") }
        self.field = field
    }

    /// The name as it was written.
    package var description: String { field.rawName }
}
