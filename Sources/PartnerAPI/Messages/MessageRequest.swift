// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import OrderedCollections

/// One message for one recipient, as `POST /messages/send` takes it.
///
/// A value of this type satisfies every rule of the API that can be checked without the template; what the
/// API would refuse cannot be built. `TemplateCatalogue.check(_:)` holds it against the approved templates.
package struct MessageRequest: Hashable, Sendable {
    /// Who gets the message: exactly one of the two.
    package enum Recipient: Hashable, Sendable {
        /// A phone number.
        case phone(PhoneNumberDigits)
        /// A contact of the workspace, by its id.
        case contact(String)
    }

    /// What the message says.
    package enum Content: Hashable, Sendable {
        /// A free text, which WhatsApp delivers only inside a customer's service window.
        case text(String)
        /// An approved template with its variables.
        case template(TemplateMessage)
        /// Buttons or lists; the object leaves as a JSON string.
        case interactive(InteractiveContent)
    }

    /// The most Unicode scalars of a text (Meta's limit for text messages).
    package static let maxTextLength = 4_096

    /// Who gets the message.
    package let recipient: Recipient
    /// The internal id of the sending number; `nil` for the workspace's active one.
    package let phoneNumberID: String?
    /// What the message says.
    package let content: Content

    /// Puts a request together.
    ///
    /// - Parameters:
    ///   - recipient: Who gets the message.
    ///   - phoneNumberID: The internal id of the sending number; `nil` for the workspace's active one.
    ///   - content: What the message says.
    /// - Throws: `MessageRequestError` for the first rule of the API that is broken.
    package init(
        recipient: Recipient,
        phoneNumberID: String? = nil,
        content: Content
    ) throws(MessageRequestError) {
        if case .contact(let id) = recipient { try ParameterRules.requireText(id, field: "contactId") }
        if let phoneNumberID { try ParameterRules.requireText(phoneNumberID, field: "phoneNumberId") }
        try Self.check(content)
        self.recipient = recipient
        self.phoneNumberID = phoneNumberID
        self.content = content
    }

    private static func check(_ content: Content) throws(MessageRequestError) {
        switch content {
        case .text(let text):
            try ParameterRules.requireText(text, field: "content")
            try ParameterRules.requireLength(text, atMost: maxTextLength, field: "content")
        case .template:
            break
        case .interactive(let content):
            guard content.object.isEmpty else { return }
            throw MessageRequestError(.badInteractive, field: "content", "the object is empty; expected a message")
        }
    }
}
