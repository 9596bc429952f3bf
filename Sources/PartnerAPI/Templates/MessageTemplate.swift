// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// A message template in Meta's shape, as far as sending needs it.
package struct MessageTemplate: Hashable, Sendable {
    /// Whether Meta lets the template be sent.
    package struct Status: Hashable, Sendable, CustomStringConvertible {
        /// Meta's word in upper case: `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, `DISABLED`, ….
        package let rawValue: String

        package static let approved = Status("APPROVED")

        package init(_ text: String) { rawValue = text.uppercased() }

        package var description: String { rawValue }
    }

    /// What stands over the body.
    package enum Header: Hashable, Sendable {
        /// A line of text with at most one gap.
        case text(TemplateText)
        /// A picture, film or document, given at each sending: `image`, `video`, `document`.
        case media(String)
        /// A place on the map, given at each sending.
        case location
        /// A format that we do not know, in Meta's word.
        case other(String)
    }

    /// A button under the message.
    package struct Button: Hashable, Sendable {
        /// What a tap does.
        package enum Action: Hashable, Sendable {
            /// Opens an address, whose end may be a gap.
            case url(TemplateText)
            /// Calls a number.
            case phone(String)
            /// Answers with the button's text.
            case quickReply
            /// Copies a code that is given at each sending.
            case copyCode
            /// Something we do not know, in Meta's word.
            case other(String)
        }

        /// What the button says.
        package let text: String
        /// What a tap does.
        package let action: Action

        package init(text: String, action: Action) {
            self.text = text
            self.action = action
        }

        /// Whether a value must be given at each sending.
        package var needsValue: Bool {
            switch action {
            case .url(let address): !address.slots.isEmpty
            case .copyCode: true
            case .phone, .quickReply, .other: false
            }
        }
    }

    /// What a bubble and a card of a carousel have in common.
    package struct Parts: Hashable, Sendable {
        /// What stands over the body; `nil` for nothing.
        package let header: Header?
        /// The text; `nil` where a card has none.
        package let body: TemplateText?
        /// The small line under the body.
        package let footer: String?
        /// The buttons in their order.
        package let buttons: [Button]

        package init(
            header: Header? = nil,
            body: TemplateText? = nil,
            footer: String? = nil,
            buttons: [Button] = []
        ) {
            self.header = header
            self.body = body
            self.footer = footer
            self.buttons = buttons
        }

        /// The positions of the buttons that need a value, from 0.
        package var buttonsWithGap: [Int] { buttons.indices.filter { buttons[$0].needsValue } }

        /// The number of gaps of the body.
        package var bodyCount: Int { body?.slots.count ?? 0 }

        /// The number of gaps of the header's text: 0 or 1.
        package var headerCount: Int {
            guard case .text(let text) = header else { return 0 }
            return text.slots.count
        }

        /// The number of variables that the parts take together: body, header text, buttons.
        package var variableCount: Int { bodyCount + headerCount + buttonsWithGap.count }
    }

    /// Meta's id; `nil` where the partner leaves it out.
    package let id: String?
    /// The name by which messages choose the template.
    package let name: String
    /// The locale code.
    package let language: String
    /// Whether it may be sent.
    package let status: Status
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`; `nil` where the partner leaves it out.
    package let category: String?
    /// The main bubble.
    package let bubble: Parts
    /// The cards of a carousel; empty for every other template.
    package let cards: [Parts]
    /// The record as the partner sent it, to be stored and served again.
    package let record: JSON

    /// Whether its name, or what its customer reads, has a text in it, whatever its case.
    ///
    /// - Parameter text: The text; every template says nothing.
    /// - Returns: Whether it does.
    package func says(_ text: String) -> Bool {
        guard !text.isEmpty else { return true }
        let wanted = text.lowercased()
        return ([name] + ([bubble] + cards).flatMap(\.words)).contains { $0.lowercased().contains(wanted) }
    }
}

extension MessageTemplate.Parts {
    /// What stands in them for people.
    fileprivate var words: [String] {
        let head: String? = if case .text(let text) = header { text.text } else { nil }
        return [head, body?.text, footer].compactMap(\.self) + buttons.map(\.text)
    }
}
