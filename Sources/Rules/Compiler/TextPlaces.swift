// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
package import Events
import OrderedCollections

/// Which members of `components` and `interactive` the Cloud API wants as texts, whatever the value looks like.
///
/// There, digits stay as they were written and a number of the payload becomes a text. Every other member keeps the
/// type of what is given: amounts (`amount_1000`, `value`, `offset`), times (`expiration_time_ms`), places
/// (`latitude`), positions (`card_index`), switches. docs/rules.md has the table.
///
/// - SeeAlso: [messages of the Cloud API](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages),
///   [limited-time offers](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/limited-time-offer-templates/),
///   [Bindambc/whatsapp-business-java-api#58](https://github.com/Bindambc/whatsapp-business-java-api/issues/58)
package enum TextPlaces {
    /// What the customer reads: a text there must show something.
    private static let shown: Set<String> = ["text", "body", "header", "footer", "title", "button", "display_text"]

    private static let names: Set<String> = [
        "id", "link", "url", "caption", "filename", "name", "address", "description", "fallback_value", "code", "type",
        "sub_type", "format", "parameter_name", "payload", "coupon_code", "currency", "status", "country", "label",
        "flow_token", "flow_cta", "flow_action", "flow_message_version", "mode", "screen", "goods_type",
    ]

    /// Whether a member is a text.
    ///
    /// - Parameter key: The member's name; `nil` for an element of a list.
    /// - Returns: Whether it is sent as a text whatever JSON type its value has.
    static func isText(_ key: String?) -> Bool {
        guard let key else { return false }
        return names.contains(key) || shown.contains(key) || key.hasSuffix("_id") || key.hasSuffix("_name")
    }

    /// Whether the customer reads the member.
    static func isShown(_ key: String?) -> Bool { key.map(shown.contains) ?? false }

    /// The member whose rules hold for the elements of a list: buttons may be plain titles.
    static func element(of key: String?) -> String? { key == "buttons" ? "title" : nil }

    /// A YAML value as JSON, with the digits of texts as they were written.
    ///
    /// - Parameters:
    ///   - node: The value.
    ///   - key: The member's name; `nil` at the top and in lists.
    /// - Returns: The value; broken parts are `null`.
    package static func json(_ node: YAMLNode, _ key: String? = nil) -> JSON {
        switch node.content {
        case .scalar(let scalar):
            let value = CoreSchema.resolve(scalar)
            return isText(key) && value != .null ? .string(scalar.text) : value
        case .sequence(let elements): return .array(elements.map { json($0, element(of: key)) })
        case .mapping(let entries):
            return .object(OrderedDictionary(entries.map { ($0.key, json($0.value, $0.key)) }) { $1 })
        case .broken: return .null
        }
    }
}
