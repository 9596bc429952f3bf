// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A message as the customer reads it.
package struct RenderedMessage: Hashable, Sendable {
    /// What stands over the body.
    package enum Header: Hashable, Sendable {
        /// A line of text.
        case text(String)
        /// Media: its format, and the id or link where the message gives one.
        case media(format: String, reference: String?)
        /// A place on the map.
        case location
    }

    /// A button under a bubble or card.
    package struct Button: Hashable, Sendable {
        /// What the button says.
        package let text: String
        /// Where it leads: an address, a number or a code; `nil` for a plain reply.
        package let target: String?

        package init(text: String, target: String? = nil) {
            self.text = text
            self.target = target
        }
    }

    /// A card of a carousel.
    package struct Card: Hashable, Sendable {
        /// What stands over the body.
        package let header: Header?
        /// The text.
        package let body: String
        /// The buttons in their order.
        package let buttons: [Button]

        package init(header: Header? = nil, body: String, buttons: [Button] = []) {
            self.header = header
            self.body = body
            self.buttons = buttons
        }
    }

    /// What stands over the body.
    package let header: Header?
    /// The text; line breaks are the template's own.
    package let body: String
    /// The small line under the body.
    package let footer: String?
    /// The buttons in their order; for a list message its rows.
    package let buttons: [Button]
    /// The cards by index.
    package let cards: [Card]

    package init(
        header: Header? = nil,
        body: String,
        footer: String? = nil,
        buttons: [Button] = [],
        cards: [Card] = []
    ) {
        self.header = header
        self.body = body
        self.footer = footer
        self.buttons = buttons
        self.cards = cards
    }
}
