// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections
import PartnerAPI

/// A rule's message with a placeholder for everything that an event decides.
///
/// Whatever is wrong with it is wrong with every message of the rule.
enum PlaceholderMessage {
    private static let placeholder = "1"

    /// Builds the message.
    ///
    /// - Parameters:
    ///   - plan: What the rule sends.
    ///   - template: The approved template; a carousel that is made from a list gets as many cards as it has.
    /// - Returns: A message that the partner would take.
    /// - Throws: `MessageRequestError` for what no event can make right.
    static func build(_ plan: TemplatePlan, for template: MessageTemplate?) throws(MessageRequestError)
        -> TemplateMessage
    {
        try TemplateMessage(
            name: value(plan.name),
            language: plan.languages.first.flatMap(\.constant),
            payload: try payload(plan.payload, template).withWorkingAddresses(for: template)
        )
    }

    private static func value(_ expression: Expression) -> String {
        expression.constant.map(ParameterCleaning.clean) ?? placeholder
    }

    private static func payload(
        _ plan: TemplatePlan.Payload,
        _ template: MessageTemplate?
    ) throws(MessageRequestError) -> TemplateMessage.Payload {
        switch plan {
        case .parts(let parts): return try self.parts(parts).payload(for: template)
        case .components(let trees): return .components(trees.map(json))
        case .carousel(let carousel):
            return .carousel(
                try Carousel(
                    variables: TemplateParts(variables: fill(carousel.variables)).slots(in: template),
                    cards: try cards(carousel.cards, template),
                    bodyParameters: fill(carousel.bodyParameters)
                )
            )
        }
    }

    private static func parts(_ plan: PartsPlan) -> TemplateParts {
        let header: TemplateParts.Header? =
            switch plan.header {
            case nil: nil
            case .text(let text)?: .text(value(text))
            case .media(let format, let key, let reference, _)?:
                .parameter(["type": .string(format), format: [key: .string(value(reference))]])
            case .location?: .parameter(["type": "location", "location": [:]])
            }
        let buttons = plan.buttons.map {
            TemplateParts.Button(index: $0.index, kind: $0.kind, value: value($0.value))
        }
        return TemplateParts(variables: fill(plan.variables), header: header, buttons: buttons)
    }

    private static func cards(
        _ plan: CarouselPlan.Cards,
        _ template: MessageTemplate?
    ) throws(MessageRequestError) -> [CarouselCard] {
        let plans: [CardPlan] =
            switch plan {
            case .fixed(let cards): cards
            case .each(_, let limit, let card): Array(repeating: card, count: max(1, template?.cards.count ?? limit))
            }
        var cards: [CarouselCard] = []
        for (index, plan) in plans.enumerated() {
            cards.append(
                try CarouselCard(
                    index: index,
                    bodyValues: fill(plan.body),
                    buttonValues: plan.buttons.map { .init(index: $0.index, text: value($0.url)) },
                    header: plan.header.map { .init(format: $0.isVideo ? .video : .image, id: value($0.id)) },
                    field: "carousel.cards[\(index)]"
                )
            )
        }
        return cards
    }

    private static func fill(_ slots: [SlotPlan]) -> OrderedDictionary<String, String> {
        OrderedDictionary(slots.map { ($0.key, value($0.value)) }) { $1 }
    }

    private static func json(_ tree: TreePlan) -> JSON {
        switch tree {
        case .constant(let value): value
        case .text(let expression, _): .string(value(expression))
        case .value: .number(JSONNumber(1))
        case .list(let elements): .array(elements.map(json))
        case .object(let members): .object(OrderedDictionary(members.map { ($0.key, json($0.value)) }) { $1 })
        }
    }
}
