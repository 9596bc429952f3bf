// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// A phone number as the partner API takes it: 7 to 15 digits that begin with the country code, no `+`.
///
/// Fifteen is the limit of E.164; no country code begins with 0. Whether anybody can own the number is
/// decided before, by `PhoneNumbers`. Printing the value masks it, so that it cannot slip into a log.
package struct PhoneNumberDigits: Hashable, Sendable, CustomStringConvertible {
    /// The number, digits only.
    package let digits: String

    /// Takes a number over.
    ///
    /// - Parameters:
    ///   - digits: The number, digits only.
    ///   - field: The field to name in the error.
    /// - Throws: `MessageRequestError` with code `badPhone`; the text does not repeat the number.
    package init(_ digits: String, field: String = "phone") throws(MessageRequestError) {
        guard let mistake = Self.mistake(in: digits) else {
            self.digits = digits
            return
        }
        throw MessageRequestError(.badPhone, field: field, "\(mistake); expected 7 to 15 digits with the country code")
    }

    /// All but the last two digits hidden.
    package var description: String { "…\(digits.suffix(2))" }

    private static func mistake(in digits: String) -> String? {
        let bytes = digits.utf8
        if bytes.isEmpty { return "the number is empty" }
        if bytes.first == UInt8(ascii: "+") { return "the number begins with '+'" }
        guard bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return "the number has something else than digits in it"
        }
        if bytes.first == UInt8(ascii: "0") { return "the number begins with 0, not with a country code" }
        guard (7...15).contains(bytes.count) else { return "the number has \(bytes.count.counted("digit"))" }
        return nil
    }
}
