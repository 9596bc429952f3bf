// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Why a text is no number that a message can go to.
///
/// It may be logged and shown: of the number it holds at most the last two digits.
package struct PhoneNumberError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reasons; the raw values are what records and metrics say.
    package enum Code: String, Error, Hashable, CaseIterable {
        /// Nothing but white space.
        case empty
        /// Characters that no number has, or a number that went through a spreadsheet.
        case notANumber = "not_a_number"
        /// Two numbers or more in one text, or the ending of a second one, as in `0664 1234567/89`.
        case severalNumbers = "several_numbers"
        /// A word in the number, such as `555-555-SHIP` or `98765xxxxx`.
        case letters
        /// An extension behind the number: who would read the message?
        case hasExtension = "has_extension"
        /// Fewer digits than any number of the country.
        case tooShort = "too_short"
        /// More digits than any number of the country.
        case tooLong = "too_long"
        /// No international form, and no country to read it in.
        case noCountry = "no_country"
        /// No international form, and a country to read it in that nobody knows.
        case unknownCountry = "unknown_country"
        /// An international form whose country calling code is nobody's.
        case unknownCallingCode = "unknown_calling_code"
        /// A length that the country has no numbers of.
        case notPossible = "not_possible"
        /// The right length, and no range of the country's numbering plan.
        case invalidForCountry = "invalid_for_country"
        /// A number that only landlines have.
        case landline
        /// Premium rate, toll-free, shared cost, pager, voice mail or short code.
        case serviceNumber = "service_number"
        /// A number that people type to get past a form: one digit over and over, or counting up.
        case testNumber = "test_number"
    }

    /// The reason.
    package let code: Code
    /// The number's own country where it is international, else the one that it was read in; an ISO 3166 code.
    package let country: String?
    /// The last two digits, or nothing where two digits would be much of the number.
    package let ending: String
    /// The character that no number has, where there is one.
    package var character: Unicode.Scalar?

    /// One sentence.
    package var description: String {
        switch code {
        case .empty: "the phone number is empty"
        case .notANumber: "\(subject) is not a phone number\(found)"
        case .severalNumbers:
            "\(subject) is more than one number, or has a second ending\(found); expected one number"
        case .letters: "\(subject) has letters in it\(found)"
        case .hasExtension: "\(subject) has an extension"
        case .tooShort: "\(subject) is too short\(place)"
        case .tooLong: "\(subject) is too long\(place)"
        case .noCountry: "\(subject) has no country code, and no country is given to read it in"
        case .unknownCountry:
            "\(subject) has no country code, and the country to read it in is unknown; expected one such as IN or India"
        case .unknownCallingCode: "\(subject) begins with a country code that does not exist"
        case .notPossible: "\(subject) has a number of digits that is not possible\(place)"
        case .invalidForCountry: "\(subject) is not a valid number\(place)"
        case .landline: "\(subject) is a landline\(place)"
        case .serviceNumber: "\(subject) is a service number or short code\(place)"
        case .testNumber: "\(subject) is a test number\(place)"
        }
    }

    private var subject: String {
        ending.isEmpty ? "the phone number" : "the phone number ending in \(ending)"
    }

    /// The character, by its name or number where it cannot be seen.
    private var found: String {
        guard let character else { return "" }
        let hex = String(character.value, radix: 16, uppercase: true)
        let number = "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        switch character.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator, .nonspacingMark, .enclosingMark, .spacingMark:
            let name = character.properties.name.map { ", \($0)" } ?? ""
            return ": found \(number)\(name)"
        default: return ": found '\(character)' (\(number))"
        }
    }

    private var place: String {
        country.map { " in \($0)" } ?? ""
    }
}
