// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Why a request cannot be: the API would refuse it.
package struct MessageRequestError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of mistakes; the raw values are stable and may be answered to callers.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// A field that must be there is not.
        case missingField = "MISSING_FIELD"
        /// A field has another JSON type than the API wants.
        case wrongType = "WRONG_TYPE"
        /// Neither `phone` nor `contactId`.
        case missingRecipient = "MISSING_RECIPIENT"
        /// Both `phone` and `contactId`.
        case twoRecipients = "TWO_RECIPIENTS"
        /// A phone number that is not 7 to 15 digits with the country code.
        case badPhone = "BAD_PHONE"
        /// A `type` that the API does not know.
        case unknownType = "UNKNOWN_TYPE"
        /// A text that is empty where something must stand.
        case empty = "EMPTY_VALUE"
        /// A text or list that is longer than allowed.
        case tooLong = "TOO_LONG"
        /// Line breaks, tabs or more than four spaces in a row in a template parameter.
        case badParameterText = "BAD_PARAMETER_TEXT"
        /// A variable's key that names no slot.
        case badSlot = "BAD_SLOT"
        /// Numeric and named keys in one map.
        case mixedSlots = "MIXED_SLOTS"
        /// Two payloads where the API takes one.
        case conflictingPayload = "CONFLICTING_PAYLOAD"
        /// A negative, too large or repeated index of a card or button.
        case badIndex = "BAD_INDEX"
        /// A media id that no upload has given out.
        case badMediaID = "BAD_MEDIA_ID"
        /// A value outside the few that the API knows.
        case unknownValue = "UNKNOWN_VALUE"
        /// Interactive content that is no JSON string with an object in it.
        case badInteractive = "BAD_INTERACTIVE"
    }

    /// The field in the API's spelling, such as `carousel.cards[1].index`; `body` for the request as a whole.
    package let field: String
    /// What kind of mistake it is.
    package let code: Code
    /// One sentence: what was found, what was expected; never the value of a phone number.
    package let reason: String

    package init(_ code: Code, field: String, _ reason: String) {
        self.code = code
        self.field = field
        self.reason = reason
    }

    /// The field and the sentence.
    package var description: String { "\(field): \(reason)" }
}
