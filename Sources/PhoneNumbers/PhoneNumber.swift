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

    /// Reads a written number.
    ///
    /// Accepted are the country's own notations, with or without its trunk zero, and the international form with
    /// `+`, with `00`, or with the bare calling code of the country that is given (`919876543210` in IN). Bare
    /// digits are never read as a number of another country: a mistyped number would reach a stranger. Extensions
    /// are refused, not dropped.
    ///
    /// - Parameters:
    ///   - text: What stands in the payload; digits of any script, spaces, dashes, brackets, dots, slashes.
    ///   - country: The ISO 3166 code, in any case, to read it in when it is not international.
    /// - Throws: ``PhoneNumberError`` with the reason.
    package init(_ text: String, country: String?) throws(PhoneNumberError) {
        let home = country.flatMap(Country.init(_:))
        do throws(PhoneNumberError.Code) {
            if country != nil, home == nil { throw PhoneNumberError.Code.unknownCountry }
            let found = try Self.read(WrittenNumber(text), at: home)
            if let reason = found.refusal { throw reason }
            digits = found.digits
            self.country = found.country ?? ""
        } catch {
            throw PhoneNumberError(code: error, country: home?.code, ending: Self.ending(of: text))
        }
    }

    /// The last two digits alone.
    package var description: String { "number ending in \(digits.suffix(2))" }
    /// The country alone.
    package var customMirror: Mirror { Mirror(self, children: ["country": country]) }

    private static func read(_ written: WrittenNumber, at home: Country?) throws(PhoneNumberError.Code) -> LookedUp {
        if WrittenNumber.isTestNumber(written.digits[...]) { throw .testNumber }
        let found =
            try written.isInternational
            ? LookedUp("+" + written.digits, region: "ZZ") : lookUp(written.digits, at: home)
        if WrittenNumber.isTestNumber(found.national[...]) { throw .testNumber }
        return found
    }

    /// Reads bare digits at home; where they are no number there, with the home's calling code in front of them.
    private static func lookUp(_ digits: String, at home: Country?) throws(PhoneNumberError.Code) -> LookedUp {
        guard let home else { throw .noCountry }
        let national = Result { () throws(PhoneNumberError.Code) in try LookedUp(digits, region: home.code) }
        if case .success(let number) = national, number.isValid || number.isShortCode { return number }
        let significant = String(digits.drop { $0 == "0" })
        if significant.hasPrefix(home.callingCode), let number = try? LookedUp("+" + significant, region: "ZZ"),
            number.isValid, number.country == home.code
        {
            return number
        }
        return try national.get()
    }

    /// The last two digits of a text that has at least six of them.
    private static func ending(of text: String) -> String {
        let digits = text.unicodeScalars.filter { $0.properties.numericType == .decimal }
        return digits.count < 6 ? "" : String(String.UnicodeScalarView(digits.suffix(2)))
    }
}
