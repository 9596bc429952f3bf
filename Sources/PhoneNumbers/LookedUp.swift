// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CPhoneNumber

/// What libphonenumber says about a number.
struct LookedUp {
    /// The digits of E.164 without plus.
    let digits: String
    /// The same without the country's calling code.
    let national: String
    /// The country whose numbering plan has the number; `nil` when none does.
    let country: String?
    /// Whether a numbering plan has the number.
    var isValid: Bool { raw.is_valid != 0 }
    /// Whether it is a short code of the country that it was read in.
    var isShortCode: Bool { raw.is_short_code != 0 }
    /// Whether the text began with an exit code of the country that it was read in, which `00` need not be.
    var hasExitCode: Bool { raw.has_exit_code != 0 }
    /// Whether the country of its calling code has numbers of that length.
    var isPossible: Bool { raw.length == Int32(CPHONE_POSSIBLE) }

    private let raw: cphone_number

    /// Looks a number up.
    ///
    /// - Parameters:
    ///   - text: ASCII digits, with a plus where they are international.
    ///   - region: The country to read them in; `ZZ` where there is a plus.
    /// - Throws: The reason why it is no number at all.
    init(_ text: String, region: String) throws(PhoneNumberError.Code) {
        _ = NumberingPlans.inUse
        var raw = cphone_number()
        let code = unsafe cphone_parse(text, region, &raw)
        guard code == Int32(CPHONE_OK) else { throw Self.reason(code) }
        self.raw = raw
        digits = Self.text(raw.digits)
        national = Self.text(raw.national)
        let country = Self.text(raw.region)
        self.country = country.isEmpty ? nil : country
    }

    /// Decides whether a message may go to the number.
    ///
    /// - Parameter allowed: Kinds of numbers that are otherwise refused.
    /// - Returns: The reason not to send to it; `nil` when there is none.
    func refusal(allowing allowed: Set<NumberKind>) -> PhoneNumberError.Code? {
        if raw.has_extension != 0 { return .hasExtension }
        if isShortCode { return .serviceNumber }
        switch raw.length {
        case Int32(CPHONE_LENGTH_TOO_SHORT), Int32(CPHONE_POSSIBLE_LOCALLY): return .tooShort
        case Int32(CPHONE_LENGTH_TOO_LONG): return .tooLong
        case Int32(CPHONE_LENGTH_INVALID): return .notPossible
        case Int32(CPHONE_LENGTH_UNKNOWN_COUNTRY): return .unknownCallingCode
        default: break
        }
        guard isValid else { return .invalidForCountry }
        switch raw.type {
        case Int32(CPHONE_MOBILE), Int32(CPHONE_FIXED_LINE_OR_MOBILE), Int32(CPHONE_VOIP),
            Int32(CPHONE_PERSONAL_NUMBER):
            return nil
        case Int32(CPHONE_FIXED_LINE): return allowed.contains(.landline) ? nil : .landline
        default: return .serviceNumber
        }
    }

    private static func reason(_ code: Int32) -> PhoneNumberError.Code {
        switch code {
        case Int32(CPHONE_INVALID_COUNTRY_CODE): .unknownCallingCode
        case Int32(CPHONE_TOO_SHORT), Int32(CPHONE_TOO_SHORT_AFTER_IDD): .tooShort
        case Int32(CPHONE_TOO_LONG): .tooLong
        default: .notANumber
        }
    }

    /// The text of a fixed C array that ends with a zero byte.
    static func text<Characters>(_ characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
