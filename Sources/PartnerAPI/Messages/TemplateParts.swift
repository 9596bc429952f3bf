// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import OrderedCollections

/// The values of one template by what they are for: the body's variables, the header, the buttons.
///
/// The API's `templateVariables` know numbers alone. Names, headers and buttons leave as `templateComponents`, which
/// the API takes in their place.
package struct TemplateParts: Hashable, Sendable {
    /// What stands over the body.
    package enum Header: Hashable, Sendable {
        /// The value of the text's gap.
        case text(String)
        /// A parameter of another type, as the Cloud API takes it.
        case parameter(JSON)
    }

    /// What is put into a button.
    package struct Button: Hashable, Sendable {
        /// What the value is.
        package enum Kind: Hashable, Sendable {
            /// Whatever the template's button takes; the end of an address where nobody knows the template.
            case asTemplate
            /// The end of an address.
            case url
            /// What the partner is told when a quick reply is tapped.
            case payload
            /// A code to copy.
            case copyCode
        }

        /// The button's position, from 0.
        package let index: Int
        package let kind: Kind
        package let value: String

        package init(index: Int, kind: Kind, value: String) {
            self.index = index
            self.kind = kind
            self.value = value
        }
    }

    /// Values by slot (`1`, `2`, …, `c0_1`) or by the gap's name.
    package var variables: OrderedDictionary<String, String>
    /// What stands over the body; `nil` where the variables say it, or there is nothing.
    package var header: Header?
    /// What is put into the buttons.
    package var buttons: [Button]

    package init(
        variables: OrderedDictionary<String, String>,
        header: Header? = nil,
        buttons: [Button] = []
    ) {
        self.variables = variables
        self.header = header
        self.buttons = buttons
    }

    /// The form in which the API takes the values.
    ///
    /// - Parameter template: The template they are for; `nil` where nobody knows it: then names are the body's.
    /// - Returns: `templateVariables` where they suffice, else `templateComponents`.
    /// - Throws: `MessageRequestError` for values that no template could take.
    package func payload(for template: MessageTemplate?) throws(MessageRequestError) -> TemplateMessage.Payload {
        let slots = variables.keys.compactMap { Slot($0) }
        guard slots.isEmpty || slots.count == variables.count else {
            let reason = "some keys are slots, some names; expected one kind"
            throw MessageRequestError(.mixedSlots, field: "templateVariables", reason)
        }
        let isByName = !variables.isEmpty && slots.isEmpty
        guard isByName || header != nil || !buttons.isEmpty else { return try bySlot(template) }
        if let slot = slots.first(where: { $0.card != nil }) {
            let reason = "'\(slot.key)' is a slot of a card, which has no place beside a header or buttons"
            throw MessageRequestError(.badSlot, field: "templateVariables", reason)
        }
        let names = isByName ? named(template) : (header: nil, body: try numbered(slots, template))
        let components = [headerComponent(template) ?? names.header, Self.component("body", names.body)]
        return .components(components.compactMap(\.self) + (try buttonComponents(template)))
    }

    /// The main bubble's variables by slot, as a carousel wants them.
    ///
    /// - Parameter template: The template; `nil` leaves names as they are.
    /// - Returns: Every name that is a gap of the body as its slot.
    package func slots(in template: MessageTemplate?) -> OrderedDictionary<String, String> {
        let known = template?.bubble.body?.slots ?? []
        return OrderedDictionary(
            variables.map { key, value in (known.firstIndex(of: key).map { String($0 + 1) } ?? key, value) }
        ) { $1 }
    }
}

// MARK: Variables

extension TemplateParts {
    /// Numbers alone: as they are, or with the names that the template's gaps have.
    private func bySlot(_ template: MessageTemplate?) throws(MessageRequestError) -> TemplateMessage.Payload {
        guard let template, template.hasNames, !variables.isEmpty, template.cards.isEmpty else {
            return .variables(variables)
        }
        let message = try TemplateMessage(name: template.name, payload: .variables(variables))
        let arguments = TemplateArguments(message, for: template)
        guard arguments.surplus.isEmpty, arguments.bubble.body.count == template.bubble.bodyCount,
            let components = arguments.cloudComponents(for: template).array, !components.isEmpty
        else { return .variables(variables) }
        return .components(components)
    }

    private func named(_ template: MessageTemplate?) -> (header: JSON?, body: [JSON]) {
        var over: JSON?
        var body: [JSON] = []
        for (name, value) in variables {
            let parameter = JSON.textParameter(value, named: name)
            if header == nil, case .text(let text)? = template?.bubble.header, text.slots == [name],
                template?.bubble.body?.slots.contains(name) != true
            {
                over = Self.component("header", [parameter])
            } else {
                body.append(parameter)
            }
        }
        return (over, body)
    }

    private func numbered(_ slots: [Slot], _ template: MessageTemplate?) throws(MessageRequestError) -> [JSON] {
        let text = template?.bubble.body
        let names = text?.isNamed == true ? text?.slots ?? [] : []
        var body: [JSON] = []
        for (position, slot) in slots.sorted().enumerated() {
            guard slot.number == position + 1, let value = variables[slot.key] else {
                let reason = "there is no slot \(position + 1) before \(slot.number); expected all from 1 on"
                throw MessageRequestError(.badSlot, field: "templateVariables", reason)
            }
            body.append(.textParameter(value, named: names.indices.contains(position) ? names[position] : nil))
        }
        return body
    }

    static func component(_ type: String, _ parameters: [JSON]) -> JSON? {
        parameters.isEmpty ? nil : ["type": .string(type), "parameters": .array(parameters)]
    }
}

extension MessageTemplate {
    /// Whether a gap of the bubble has a name.
    fileprivate var hasNames: Bool {
        if case .text(let text)? = bubble.header, text.isNamed { return true }
        return bubble.body?.isNamed == true
    }
}
