// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// One reason why a request does not fit the approved templates.
package struct TemplateProblem: Hashable, Sendable, CustomStringConvertible {
    /// The kinds of misfits; the raw values are stable and may be answered to callers.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// No template has the name.
        case unknownTemplate = "UNKNOWN_TEMPLATE"
        /// The template exists, but in other languages.
        case unknownLanguage = "UNKNOWN_LANGUAGE"
        /// The template exists and is pending, rejected, paused, ….
        case notApproved = "TEMPLATE_NOT_APPROVED"
        /// A gap gets no value.
        case missingVariable = "MISSING_VARIABLE"
        /// A value has no gap.
        case extraVariable = "EXTRA_VARIABLE"
        /// The header wants media or a place and gets none.
        case missingHeader = "MISSING_HEADER"
        /// The header gets something of another format.
        case wrongHeader = "WRONG_HEADER"
        /// Another number of cards than the template has, or cards where it has none.
        case cardCount = "CARD_COUNT"
        /// A card's index that the template does not have.
        case cardIndex = "CARD_INDEX"
        /// A value for a button that is not there or has no gap.
        case unknownButton = "UNKNOWN_BUTTON"
        /// Named gaps whose values come without a name, or with one that no gap has; Meta answers `(#100)` to it.
        case parameterName = "PARAMETER_NAME"
        /// A whole address for a button that has its beginning already: the customer would get it doubled.
        case fullAddress = "FULL_ADDRESS"
        /// A body over Meta's limit after the values are in.
        case bodyTooLong = "BODY_TOO_LONG"
    }

    /// What kind of misfit it is.
    package let code: Code
    /// One sentence for whoever wrote the rule or the request.
    package let reason: String
    /// Which key of a rule mends it; `nil` where the sentence says enough.
    package let advice: String?

    package init(_ code: Code, _ reason: String, advice: String? = nil) {
        self.code = code
        self.reason = reason
        self.advice = advice
    }

    /// The sentence for whoever wrote a rule.
    package var reasonInRule: String { advice.map { "\(reason); \($0)" } ?? reason }

    /// The sentence with its code.
    package var description: String { "\(reason) [\(code.rawValue)]" }
}
