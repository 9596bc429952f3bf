// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A number as somebody wrote it, reduced to ASCII digits and perhaps a plus in front.
struct WrittenNumber {
    /// The digits without any separators.
    let digits: String
    /// Whether it began with `+` or, as in most of the world, `00`.
    let isInternational: Bool

    /// Prefixes that say what the text is.
    private static let schemes = ["tel:", "whatsapp:"]
    /// What people put between digits, beside white space and dashes of any kind.
    private static let separators: Set<Unicode.Scalar> = ["(", ")", "[", "]", ".", "/", "\u{00B7}", "\u{2022}"]
    /// Longer texts are no number in any notation.
    private static let maxLength = 64

    /// Reads a text.
    ///
    /// Digits of any script count as digits; invisible characters, such as the marks that come along when a number
    /// is copied out of a contact list, do not count at all.
    ///
    /// - Parameter text: What stands in the payload.
    /// - Throws: The reason why it cannot be a number, whatever the country.
    init(_ text: String) throws(PhoneNumberError.Code) {
        let scalars = Self.visible(text)
        guard !scalars.isEmpty else { throw .empty }
        guard scalars.count <= Self.maxLength else { throw .notANumber }
        var digits = ""
        var hasPlus = false
        for (position, scalar) in scalars.enumerated() {
            if let digit = Self.digit(scalar) {
                digits.append(digit)
            } else if Self.isPlus(scalar), !hasPlus, digits.isEmpty {
                hasPlus = true
            } else if !Self.isSeparator(scalar) {
                throw Self.reason(scalar, rest: scalars[position...])
            }
        }
        guard !digits.isEmpty, !Self.isSpreadsheetNumber(scalars) else { throw .notANumber }
        let hasExitCode = !hasPlus && digits.hasPrefix("00")
        self.digits = hasExitCode ? String(digits.dropFirst(2)) : digits
        isInternational = hasPlus || hasExitCode
    }

    /// Whether these are digits that people type to get past a form.
    ///
    /// - Parameter digits: ASCII digits.
    /// - Returns: Whether one digit is repeated, `123` (`1234`, `12345`) is, or the digits count up.
    static func isTestNumber(_ digits: Substring) -> Bool {
        guard digits.count >= 6, let first = digits.first else { return false }
        if digits.allSatisfy({ $0 == first }) || "012345678901234567890".contains(digits) { return true }
        return ["123", "1234", "12345"].contains { String(repeating: $0, count: 7).hasPrefix(digits) }
    }

    private static func visible(_ text: String) -> [Unicode.Scalar] {
        var scalars = text.unicodeScalars.filter { $0.properties.generalCategory != .format }
        if let scheme = schemes.first(where: { String(String.UnicodeScalarView(scalars)).lowercased().hasPrefix($0) }) {
            scalars.removeFirst(scheme.unicodeScalars.count)
        }
        let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return Array(scalars[first...last])
    }

    private static func digit(_ scalar: Unicode.Scalar) -> Character? {
        guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue else { return nil }
        return String(Int(value)).first
    }

    private static func isPlus(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "+" || scalar == "\u{FF0B}"
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        separators.contains(scalar) || scalar.properties.isWhitespace
            || scalar.properties.generalCategory == .dashPunctuation
            || scalar == "\u{2212}"
    }

    /// An ERP that keeps numbers as floats sends `919876543210.0`: one digit too many, and a wrong number at that.
    private static func isSpreadsheetNumber(_ scalars: [Unicode.Scalar]) -> Bool {
        guard let dot = scalars.lastIndex(of: "."), scalars.filter({ $0 == "." }).count == 1 else { return false }
        let fraction = scalars[(dot + 1)...]
        return !fraction.isEmpty && fraction.allSatisfy { $0 == "0" } && scalars[..<dot].allSatisfy { digit($0) != nil }
    }

    private static func reason(
        _ scalar: Unicode.Scalar,
        rest: ArraySlice<Unicode.Scalar>
    ) -> PhoneNumberError.Code {
        let rest = String(String.UnicodeScalarView(rest)).lowercased()
        let isExtension = ["ext", "x", "#", ";ext"].contains { mark in
            guard rest.hasPrefix(mark) else { return false }
            let behind = rest.dropFirst(mark.count).drop { !$0.isNumber && !$0.isLetter }
            let number = behind.hasPrefix("ension") ? behind.dropFirst(6).drop { !$0.isNumber && !$0.isLetter } : behind
            return !number.isEmpty && number.allSatisfy(\.isNumber)
        }
        if isExtension { return .hasExtension }
        return scalar.properties.isAlphabetic ? .letters : .notANumber
    }
}
