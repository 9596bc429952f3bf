// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections

/// What one message puts into one template, whichever of the API's three forms it came in.
///
/// The API says how `templateVariables` fill the body; where header text or buttons have gaps too, their slots
/// follow the body's (ours): body `1`…`n`, then the header's text, then the buttons in their order. The slots of
/// a card (`c0_1`) go the same way: body first, then buttons.
package struct TemplateArguments: Hashable, Sendable {
    /// What is put over the body.
    package enum Header: Hashable, Sendable {
        /// The value of the text's gap.
        case text(String)
        /// A media id or link, with its format: `image`, `video`, `document`.
        case media(format: String, reference: String)
        /// A place on the map.
        case location
    }

    /// The values of a bubble or a card.
    package struct Values: Hashable, Sendable {
        /// What is put over the body.
        package var header: Header?
        /// The body's values by slot, from 1.
        package var body: [Int: String] = [:]
        /// The buttons' values by position, from 0.
        package var buttons: [Int: String] = [:]
        /// Values whose names lead to no gap, or that lack one; sentences without the place.
        package internal(set) var misnamed: [TemplateProblem] = []
        /// How many of ``misnamed`` stand where the body wants a value, so that its gap is not told a second time.
        package internal(set) var misnamedInBody = 0
    }

    /// The values of the main bubble.
    package internal(set) var bubble = Values()
    /// The values of the cards by index.
    package internal(set) var cards: [Int: Values] = [:]
    /// What has no place in the template, as a caller would name it.
    package internal(set) var surplus: [String] = []
    /// Whether the message gave structured cards or Cloud API components, which say how many cards they mean.
    package internal(set) var countsCards = false

    /// Sorts the values of a message into the places of a template.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - template: The template it chose.
    package init(_ message: TemplateMessage, for template: MessageTemplate) {
        switch message.payload {
        case .variables(let variables):
            fill(variables.map { ($0.key, $0.value) }, template)
        case .carousel(let carousel):
            countsCards = true
            fill(carousel.mainVariables.map { ($0.key, $0.value) }, template)
            for card in carousel.cards { add(card, template) }
        case .components(let components):
            countsCards = true
            read(components, template)
        }
    }

    private mutating func fill(_ variables: [(String, String)], _ template: MessageTemplate) {
        for (key, value) in variables {
            guard let slot = Slot(key) else { continue }
            let isTaken: Bool
            if let card = slot.card {
                guard template.cards.indices.contains(card) else {
                    surplus.append("'\(key)'")
                    continue
                }
                isTaken = cards[card, default: Values()].put(value, slot.number, in: template.cards[card])
            } else {
                isTaken = bubble.put(value, slot.number, in: template.bubble)
            }
            if !isTaken { surplus.append("'\(key)'") }
        }
    }

    private mutating func add(_ card: CarouselCard, _ template: MessageTemplate) {
        var values = Values()
        if card.bodyValues.keys.allSatisfy({ Slot($0) != nil }) {
            for (key, value) in card.bodyValues { values.body[Slot(key)?.number ?? 0] = value }
        } else {
            for (position, value) in card.bodyInSlotOrder.enumerated() { values.body[position + 1] = value }
        }
        for button in card.buttonValues { values.buttons[button.index] = button.text }
        if let header = card.header { values.header = .media(format: header.format.rawValue, reference: header.id) }
        cards[card.index] = values
    }
}

extension TemplateArguments.Values {
    /// Puts the value of a numbered slot where the parts have it.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - slot: The slot, from 1.
    ///   - parts: The bubble or card.
    /// - Returns: Whether there was a place for it.
    mutating func put(_ value: String, _ slot: Int, in parts: MessageTemplate.Parts) -> Bool {
        if slot <= parts.bodyCount {
            body[slot] = value
            return true
        }
        if slot <= parts.bodyCount + parts.headerCount {
            header = .text(value)
            return true
        }
        let buttons = parts.buttonsWithGap
        let position = slot - parts.bodyCount - parts.headerCount - 1
        guard buttons.indices.contains(position) else { return false }
        self.buttons[buttons[position]] = value
        return true
    }
}
