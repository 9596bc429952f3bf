// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

// Header and buttons as components of the Cloud API.

extension TemplateParts {
    func headerComponent(_ template: MessageTemplate?) -> JSON? {
        switch header {
        case nil: return nil
        case .parameter(let parameter)?: return Self.component("header", [parameter])
        case .text(let value)?:
            var name: String?
            if case .text(let text)? = template?.bubble.header, text.isNamed { name = text.slots.first }
            return Self.component("header", [.textParameter(value, named: name)])
        }
    }

    func buttonComponents(_ template: MessageTemplate?) throws(MessageRequestError) -> [JSON] {
        var components: [Int: JSON] = [:]
        for button in buttons {
            guard components[button.index] == nil else {
                let reason = "the index \(button.index) stands twice; expected it once"
                throw MessageRequestError(.badIndex, field: "buttons", reason)
            }
            components[button.index] = button.component(template?.bubble.buttons ?? [])
        }
        return components.sorted { $0.key < $1.key }.map(\.value)
    }
}

extension TemplateParts.Button {
    fileprivate func component(_ buttons: [MessageTemplate.Button]) -> JSON {
        let subtype: String
        let parameter: JSON
        switch resolved(buttons) {
        case .asTemplate, .url: (subtype, parameter) = ("url", .textParameter(value))
        case .payload: (subtype, parameter) = ("quick_reply", ["type": "payload", "payload": .string(value)])
        case .copyCode: (subtype, parameter) = ("copy_code", ["type": "coupon_code", "coupon_code": .string(value)])
        }
        return [
            "type": "button", "sub_type": .string(subtype), "index": .string(String(index)), "parameters": [parameter],
        ]
    }

    private func resolved(_ buttons: [MessageTemplate.Button]) -> Kind {
        guard kind == .asTemplate, buttons.indices.contains(index) else { return kind }
        switch buttons[index].action {
        case .copyCode: return .copyCode
        case .quickReply: return .payload
        case .url, .phone, .other: return .url
        }
    }
}
