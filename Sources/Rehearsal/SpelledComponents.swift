// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import OrderedCollections

/// Components as the rule's short keys say them, so that a test compares what its rule writes.
struct SpelledComponents {
    /// `variables.1`, `variables.customer`, `header`, `buttons.0`, in this order.
    private(set) var fields: OrderedDictionary<String, String> = [:]

    /// Spells components out.
    ///
    /// - Parameter components: The value of `templateComponents`; `nil` comes back where a part has no short key.
    init?(_ components: [JSON]) {
        for component in components {
            guard let parameters = component["parameters"]?.array, !parameters.isEmpty else { return nil }
            switch component["type"]?.string {
            case "body": guard add(body: parameters) else { return nil }
            case "header": fields["header"] = Self.header(parameters[0])
            case "button":
                guard let index = component["index"]?.string, let value = Self.value(parameters[0]) else { return nil }
                fields["buttons.\(index)"] = value
            default: return nil
            }
        }
    }

    private mutating func add(body parameters: [JSON]) -> Bool {
        for (position, parameter) in parameters.enumerated() {
            guard let text = parameter["text"]?.string else { return false }
            fields["variables.\(parameter["parameter_name"]?.string ?? String(position + 1))"] = text
        }
        return true
    }

    private static func value(_ parameter: JSON) -> String? {
        (parameter["text"] ?? parameter["payload"] ?? parameter["coupon_code"])?.string
    }

    private static func header(_ parameter: JSON) -> String {
        if let text = parameter["text"]?.string { return text }
        let format = parameter["type"]?.string ?? ""
        return line(format, parameter[format]?.object ?? [:])
    }

    private static func line(_ format: String, _ members: OrderedDictionary<String, JSON>) -> String {
        let texts = members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.string ?? $0.value.text())" }
        return (["format: \(format)"] + texts).joined(separator: ", ")
    }

    /// A header as a test expects it, in the same words.
    static func header(expected node: YAMLNode) -> String? {
        guard let entries = node.entries else { return node.text }
        if let text = node["text"]?.text { return text }
        let members = entries.filter { $0.key != "format" }.map { ($0.key, JSON.string($0.value.text ?? "")) }
        let format = node["format"]?.text ?? (node["latitude"] == nil ? "image" : "location")
        return line(node["filename"] == nil ? format : "document", OrderedDictionary(members) { $1 })
    }

    /// Buttons as a test expects them: a value by position, or a list of `{index, url}` and the like.
    static func buttons(expected node: YAMLNode) -> [(index: String, value: String?)] {
        if let entries = node.entries { return entries.map { ($0.key, $0.value.text) } }
        return (node.elements ?? []).compactMap { button in
            guard let index = button["index"]?.text else { return nil }
            return (index, button.entries?.first { $0.key != "index" }?.value.text)
        }
    }
}
