// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The words of the Cloud API's components that this version knows.
///
/// A word that is not among them is no mistake, for Meta adds new ones; a rule that uses it is told so once, because
/// it may be a misspelling.
///
/// - SeeAlso: [Template components](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components),
///   [limited-time offers](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/limited-time-offer-templates/)
package enum ComponentVocabulary {
    /// What a component may be.
    static let components = [
        "header", "body", "footer", "button", "carousel", "limited_time_offer", "order_status",
        "tap_target_configuration",
    ]
    /// What a parameter may be.
    static let parameters = [
        "text", "image", "video", "document", "gif", "location", "product", "currency", "date_time", "payload",
        "coupon_code", "action", "limited_time_offer", "order_status", "order_details", "ttl_minutes",
        "tap_target_configuration",
    ]
    /// What a button may do.
    static let buttons = [
        "url", "quick_reply", "copy_code", "catalog", "mpm", "spm", "flow", "voice_call", "order_details",
        "order_status",
        "phone_number", "otp",
    ]

    /// Words that this version does not know.
    ///
    /// - Parameter components: The value of `templateComponents`.
    /// - Returns: A sentence for each, in order, that says where the word stands and what may have been meant.
    package static func unknownWords(in components: [JSON]) -> [(found: String, hint: String?)] {
        components.flatMap { component -> [(found: String, hint: String?)] in
            let inner = (component["cards"]?.array ?? []).flatMap { unknownWords(in: $0["components"]?.array ?? []) }
            let own = [
                unknown(component["type"], "component type", Self.components),
                unknown(component["sub_type"], "button's sub_type", Self.buttons),
            ]
            let given = (component["parameters"]?.array ?? []).map {
                unknown($0["type"], "parameter type", Self.parameters)
            }
            return (own + given).compactMap(\.self) + inner
        }
    }

    private static func unknown(_ word: JSON?, _ what: String, _ known: [String]) -> (found: String, hint: String?)? {
        guard let word = word?.string, !known.contains(word.lowercased()) else { return nil }
        return ("the \(what) '\(ParameterRules.shown(word))'", NearMiss.question(for: word, among: known))
    }
}
