// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

// The Cloud API's `components`, read into arguments and written from them.

extension TemplateArguments {
    /// Sorts components of the Cloud API into the places of a template.
    mutating func read(_ components: [JSON], _ template: MessageTemplate) {
        for component in components {
            guard component["type"]?.string?.lowercased() == "carousel" else {
                bubble.read(component, template.bubble)
                continue
            }
            for card in component["cards"]?.array ?? [] {
                guard let index = card["card_index"]?.number?.int else { continue }
                let parts = template.cards.indices.contains(index) ? template.cards[index] : MessageTemplate.Parts()
                var values = Values()
                for component in card["components"]?.array ?? [] { values.read(component, parts) }
                cards[index] = values
            }
        }
    }

    /// The message's parameters as the WhatsApp Cloud API takes them.
    ///
    /// - Parameter template: The template that the arguments are for.
    /// - Returns: `components`: header, body, buttons, carousel; parts without values are left out.
    package func cloudComponents(for template: MessageTemplate) -> JSON {
        var components = bubble.components(template.bubble)
        if !cards.isEmpty {
            let cards = cards.sorted { $0.key < $1.key }.map { index, values -> JSON in
                let parts = template.cards.indices.contains(index) ? template.cards[index] : MessageTemplate.Parts()
                return ["card_index": .number(JSONNumber(index)), "components": .array(values.components(parts))]
            }
            components.append(["type": "carousel", "cards": .array(cards)])
        }
        return .array(components)
    }
}

extension TemplateArguments.Values {
    fileprivate mutating func read(_ component: JSON, _ parts: MessageTemplate.Parts) {
        let parameters = component["parameters"]?.array ?? []
        switch component["type"]?.string?.lowercased() {
        case "header":
            header = parameters.first.map(TemplateArguments.Header.init)
            if let first = parameters.first, case .text(let text)? = parts.header, !text.slots.isEmpty {
                misnamed += ParameterNames(text, "the header").read([first]).problems
            }
        case "body":
            let names = ParameterNames(parts.body ?? TemplateText(""), "the body").read(parameters)
            for (slot, parameter) in names.bySlot { body[slot] = parameter.parameterText }
            misnamed += names.problems
            misnamedInBody += names.problems.count
        case "button":
            let index = component["index"]
            guard let position = index?.number?.int ?? index?.string.flatMap({ Int($0) }) else { return }
            // A quick reply's payload is the sender's own bookkeeping, no gap that the customer sees.
            let subtype = component["sub_type"]?.string?.lowercased()
            guard subtype != "quick_reply" else { return }
            if parts.buttons.indices.contains(position), let fault = parts.buttons[position].fault(of: subtype) {
                misnamed.append(TemplateProblem(.unknownButton, "button \(position) \(fault)"))
            }
            buttons[position] = parameters.first?.parameterText ?? ""
        default: break
        }
    }

    fileprivate func components(_ parts: MessageTemplate.Parts) -> [JSON] {
        var components: [JSON] = []
        if let header {
            var name: String?
            if case .text(let text)? = parts.header, text.isNamed { name = text.slots.first }
            components.append(["type": "header", "parameters": [header.parameter(named: name)]])
        }
        if !body.isEmpty {
            let names = parts.body.flatMap { $0.isNamed ? $0.slots : nil } ?? []
            let parameters = body.sorted { $0.key < $1.key }.map { slot, value in
                JSON.textParameter(value, named: names.indices.contains(slot - 1) ? names[slot - 1] : nil)
            }
            components.append(["type": "body", "parameters": .array(parameters)])
        }
        for (position, value) in buttons.sorted(by: { $0.key < $1.key }) {
            let button = parts.buttons.indices.contains(position) ? parts.buttons[position] : nil
            let isCode = button?.action == .copyCode
            let code: JSON = ["type": "coupon_code", "coupon_code": .string(value)]
            components.append([
                "type": "button", "sub_type": isCode ? "copy_code" : "url", "index": .string(String(position)),
                "parameters": [isCode ? code : .textParameter(value)],
            ])
        }
        return components
    }
}

extension TemplateArguments.Header {
    fileprivate init(_ parameter: JSON) {
        let type = parameter["type"]?.string?.lowercased() ?? ""
        switch type {
        case "image", "video", "document":
            let media = parameter[type]
            self = .media(format: type, reference: media?["id"]?.string ?? media?["link"]?.string ?? "")
        case "location": self = .location
        default: self = .text(parameter.parameterText)
        }
    }

    fileprivate func parameter(named name: String?) -> JSON {
        switch self {
        case .text(let value): .textParameter(value, named: name)
        case .media(let format, let reference):
            ["type": .string(format), format: [reference.contains("://") ? "link" : "id": .string(reference)]]
        case .location: ["type": "location"]
        }
    }
}

extension JSON {
    /// A text parameter of the Cloud API.
    ///
    /// - Parameters:
    ///   - text: The value.
    ///   - name: The gap's name where the template has named ones.
    /// - Returns: The parameter's object.
    package static func textParameter(_ text: String, named name: String? = nil) -> JSON {
        guard let name else { return ["type": "text", "text": .string(text)] }
        return ["type": "text", "parameter_name": .string(name), "text": .string(text)]
    }

    /// What the customer reads in the place of a parameter of any type.
    fileprivate var parameterText: String {
        let text = self["text"] ?? self["coupon_code"] ?? self["payload"]
        let fallback = self["currency"]?["fallback_value"] ?? self["date_time"]?["fallback_value"]
        return (text ?? fallback)?.string ?? ""
    }
}

extension MessageTemplate.Button {
    /// Why a component of that `sub_type` is none for this button; the sentence's end.
    fileprivate func fault(of subtype: String?) -> String? {
        switch (action, subtype) {
        case (.url, "copy_code"?): "opens an address, but gets a code to copy"
        case (.copyCode, "url"?): "copies a code, but gets the end of an address"
        default: nil
        }
    }
}
