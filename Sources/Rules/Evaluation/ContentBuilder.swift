// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Liquid
import OrderedCollections
import PartnerAPI

/// Builds what a message says from `send` or `otherwise`.
struct ContentBuilder {
    let scope: LiquidScope
    /// The approved templates; `nil` takes templates on trust.
    let catalogue: TemplateCatalogue?

    /// Builds a message's content.
    ///
    /// - Parameter plan: `send` or `otherwise`.
    /// - Returns: What the partner API takes.
    /// - Throws: A refusal with the first reason why it cannot be.
    func build(_ plan: SendPlan) throws(Refusal) -> MessageRequest.Content {
        switch plan.content {
        case .text(let text):
            return .text(try filled(text, "the text"))
        case .interactive(let tree):
            guard case .object(let object) = try TreeBuilder(scope: scope, mustShow: true).value(of: tree) else {
                throw Refusal(.invalidMessage, "the interactive message is no object", at: plan.location)
            }
            return .interactive(InteractiveContent(object))
        case .template(let template):
            return .template(try build(template, at: plan.location))
        }
    }

    private func filled(_ expression: Expression, _ what: String) throws(Refusal) -> String {
        let text = try expression.render(scope)
        guard !ParameterCleaning.clean(text).isEmpty else {
            let reason = text.isEmpty ? "\(what) is empty" : Self.emptiness(what, text)
            throw Refusal(.emptyParameter, reason, at: expression.location)
        }
        return ParameterCleaning.cleanLines(text)
    }

    private func parameter(_ expression: Expression, _ what: String) throws(Refusal) -> String {
        let rendered = try expression.render(scope)
        let text = ParameterCleaning.clean(rendered)
        guard !text.isEmpty else {
            throw Refusal(.emptyParameter, Self.emptiness(what, rendered), at: expression.location)
        }
        return text
    }

    /// Why nothing is left of a text: `default` stands in for what is missing, not for what cannot be seen.
    private static func emptiness(_ what: String, _ rendered: String) -> String {
        let reason = "\(what) is empty after cleaning"
        guard !rendered.isEmpty else { return reason }
        return reason + ": its value is white space or invisible; write `| strip | default: '…'` where it may be so"
    }
}

// MARK: Templates

extension ContentBuilder {
    private func build(_ plan: TemplatePlan, at location: SourceLocation) throws(Refusal) -> TemplateMessage {
        let name = try parameter(plan.name, "the template's name")
        var languages: [String] = []
        for language in plan.languages { languages.append(try parameter(language, "the language")) }
        let chosen = try choose(name, languages, at: plan.name.location)
        do {
            let message = try TemplateMessage(
                name: name,
                language: chosen?.language ?? languages.first,
                payload: try payload(plan.payload, chosen, at: location).withWorkingAddresses(for: chosen)
            )
            if let problem = chosen?.check(message).first {
                throw Refusal(.templateMismatch, problem.reasonInRule, at: location, misfit: problem.code)
            }
            return message
        } catch let error as MessageRequestError {
            throw Refusal(.invalidMessage, error.description, at: location)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(.invalidMessage, "the message cannot be built", at: location)
        }
    }

    private func choose(_ name: String, _ languages: [String], at location: SourceLocation) throws(Refusal)
        -> MessageTemplate?
    {
        guard let catalogue else { return nil }
        switch catalogue.choose(name, languages: languages) {
        case .found(let template): return template
        case .missing(let problem): throw Refusal(.templateNotApproved, problem.reason, at: location)
        }
    }

    private func payload(
        _ plan: TemplatePlan.Payload,
        _ template: MessageTemplate?,
        at location: SourceLocation
    ) throws -> TemplateMessage.Payload {
        switch plan {
        case .parts(let parts): return try self.parts(parts).payload(for: template)
        case .components(let trees):
            let builder = TreeBuilder(scope: scope, mustShow: false)
            return .components(try trees.map { try clean(try builder.value(of: $0), at: location) })
        case .carousel(let carousel):
            let variables = TemplateParts(variables: try fill(carousel.variables, "variable"))
            return .carousel(
                try Carousel(
                    variables: variables.slots(in: template),
                    cards: try cards(carousel.cards),
                    bodyParameters: try fill(carousel.bodyParameters, "body parameter")
                )
            )
        }
    }

    private func parts(_ plan: PartsPlan) throws(Refusal) -> TemplateParts {
        var parts = TemplateParts(variables: try fill(plan.variables, "variable"))
        switch plan.header {
        case nil: break
        case .text(let text)?: parts.header = .text(try parameter(text, "the header"))
        case .media(let format, let key, let reference, let filename)?:
            var media: OrderedDictionary<String, JSON> = [key: .string(try parameter(reference, "the header's \(key)"))]
            if let filename { media["filename"] = .string(try parameter(filename, "the header's filename")) }
            parts.header = .parameter(["type": .string(format), format: .object(media)])
        case .location(let members)?:
            var place: OrderedDictionary<String, JSON> = [:]
            for (key, value) in members { place[key] = .string(try parameter(value, "the header's \(key)")) }
            parts.header = .parameter(["type": "location", "location": .object(place)])
        }
        for button in plan.buttons {
            let value = try parameter(button.value, "the value of button \(button.index)")
            parts.buttons.append(TemplateParts.Button(index: button.index, kind: button.kind, value: value))
        }
        return parts
    }

    private func fill(_ slots: [SlotPlan], _ what: String) throws(Refusal) -> OrderedDictionary<String, String> {
        var values: OrderedDictionary<String, String> = [:]
        for slot in slots { values[slot.key] = try parameter(slot.value, "\(what) \(slot.key)") }
        return values
    }

    /// A component with its text parameters cleaned.
    private func clean(_ value: JSON, at location: SourceLocation) throws(Refusal) -> JSON {
        switch value {
        case .array(let elements):
            var cleaned: [JSON] = []
            for element in elements { cleaned.append(try clean(element, at: location)) }
            return .array(cleaned)
        case .object(var members):
            for (key, member) in members {
                guard key == "text", let text = member.string else {
                    members[key] = try clean(member, at: location)
                    continue
                }
                let cleaned = ParameterCleaning.clean(text)
                guard !cleaned.isEmpty else {
                    throw Refusal(.emptyParameter, Self.emptiness("a text parameter", text), at: location)
                }
                members[key] = .string(cleaned)
            }
            return .object(members)
        default: return value
        }
    }
}

// MARK: Carousels

extension ContentBuilder {
    private func cards(_ plan: CarouselPlan.Cards) throws -> [CarouselCard] {
        switch plan {
        case .fixed(let cards):
            return try cards.enumerated().map { try card($1, index: $0) }
        case .each(let list, let limit, let plan):
            guard let elements = try list.evaluate(scope).asArray, !elements.isEmpty else {
                throw Refusal(.badList, "the list of the carousel's cards is missing or empty", at: list.location)
            }
            let shown = elements.prefix(limit)
            return try shown.enumerated().map { index, element in
                let inner = EventScope.element(element, index, of: shown.count, in: scope)
                return try ContentBuilder(scope: inner, catalogue: nil).card(plan, index: index)
            }
        }
    }

    private func card(_ plan: CardPlan, index: Int) throws -> CarouselCard {
        let buttons = try plan.buttons.map { button in
            CarouselCard.ButtonValue(
                index: button.index,
                text: try parameter(button.url, "card \(index): the button's address")
            )
        }
        let header = try plan.header.map { header in
            CarouselCard.Header(
                format: header.isVideo ? .video : .image,
                id: try parameter(header.id, "card \(index): the header's media id")
            )
        }
        let body = try fill(plan.body, "card \(index): value")
        return try CarouselCard(index: index, bodyValues: body, buttonValues: buttons, header: header)
    }
}
