// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The few HTML entities in which WordPress stores a secret.
///
/// - SeeAlso: `wp_specialchars_decode` and `esc_attr` of WordPress, which know these and no others.
enum HTMLEntities {
    private static let names = [
        "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#039;": "'", "&#39;": "'", "&apos;": "'",
        "&#x27;": "'", "&#038;": "&", "&#38;": "&",
    ]

    /// The text with its entities replaced, once and from left to right: `&amp;lt;` becomes `&lt;`.
    ///
    /// - Parameter text: A secret as a form shows it.
    /// - Returns: The secret as it signs.
    static func resolved(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            rest = rest[mark...]
            let entity = names.first { rest.hasPrefix($0.key) }
            result += entity?.value ?? "&"
            rest = rest.dropFirst(entity?.key.count ?? 1)
        }
        return result + rest
    }
}
