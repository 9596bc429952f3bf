// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CPhoneNumber

/// What the numbering plans say about a number.
struct LookedUp: Equatable {
    /// The digits of E.164 without plus.
    let digits: String
    /// The same without the country's calling code.
    let national: String
    /// The country whose numbering plan has the number; `nil` when none does.
    let country: String?
    /// Whether a numbering plan has the number.
    let isValid: Bool
    /// Whether it is a short code of the country that it was read in.
    let isShortCode: Bool
    /// Whether the text began with an exit code of the country that it was read in, which `00` need not be.
    let hasExitCode: Bool
    /// Whether the country of its calling code has numbers of that length.
    var isPossible: Bool { length == Int32(CPHONE_POSSIBLE) }

    private let hasExtension: Bool
    /// `CPHONE_POSSIBLE` and the like.
    private let length: Int32
    /// `CPHONE_MOBILE` and the like.
    private let type: Int32

    /// Looks a number up.
    ///
    /// - Parameters:
    ///   - digits: ASCII digits.
    ///   - region: The country to read them in; `nil` for what stands behind a plus.
    /// - Throws: The reason why it is no number at all.
    init(_ digits: String, region: String?) throws(PhoneNumberError.Code) {
        if let packed = PackedDigits(digits.utf8), let found = Self.find(packed, region) {
            self.init(found)
        } else {
            try self.init(asking: digits, region: region)
        }
    }

    private static func find(_ digits: PackedDigits, _ region: String?) -> NumberingTables.Found? {
        guard let region else { return NumberingTables.inUse.international(digits) }
        return NumberingTables.inUse.national(digits, in: region)
    }

    private init(_ found: NumberingTables.Found) {
        digits = found.digits.text
        national = found.national.text
        country = found.country
        (isValid, isShortCode, hasExitCode, hasExtension) = (true, false, false, false)
        length = Int32(CPHONE_POSSIBLE)
        type = found.type
    }

    /// Looks a number up as ``init(_:region:)`` does, by asking libphonenumber.
    init(asking digits: String, region: String?) throws(PhoneNumberError.Code) {
        _ = NumberingPlans.inUse
        var raw = cphone_number()
        let code = unsafe cphone_parse(region == nil ? "+" + digits : digits, region ?? "ZZ", &raw)
        guard code == Int32(CPHONE_OK) else { throw Self.reason(code) }
        self.digits = Self.text(raw.digits)
        national = Self.text(raw.national)
        let country = Self.text(raw.region)
        self.country = country.isEmpty ? nil : country
        (isValid, isShortCode) = (raw.is_valid != 0, raw.is_short_code != 0)
        (hasExitCode, hasExtension) = (raw.has_exit_code != 0, raw.has_extension != 0)
        (length, type) = (raw.length, raw.type)
    }

    /// Decides whether a message may go to the number.
    ///
    /// - Parameter allowed: Kinds of numbers that are otherwise refused.
    /// - Returns: The reason not to send to it; `nil` when there is none.
    func refusal(allowing allowed: Set<NumberKind>) -> PhoneNumberError.Code? {
        if hasExtension { return .hasExtension }
        if isShortCode { return .serviceNumber }
        switch length {
        case Int32(CPHONE_LENGTH_TOO_SHORT), Int32(CPHONE_POSSIBLE_LOCALLY): return .tooShort
        case Int32(CPHONE_LENGTH_TOO_LONG): return .tooLong
        case Int32(CPHONE_LENGTH_INVALID): return .notPossible
        case Int32(CPHONE_LENGTH_UNKNOWN_COUNTRY): return .unknownCallingCode
        default: break
        }
        guard isValid else { return .invalidForCountry }
        switch type {
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
