// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The name that WhatsApp itself gives a recipient: digits that need be no valid number.
///
/// A Brazilian id may lack the ninth digit that the number has (`558588123456`), a Mexican one may have a 1 more
/// (`521…`), an Argentine one a 9 more or less. So an id that WhatsApp reported is taken as it stands; no numbering plan
/// has a say.
///
/// - SeeAlso: [Meta, phone numbers](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/phone-numbers)
package struct WhatsAppID: Hashable, Sendable, CustomStringConvertible {
    /// The digits, such as `558588123456`.
    package let digits: String

    /// The endings of ids of persons, as WhatsApp's own clients write them; a group (`@g.us`) is no recipient.
    private static let servers = ["@s.whatsapp.net", "@c.us"]

    /// Takes an id over.
    ///
    /// - Parameter text: 7 to 15 digits, which do not begin with 0; a plus in front and the ending of a person's id
    ///   (`@c.us`, `@s.whatsapp.net`, with a device as in `:12@…`) do not count.
    /// - Throws: ``WhatsAppIDError``; it does not repeat the digits.
    package init(_ text: String) throws(WhatsAppIDError) {
        var rest = Substring(String(String.UnicodeScalarView(text.unicodeScalars.filter { !$0.isInvisible })))
        rest = rest.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        if let server = Self.servers.first(where: { rest.hasSuffix($0) }) {
            rest.removeLast(server.count)
            rest = rest.prefix { $0 != ":" }
        }
        if rest.hasPrefix("+") { rest.removeFirst() }
        guard !rest.isEmpty else { throw .empty }
        guard rest.utf8.allSatisfy({ (48...57).contains($0) }) else { throw .notDigits }
        guard rest.first != "0", (7...15).contains(rest.utf8.count) else { throw .impossible }
        digits = String(rest)
    }

    /// The last two digits alone.
    package var description: String { "WhatsApp id ending in \(digits.suffix(2))" }
}

/// Why a text is no WhatsApp id.
package enum WhatsAppIDError: Error, Hashable, Sendable, CustomStringConvertible {
    case empty
    case notDigits
    case impossible

    /// One sentence.
    package var description: String {
        switch self {
        case .empty: "the WhatsApp id is empty"
        case .notDigits: "the WhatsApp id has something else than digits in it; expected digits with the country code"
        case .impossible: "the WhatsApp id cannot be one; expected 7 to 15 digits that do not begin with 0"
        }
    }
}
