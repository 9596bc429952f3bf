// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A number as somebody wrote it, reduced to ASCII digits and perhaps a plus in front.
struct WrittenNumber {
    /// Why a text cannot be a number, and the character that says so.
    struct Mistake: Error, Hashable {
        let code: PhoneNumberError.Code
        var character: Unicode.Scalar?

        init(_ code: PhoneNumberError.Code, _ character: Unicode.Scalar? = nil) {
            self.code = code
            self.character = character
        }
    }

    /// The digits without any separators; behind a plus without the zeros of `+00`.
    let digits: String
    /// Whether it began with `+`.
    let hasPlus: Bool

    /// Prefixes that say what the text is.
    private static let schemes = ["tel:", "whatsapp:"]
    /// Longer texts are no number in any notation.
    private static let maxLength = 64
    /// The most digits behind a plus, by E.164, and an exit code of four.
    private static let maxDigits = 19

    /// Reads a text.
    ///
    /// Digits of any script count as digits; invisible characters, such as the marks that come along when a number
    /// is copied out of a contact list, do not count at all.
    ///
    /// - Parameter text: What stands in the payload.
    /// - Throws: The reason why it cannot be a number, whatever the country.
    init(_ text: String) throws(Mistake) {
        if let plain = PlainNumber(text) {
            (digits, hasPlus) = (plain.digits.text, plain.hasPlus)
            return
        }
        let scalars = Self.visible(text)
        guard !scalars.isEmpty else { throw Mistake(.empty) }
        if let separator = SeveralNumbers.separator(in: scalars) { throw Mistake(.severalNumbers, separator) }
        guard scalars.count <= Self.maxLength else { throw Mistake(.notANumber) }
        var digits = ""
        var hasPlus = false
        for (position, scalar) in scalars.enumerated() {
            if let digit = scalar.phoneDigit {
                digits.append(digit)
            } else if scalar.isPlus, !hasPlus, digits.isEmpty {
                hasPlus = true
            } else if !scalar.isPhoneSeparator {
                throw Mistake(Self.reason(scalar, rest: scalars[position...]), scalar)
            }
        }
        guard !digits.isEmpty, !Self.isSpreadsheetNumber(scalars) else { throw Mistake(.notANumber) }
        // So many digits are two numbers with nothing but a space or a dash between them.
        guard digits.utf8.count <= Self.maxDigits || !scalars.contains(where: \.isPhoneSeparator) else {
            throw Mistake(.severalNumbers)
        }
        // No calling code begins with 0: who writes `+0091` means `+91`.
        self.digits = hasPlus && digits.hasPrefix("00") ? String(digits.dropFirst(2)) : digits
        self.hasPlus = hasPlus
    }

    /// The digits behind `00`, as in most of the world; `nil` without one.
    var zeroed: String? {
        !hasPlus && digits.hasPrefix("00") ? String(digits.dropFirst(2)) : nil
    }

    /// The international digits, as far as a refusal can tell; `nil` for a national number.
    func international(at home: Country?) -> String? {
        if hasPlus { return digits }
        guard let home, let own = try? LookedUp(digits, region: home.code), own.hasExitCode else { return zeroed }
        return own.digits
    }

    /// Whether these are digits that people type to get past a form.
    ///
    /// - Parameter digits: ASCII digits.
    /// - Returns: Whether one digit is repeated, `123` (`1234`, `12345`) is, or the digits count up.
    static func isTestNumber(_ digits: String) -> Bool {
        let count = digits.utf8.count
        guard count >= 6, let first = digits.utf8.first else { return false }
        var (isOne, countsUp) = (true, Int(first) - 48 + count <= 21)
        var repeats = [3, 4, 5].map { count <= 7 * $0 }
        for (position, byte) in digits.utf8.enumerated() {
            if byte != first { isOne = false }
            if Int(byte) - 48 != (Int(first) - 48 + position) % 10 { countsUp = false }
            for length in 3...5 where Int(byte) - 49 != position % length { repeats[length - 3] = false }
            guard isOne || countsUp || repeats.contains(true) else { return false }
        }
        return true
    }

    /// The numbers of a text that has several, each as it is written there.
    static func parts(of text: String) -> [String] {
        SeveralNumbers.parts(of: visible(text)).map { String(String.UnicodeScalarView($0)) }
    }

    private static func visible(_ text: String) -> [Unicode.Scalar] {
        var scalars = text.unicodeScalars.filter { !$0.isInvisible }
        if let scheme = schemes.first(where: { String(String.UnicodeScalarView(scalars)).lowercased().hasPrefix($0) }) {
            scalars.removeFirst(scheme.unicodeScalars.count)
        }
        // What a list leaves behind when only one of its entries is filled in.
        let isEdge = { (scalar: Unicode.Scalar) in
            scalar.properties.isWhitespace || ",;|".unicodeScalars.contains(scalar)
        }
        guard let first = scalars.firstIndex(where: { !isEdge($0) }),
            let last = scalars.lastIndex(where: { !isEdge($0) })
        else { return [] }
        return Array(scalars[first...last])
    }

    /// An ERP that keeps numbers as floats sends `919876543210.0`: one digit too many, and a wrong number at that.
    private static func isSpreadsheetNumber(_ scalars: [Unicode.Scalar]) -> Bool {
        guard let dot = scalars.lastIndex(of: "."), scalars.filter({ $0 == "." }).count == 1 else { return false }
        let fraction = scalars[(dot + 1)...]
        return !fraction.isEmpty && fraction.allSatisfy { $0 == "0" }
            && scalars[..<dot].allSatisfy { $0.phoneDigit != nil }
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

/// A number as it is nearly always written: ASCII digits, maybe a plus before them, spaces, dashes and brackets between.
private struct PlainNumber {
    private(set) var digits = PackedDigits()
    private(set) var hasPlus = false

    /// Reads such a text; `nil` for every other, and for digits that need a closer look.
    init?(_ text: String) {
        guard text.utf8.count <= 40 else { return nil }
        for byte in text.utf8 {
            switch byte {
            case 48...57: guard digits.append(byte &- 48) else { return nil }
            case UInt8(ascii: "+"):
                guard !hasPlus, digits.count == 0 else { return nil }
                hasPlus = true
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"): break
            default: return nil
            }
        }
        guard digits.count > 0, !hasPlus || digits.first != 0 else { return nil }
    }
}
