// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
package import PartnerAPI

/// Why a message of a rule that matched cannot leave.
package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of reasons; the raw values are stable and stored with the message.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// A value that the message needs is missing or null.
        case undefined = "undefined_value"
        /// A filter or tag could not work with what the event has.
        case liquid = "liquid"
        /// No phone number that a message could be sent to.
        case badPhone = "bad_phone"
        /// Something else than a WhatsApp id where one is expected.
        case badWhatsAppID = "bad_whatsapp_id"
        /// A parameter of which nothing is left after cleaning.
        case emptyParameter = "empty_parameter"
        /// A list is expected and the event has none, or one that is too long.
        case badList = "bad_list"
        /// A key of `once_per` that is empty.
        case badKey = "bad_key"
        /// A `delay` that is neither a time span nor an instant.
        case badDelay = "bad_delay"
        /// The template is unknown, or not approved in a wanted language.
        case templateNotApproved = "template_not_approved"
        /// The message does not fit its template.
        case templateMismatch = "template_mismatch"
        /// The event would make more messages, or take more work, than one event may.
        case limit = "event_limit"
        /// The partner API takes no such message.
        case invalidMessage = "invalid_message"
    }

    /// The kind of reason.
    package let code: Code
    /// One sentence; phone numbers in it are masked.
    package let reason: String
    /// The place in the rule file.
    package let location: SourceLocation?
    /// The path that is undefined, where the code says so.
    package let path: String?
    /// The country that the recipient's numbers were read in; `nil` for every other reason.
    package let country: CountryUse?
    /// What does not fit the template, where the code says so.
    package let misfit: TemplateProblem.Code?

    init(
        _ code: Code,
        _ reason: String,
        at location: SourceLocation?,
        path: String? = nil,
        country: CountryUse? = nil,
        misfit: TemplateProblem.Code? = nil
    ) {
        self.code = code
        self.reason = reason
        self.location = location
        self.path = path
        self.country = country
        self.misfit = misfit
    }

    /// Whether it is because of what is known of the message's template.
    package var isAboutTemplates: Bool { code == .templateNotApproved || code == .templateMismatch }

    /// The sentence with its place.
    package var description: String {
        location.map { "\(reason) (\($0))" } ?? reason
    }
}
