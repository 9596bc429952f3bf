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
        case "body":
            for (position, parameter) in parameters.enumerated() {
                let named = parameter["parameter_name"]?.string.flatMap { parts.body?.slots.firstIndex(of: $0) }
                body[(named ?? position) + 1] = parameter.parameterText
            }
        case "button":
            let index = component["index"]
            guard let position = index?.number?.int ?? index?.string.flatMap({ Int($0) }) else { return }
            // A quick reply's payload is the sender's own bookkeeping, no gap that the customer sees.
            guard component["sub_type"]?.string?.lowercased() != "quick_reply" else { return }
            buttons[position] = parameters.first?.parameterText ?? ""
        default: break
        }
    }

    fileprivate func components(_ parts: MessageTemplate.Parts) -> [JSON] {
        var components: [JSON] = []
        if let header { components.append(["type": "header", "parameters": [header.parameter]]) }
        if !body.isEmpty {
            let parameters = body.sorted { $0.key < $1.key }.map { JSON.textParameter($0.value) }
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

    fileprivate var parameter: JSON {
        switch self {
        case .text(let value): .textParameter(value)
        case .media(let format, let reference):
            ["type": .string(format), format: [reference.contains("://") ? "link" : "id": .string(reference)]]
        case .location: ["type": "location"]
        }
    }
}

extension JSON {
    fileprivate static func textParameter(_ text: String) -> JSON {
        ["type": "text", "text": .string(text)]
    }

    /// What the customer reads in the place of a parameter of any type.
    fileprivate var parameterText: String {
        let text = self["text"] ?? self["coupon_code"] ?? self["payload"]
        let fallback = self["currency"]?["fallback_value"] ?? self["date_time"]?["fallback_value"]
        return (text ?? fallback)?.string ?? ""
    }
}
