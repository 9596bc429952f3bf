// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
package import Events
import Messages
import OrderedCollections
import PartnerAPI
package import Rules

/// A message as a flat list of fields with texts, so that an expected and a made one can be compared field by field.
struct MessageFields: Hashable, Sendable {
    /// Fields that are compared only where the expectation has them.
    static let optional: Set<String> = ["rule", "language", "account", "phone_number_id", "once_per", "at"]

    /// In the order of the test format; nested ones as `variables.1`.
    private(set) var fields: OrderedDictionary<String, String> = [:]
    /// The same with `components` spelled out as variables, header and buttons; `nil` where that says less.
    private var spelledOut: OrderedDictionary<String, String>?

    /// A made message.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - time: When it leaves; when it is due, for one that does not.
    init(_ message: PlannedMessage, at time: Timestamp?) {
        fields["rule"] = message.rule
        switch message.request.recipient {
        case .phone(let number): fields["to"] = number.digits
        case .contact(let id): fields["contact_id"] = id
        }
        switch message.request.content {
        case .text(let text): fields["text"] = text
        case .interactive(let content): fields["interactive"] = content.text
        case .template(let template): add(template)
        }
        fields["account"] = message.account
        fields["phone_number_id"] = message.request.phoneNumberID
        fields["once_per"] = message.terms.once?.key
        fields["at"] = (time ?? message.terms.dueAt)?.rfc3339
        if message.terms.mode == .shadow { fields["shadow"] = "true" }
        guard case .template(let template) = message.request.content,
            case .components(let components) = template.payload,
            let parts = SpelledComponents(components)
        else { return }
        var spelled = fields
        spelled["components"] = nil
        for (name, value) in parts.fields { spelled[name] = value }
        spelledOut = spelled
    }

    /// A message that could not be built.
    init(_ message: RefusedMessage) {
        fields["rule"] = message.rule
        fields["error"] = message.refusal.reason
    }

    /// A digest that could not be built.
    init(failed rule: String, _ reason: String) {
        fields["rule"] = rule
        fields["error"] = reason
    }

    /// An expected message.
    ///
    /// - Parameter node: An entry of `expect`, which has the right shape.
    init(expected node: YAMLNode) {
        for entry in node.entries ?? [] {
            switch entry.key {
            case "variables": add(variables: entry.value)
            case "header": fields["header"] = SpelledComponents.header(expected: entry.value)
            case "buttons":
                for (index, value) in SpelledComponents.buttons(expected: entry.value) {
                    fields["buttons.\(index)"] = value
                }
            case "components", "interactive": fields[entry.key] = TextPlaces.json(entry.value).text()
            case "carousel": fields[entry.key] = entry.value.json.text()
            case "shadow": if entry.value.json == .bool(true) { fields["shadow"] = "true" }
            case "at": fields["at"] = entry.value.text.flatMap { Timestamp(rfc3339: $0) }?.rfc3339
            default: fields[entry.key] = entry.value.text
            }
        }
    }

    /// Whether the entry is about a message that could not be built.
    var isError: Bool { fields["error"] != nil }

    /// Whether the entry is about a message that does not leave.
    var isSuppressed: Bool { fields["suppressed"] != nil }

    /// The same message, which does not leave.
    ///
    /// - Parameter reason: Why.
    /// - Returns: The fields.
    func suppressed(because reason: String) -> MessageFields {
        var copy = self
        copy.fields["suppressed"] = reason
        copy.spelledOut?["suppressed"] = reason
        return copy
    }

    /// The fields on one line, as a test would write them.
    var line: String {
        let shown = (spelledOut ?? fields).filter { !Self.optional.contains($0.key) || $0.key == "rule" }
        return "{" + shown.map { "\($0.key): \($0.value.debugDescription)" }.joined(separator: ", ") + "}"
    }

    /// The fields in which a made message differs from this expectation.
    ///
    /// - Parameter made: A message, or the reason why there is none.
    /// - Returns: Field, expected and found text; `nil` stands for a field that is not there.
    func differences(from made: MessageFields) -> [(field: String, expected: String?, found: String?)] {
        let found = fields["components"] == nil ? made.spelledOut ?? made.fields : made.fields
        let names = fields.keys + found.keys.filter { fields[$0] == nil && !Self.optional.contains($0) }
        return names.compactMap { name in
            let (wanted, found) = (fields[name], found[name])
            if name == "error" || name == "suppressed", let wanted, let found, found.contains(wanted) { return nil }
            return wanted == found ? nil : (name, wanted, found)
        }
    }

    private mutating func add(_ template: TemplateMessage) {
        fields["template"] = template.name
        fields["language"] = template.language
        switch template.payload {
        case .variables(let variables): add(variables)
        case .components(let components): fields["components"] = JSON.array(components).text()
        case .carousel(let carousel):
            add(carousel.mainVariables)
            let message = try? MessageRequest(recipient: .contact("-"), content: .template(template))
            fields["carousel"] = message?.json()["carousel"]?.text()
        }
    }

    private mutating func add(_ variables: OrderedDictionary<String, String>) {
        for (slot, value) in variables { fields["variables.\(slot)"] = value }
    }

    private mutating func add(variables node: YAMLNode) {
        for entry in node.entries ?? [] { fields["variables.\(entry.key)"] = entry.value.text }
        for (position, element) in (node.elements ?? []).enumerated() {
            fields["variables.\(position + 1)"] = element.text
        }
    }
}

// MARK: The other way round

extension PlannedMessage {
    /// The message as an entry of `expect` that holds for it, whatever its template becomes.
    package var expectation: JSON { MessageFields(self, at: nil).expectation }
}

extension RefusedMessage {
    /// The reason as an entry of `expect`.
    package var expectation: JSON { MessageFields(self).expectation }
}

extension MessageFields {
    /// The fields as a test writes them; what is compared only where it is written is left out, but for `once_per`.
    fileprivate var expectation: JSON {
        var entry: OrderedDictionary<String, JSON> = [:]
        for (name, value) in spelledOut ?? fields where !Self.optional.contains(name) || name == "once_per" {
            let steps = name.split(separator: ".", maxSplits: 1).map(String.init)
            guard steps.count == 2 else {
                entry[name] = .string(value)
                continue
            }
            var inner = entry[steps[0]]?.object ?? [:]
            inner[steps[1]] = .string(value)
            entry[steps[0]] = .object(inner)
        }
        return .object(entry)
    }
}
