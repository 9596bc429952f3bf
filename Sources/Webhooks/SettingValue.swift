// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Reads the small values of settings: durations, sizes, country codes, addresses.
enum SettingValue {
    private static let durationUnits: [(String, Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
    private static let sizeUnits: [(String, Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("kB", 1_000), ("MB", 1_000_000), ("B", 1),
    ]

    /// A duration such as `250ms`, `30s`, `5m`, `12h`, `3d`.
    ///
    /// - Parameter text: A whole number and a unit.
    /// - Returns: `nil` for anything else, and above a hundred years.
    static func duration(_ text: String) -> Duration? {
        for (unit, milliseconds) in durationUnits {
            guard text.hasSuffix(unit), let count = wholeNumber(text.dropLast(unit.count)) else { continue }
            let (product, overflow) = Int64(count).multipliedReportingOverflow(by: milliseconds)
            return overflow || product > 36_525 * 86_400_000 ? nil : .milliseconds(product)
        }
        return nil
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
