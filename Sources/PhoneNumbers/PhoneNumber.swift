// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A number that a message can go to.
///
/// It prints without its digits, so that it cannot slip into a log.
package struct PhoneNumber: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The digits of E.164 without plus, such as `919876543210`.
    package let digits: String
    /// The country's ISO 3166 code, such as `IN`; `001` for numbers that belong to no country.
    package let country: String
    /// Whether the text itself said which country the number is of, with `+` or an exit code.
    package let isInternational: Bool

    /// Reads a written number.
    ///
    /// Accepted are the country's own notations, with or without its trunk zero, and the international form: with `+`,
    /// with the exit code that one dials in the country (`0011` in Australia), with `00` where the country's own exit
    /// codes make nothing of it, or with the bare calling code of the country that is given (`919876543210` in IN).
    /// Bare digits are never read as a number of another country: a mistyped number would reach a stranger. Extensions
    /// are refused, not dropped.
    ///
    /// - Parameters:
    ///   - text: What stands in the payload; digits of any script, spaces, dashes, brackets, dots, slashes.
    ///   - country: The country to read it in when it is not international, as ``Country/init(_:)`` reads it; blank is
    ///     none. An unknown one refuses every number that is not international.
    ///   - allowed: Kinds of numbers that are otherwise refused.
    /// - Throws: ``PhoneNumberError`` with the reason.
    package init(_ text: String, country: String?, allowing allowed: Set<NumberKind> = []) throws(PhoneNumberError) {
        let isBlank = country?.allSatisfy(\.isWhitespace) ?? true
        let home = isBlank ? nil : country.flatMap(Country.init(_:))
        try self.init(text, at: home, orElse: isBlank ? .noCountry : .unknownCountry, allowing: allowed)
    }

    /// Reads a written number as ``init(_:country:allowing:)``, in a country that was read before.
    ///
    /// - Parameters:
    ///   - text: What stands in the payload.
    ///   - home: The country of numbers that are not international.
    ///   - code: The reason to give for those where there is none.
    ///   - allowed: Kinds of numbers that are otherwise refused.
    /// - Throws: ``PhoneNumberError`` with the reason.
    package init(
        _ text: String,
        at home: Country?,
        orElse code: PhoneNumberError.Code = .noCountry,
        allowing allowed: Set<NumberKind> = []
    ) throws(PhoneNumberError) {
        var written: WrittenNumber?
        do throws(WrittenNumber.Mistake) {
            let read = try WrittenNumber(text)
            written = read
            let found = try NumberReading(read, home: home, orElse: code).read(allowing: allowed)
            digits = found.number.digits
            country = found.number.country ?? ""
            isInternational = found.isInternational
        } catch {
            throw PhoneNumberError(
                code: error.code,
                country: Self.place(written, home),
                ending: Self.ending(of: text),
                character: error.character
            )
        }
    }

    /// The numbers that stand in one text, each as it is written there.
    ///
    /// - Parameter text: Such as `98450 61237 / 98450 61238`.
    /// - Returns: The parts that are long enough to be a number, in their order; one or none where there are no two.
    package static func parts(of text: String) -> [String] { WrittenNumber.parts(of: text) }

    /// The last two digits alone.
    package var description: String { "number ending in \(digits.suffix(2))" }
    /// The country alone.
    package var customMirror: Mirror { Mirror(self, children: ["country": country]) }

    /// The country that a refusal is about.
    private static func place(_ written: WrittenNumber?, _ home: Country?) -> String? {
        guard let written, let international = written.international(at: home) else { return home?.code }
        return Country.code(ofInternational: international)
    }

    /// The last two digits of a text that has at least six of them.
    private static func ending(of text: String) -> String {
        let digits = text.unicodeScalars.filter { $0.properties.numericType == .decimal }
        return digits.count < 6 ? "" : String(String.UnicodeScalarView(digits.suffix(2)))
    }
}

/// Numbers that are refused unless somebody allows them; the raw values are what rules and configurations say.
package enum NumberKind: String, Hashable, Sendable, CaseIterable {
    /// A number that only landlines have; WhatsApp Business can be registered with one.
    case landline
    /// A number that people type to get past a form, such as +91 99999 99999, and that somebody may own.
    case testNumber = "test_number"
}
