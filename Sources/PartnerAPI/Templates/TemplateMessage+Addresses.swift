// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections

extension TemplateMessage.Payload {
    /// The same values with buttons whose addresses work.
    ///
    /// A space in the end of an address becomes `%20`, for the partner puts it there as it stands; one slash at the
    /// beginning goes where the template's own part ends in one. An address that comes out doubled is left as it is,
    /// for ``MessageTemplate/check(_:)`` to tell.
    ///
    /// - Parameter template: The template; `nil` where nobody knows it.
    /// - Returns: The payload; variables by slot are left alone where nobody knows what they are for.
    /// - Throws: That a value cannot be put into an address.
    package func withWorkingAddresses(for template: MessageTemplate?) throws(MessageRequestError) -> Self {
        switch self {
        case .variables(let variables): return .variables(Self.mended(variables, template))
        case .components(let components):
            return .components(components.map { Self.mended($0, template?.bubble, template) })
        case .carousel(let carousel):
            var cards: [CarouselCard] = []
            for card in carousel.cards { cards.append(try Self.mended(card, template)) }
            return .carousel(
                try Carousel(variables: carousel.variables, cards: cards, bodyParameters: carousel.bodyParameters)
            )
        }
    }

    private static func mended(
        _ variables: OrderedDictionary<String, String>,
        _ template: MessageTemplate?
    ) -> OrderedDictionary<String, String> {
        guard let template else { return variables }
        var mended = variables
        for (key, value) in variables {
            guard let slot = Slot(key) else { continue }
            let card = slot.card.map { template.cards.indices.contains($0) ? template.cards[$0] : .init() }
            let parts = card ?? template.bubble
            let position = slot.number - parts.bodyCount - parts.headerCount - 1
            let buttons = parts.buttonsWithGap
            if buttons.indices.contains(position) { mended[key] = parts.working(value, at: buttons[position]) }
        }
        return mended
    }

    private static func mended(
        _ component: JSON,
        _ parts: MessageTemplate.Parts?,
        _ template: MessageTemplate?
    ) -> JSON {
        guard case .object(var members) = component else { return component }
        if let cards = members["cards"]?.array {
            members["cards"] = .array(cards.map { mended(card: $0, template) })
        }
        let index = members["index"].flatMap { $0.number?.int ?? $0.string.flatMap { Int($0) } }
        guard members["sub_type"]?.string?.lowercased() == "url", let index,
            let parameters = members["parameters"]?.array
        else { return .object(members) }
        let texts = parameters.map { parameter -> JSON in
            guard case .object(var parameter) = parameter, let text = parameter["text"]?.string else {
                return parameter
            }
            parameter["text"] = .string((parts ?? .init()).working(text, at: index))
            return .object(parameter)
        }
        members["parameters"] = .array(texts)
        return .object(members)
    }

    private static func mended(card: JSON, _ template: MessageTemplate?) -> JSON {
        guard case .object(var members) = card, let components = members["components"]?.array else { return card }
        let index = members["card_index"]?.number?.int ?? -1
        let parts = template.flatMap { $0.cards.indices.contains(index) ? $0.cards[index] : nil }
        members["components"] = .array(components.map { mended($0, parts, nil) })
        return .object(members)
    }

    private static func mended(_ card: CarouselCard, _ template: MessageTemplate?) throws(MessageRequestError)
        -> CarouselCard
    {
        let parts = template.flatMap { $0.cards.indices.contains(card.index) ? $0.cards[card.index] : nil } ?? .init()
        return try CarouselCard(
            index: card.index,
            bodyValues: card.bodyValues,
            buttonValues: card.buttonValues.map { .init(index: $0.index, text: parts.working($0.text, at: $0.index)) },
            header: card.header
        )
    }
}

extension MessageTemplate.Parts {
    /// The value of a button as it works behind the button's address.
    fileprivate func working(_ value: String, at position: Int) -> String {
        var address: TemplateText?
        if buttons.indices.contains(position) {
            // An address alone: a code to copy keeps its spaces.
            guard case .url(let text) = buttons[position].action else { return value }
            address = text
        }
        let encoded = value.replacing(" ", with: "%20")
        guard let address, address.prefix.hasSuffix("/"), encoded.hasPrefix("/"), encoded.count > 1,
            ButtonAddress(address).fault(of: encoded) == nil
        else { return encoded }
        return String(encoded.dropFirst())
    }
}
