// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CPhoneNumber

/// A country with a numbering plan.
struct Country {
    /// The ISO 3166 code in upper case.
    let code: String
    /// The digits in front of its numbers, such as `91`.
    let callingCode: String

    /// Looks a country up.
    ///
    /// - Parameter text: An ISO 3166 alpha-2 code in any case; `nil` comes back for anything else.
    init?(_ text: String) {
        let code = text.uppercased()
        guard code.utf8.count == 2 else { return nil }
        let callingCode = unsafe cphone_calling_code(code)
        guard callingCode > 0 else { return nil }
        self.code = code
        self.callingCode = String(callingCode)
    }
}
