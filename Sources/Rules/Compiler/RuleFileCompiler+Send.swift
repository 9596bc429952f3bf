// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import OrderedCollections

extension RuleFileCompiler {
    /// Compiles `send` or `otherwise`.
    ///
    /// - Parameter node: The mapping.
    /// - Returns: `nil` when there is a mistake, which is reported.
    mutating func compileSend(_ node: YAMLNode) -> SendPlan? {
        let content = compileContent(node)
        let account = inherited("account", node).flatMap { expression($0) }
        let phoneNumberID = inherited("phone_number_id", node).flatMap { expression($0) }
        guard let content else { return nil }
        return SendPlan(content: content, account: account, phoneNumberID: phoneNumberID, location: node.location)
    }

    private mutating func compileContent(_ node: YAMLNode) -> SendPlan.Content? {
        if let text = node["text"] { return expression(text).map(SendPlan.Content.text) }
        if let interactive = node["interactive"] { return tree(interactive).map(SendPlan.Content.interactive) }
        guard let template = node["template"] else { return nil }
        let name = expression(template)
        let languages = inherited("language", node).map { expressions($0) ?? [] } ?? []
        let payload = compilePayload(node)
        guard let name, let payload else { return nil }
        return .template(TemplatePlan(name: name, languages: languages, payload: payload))
    }

    private mutating func compilePayload(_ node: YAMLNode) -> TemplatePlan.Payload? {
        if let components = node["components"] {
            let trees = (components.elements ?? []).compactMap { tree($0) }
            return .components(trees)
        }
        let variables = node["variables"].map { slots($0) } ?? []
        guard let carousel = node["carousel"] else {
            let header = node["header"].flatMap { compileHeader($0) }
            let buttons = node["buttons"].map { compileButtons($0) } ?? []
            return .parts(PartsPlan(variables: variables, header: header, buttons: buttons))
        }
        let parameters = node["body_parameters"].map { slots($0) } ?? []
        return compileCards(carousel).map {
            .carousel(CarouselPlan(variables: variables, bodyParameters: parameters, cards: $0))
        }
    }

    private mutating func compileCards(_ node: YAMLNode) -> CarouselPlan.Cards? {
        if let cards = node["cards"]?.elements { return .fixed(cards.compactMap { compileCard($0) }) }
        guard let list = node["for_each"], let card = node["card"] else { return nil }
        let limit = node["limit"]?.scalar.flatMap { CoreSchema.resolve($0).number?.int } ?? 10
        let each = expression(list)
        let plan = compileCard(card)
        guard let each, let plan else { return nil }
        return .each(each, limit: limit, plan)
    }

    private mutating func compileCard(_ node: YAMLNode) -> CardPlan? {
        guard node.entries != nil else { return nil }
        var header: (isVideo: Bool, id: Expression)?
        if let media = node["header"], let id = media["id"].flatMap({ expression($0) }) {
            header = (media["format"]?.text == "video", id)
        }
        let buttons = (node["buttons"]?.elements ?? []).compactMap { button -> (index: Int, url: Expression)? in
            guard let index = button["index"]?.scalar.flatMap({ CoreSchema.resolve($0).number?.int }),
                let url = button["url"].flatMap({ expression($0) })
            else { return nil }
            return (index, url)
        }
        let body = node["body"].map { slots($0) } ?? []
        return CardPlan(body: body, buttons: buttons, header: header, location: node.location)
    }

    /// Gaps by slot or name, or in the order of a list.
    private mutating func slots(_ node: YAMLNode) -> [SlotPlan] {
        if let entries = node.entries {
            return entries.compactMap { entry in expression(entry.value).map { SlotPlan(key: entry.key, value: $0) } }
        }
        return (node.elements ?? []).enumerated().compactMap { position, element in
            expression(element).map { SlotPlan(key: String(position + 1), value: $0) }
        }
    }

    /// A tree whose texts are compiled; what holds no Liquid at all is kept as one value.
    private mutating func tree(_ node: YAMLNode, _ key: String? = nil) -> TreePlan? {
        switch node.content {
        case .broken: return nil
        case .scalar(let scalar):
            guard let value = CoreSchema.resolve(scalar).string else { return .constant(TextPlaces.json(node, key)) }
            guard let compiled = value.isEmpty ? nil : expression(node) else {
                return value.isEmpty ? .constant("") : nil
            }
            if let constant = compiled.constant { return .constant(.string(constant)) }
            return TextPlaces.isText(key) ? .text(compiled, isShown: TextPlaces.isShown(key)) : .value(compiled)
        case .sequence(let elements):
            return .list(elements.compactMap { tree($0, TextPlaces.element(of: key)) })
        case .mapping(let entries):
            return .object(entries.compactMap { entry in tree(entry.value, entry.key).map { (entry.key, $0) } })
        }
    }
}
