// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CPhoneNumber
internal import Foundation

/// A country with a numbering plan.
package struct Country: Hashable, Sendable {
    /// The ISO 3166 code in upper case, such as `IN`.
    package let code: String
    /// The digits in front of its numbers, such as `91`.
    let callingCode: String

    /// Reads a country as people and programs write it.
    ///
    /// Read are ISO 3166 codes of two and three letters in any case, `UK`, subdivisions such as `US-CA`, calling codes
    /// with a plus such as `+91`, and names: in English, in the country's own languages, and in those that many shops
    /// are run in. Case, accents, dots and spaces make no difference. Bare digits are never read: `356` is a calling
    /// code of Malta and an ISO code of India.
    ///
    /// - Parameter text: What stands in an event or a file; `nil` comes back for what is no such country.
    package init?(_ text: String) {
        guard let code = CountryCode.read(text) else { return nil }
        if let plan = NumberingTables.inUse.plan(code) {
            self.code = plan.code
            callingCode = plan.callingDigits.text
            return
        }
        let callingCode = unsafe cphone_calling_code(code)
        guard callingCode > 0 else { return nil }
        self.code = code
        self.callingCode = String(callingCode)
    }

    /// Reads a country by its code or name alone, without the numbering plans: these can still be chosen afterwards.
    ///
    /// - Parameter text: As for ``init(_:)``, but for calling codes.
    /// - Returns: The ISO 3166 code; `nil` for what is no such country.
    package static func code(named text: String) -> String? {
        guard let code = CountryCode.read(text, readsCallingCodes: false),
            Locale.Region.isoRegions.contains(where: { $0.identifier == code })
        else { return nil }
        return code
    }

    /// The country whose calling code the digits begin with: of those that share one, the largest.
    ///
    /// - Parameter digits: ASCII digits of an international number without plus.
    /// - Returns: The ISO 3166 code; `nil` for codes of nobody, and for those of no country such as +800.
    package static func code(ofInternational digits: String) -> String? {
        _ = NumberingPlans.inUse
        var region: (Int8, Int8, Int8, Int8, Int8, Int8, Int8, Int8) = (0, 0, 0, 0, 0, 0, 0, 0)
        unsafe withUnsafeMutablePointer(to: &region) { pointer in
            unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 8) { unsafe cphone_region_of(digits, $0) }
        }
        let code = LookedUp.text(region)
        return code.isEmpty || code == "001" ? nil : code
    }
}
