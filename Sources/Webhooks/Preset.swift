// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Cryptography
package import Events
internal import Foundation
package import HTTPTypes

/// Built-in knowledge of one provider: everything that differs between senders, as data.
///
/// `Presets/` holds one file a provider, all of this shape. A source is a preset with secrets and a path.
package struct Preset: Sendable {
    /// In what unit a sender's amounts are.
    package enum MoneyUnit: String, Hashable, Sendable {
        /// Rupees, dollars.
        case major
        /// Paise, cents.
        case minor
        /// No amounts, or it depends on the event.
        case unspecified
    }

    /// What tells one fact from another, and how long that must be remembered.
    package struct Dedupe: Hashable, Sendable {
        /// The key; where a request has none of its parts, the hash of the body.
        package var key: Extraction
        /// Longer than the sender retries.
        package var window: Duration
    }

    /// What configuration calls it, such as `razorpay`.
    package let name: String
    /// Other names that mean the same.
    package var aliases: [String] = []
    /// What people call it.
    package let title: String
    /// The methods by which events come.
    package var methods: [HTTPRequest.Method] = [.post]
    package var verification: Verification
    /// Where the event's type is.
    package var eventType: Extraction
    /// Where the sender's id of the event is.
    package var eventID: Extraction
    /// Where the time of the event is.
    package var eventTime: EventTime = .none
    package var body: BodyDecoding = .json
    /// How a body with several events is taken apart; `nil` when a body is one event.
    package var batch: Batch?
    package var dedupe: Dedupe
    /// What the sender gets for everything that was stored, duplicates included.
    package var success: SuccessAnswer = .report
    /// Where its events say what became of messages, and what recipients wrote; `nil` for senders that know of neither.
    package var feedback: FeedbackPlaces?
    /// Whether a refusal must have an empty body.
    package var refusesWithEmptyBody = false
    package var handshakes: [Handshake] = []
    /// What the sender demands of the address that it posts to.
    package var address: AddressRules = .none
    /// The largest body that the sender is known to post is below this many bytes.
    package var maxBodyBytes = 1 << 20
    /// Where a phone number without country code is at home, for senders of one country.
    package var country: String?
    package var money: MoneyUnit = .unspecified
    /// How it writes amounts, empty fields and times, where that is not as everybody does.
    package var conventions: DataConventions = .standard
    /// Where the sender says how many places its minor units have.
    package var minorUnitsDocumentation: String?
    /// Where it is said, or can be read in the sender's code, in which zone times without one are; `nil` where nobody says
    /// it, which ``unconfirmed`` then tells.
    package var timesDocumentation: String?
    /// What its users must know, a sentence or two each.
    package var traps: [String]
    /// What to do in the provider's dashboard, a sentence or two each.
    package var steps: [String]
    /// What stands above and is found in none of the sender's own pages or libraries, a sentence or two each.
    package var unconfirmed: [String] = []
    /// The provider's own page about its webhooks.
    package var documentation: String
}

extension Preset {
    /// All presets, by name.
    package static let all: [Preset] = [
        adobeCommerce, adobeIO, adyen, adyenPlatform, alertmanager, bigcommerce, cashfree, cloudevents, frappe, generic,
        github, meta, mollie, mollieClassic, odoo, paddle, paypal, paytm, payu, phonepe, quickbooks, razorpay,
        shiprocket, shopify, square, standardWebhooks, stripe, woocommerce, xero, zohoBooks, zohoPayments,
    ]

    /// The preset of that name or alias.
    ///
    /// - Parameter name: As configuration writes it, such as `frappe` or `erpnext`.
    /// - Returns: `nil` when there is none.
    package static func named(_ name: String) -> Preset? {
        all.first { $0.name == name || $0.aliases.contains(name) }
    }
}

/// Writes the key by which the store recognises a repetition.
enum DedupeKey {
    /// Longer keys are stored as their hash: ids come from outside and have no limit there.
    private static let maxLength = 200

    /// One text for several parts, different whenever a part is.
    ///
    /// - Parameters:
    ///   - source: The source's name, which has no `/` in it.
    ///   - parts: At least one; a `/` or `%` in a part is escaped, so that parts cannot run into each other.
    /// - Returns: Such as `shop/orders%2Fpaid/evt_1`, at most 200 bytes.
    static func text(source: String, parts: [String]) -> String {
        var key = source
        for part in parts { key += "/" + escaped(part) }
        guard key.utf8.count > maxLength else { return key }
        let digest = HMACScheme.Encoding.hex.encode(HashFunction.sha256.hash(Array(key.utf8)))
        return "\(source)/sha256:\(digest)"
    }

    private static func escaped(_ part: String) -> String {
        // Most parts are ids without either, and a search for a text costs more than one for two bytes.
        guard part.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "/") }) else { return part }
        return part.replacing("%", with: "%25").replacing("/", with: "%2F")
    }
}

/// What a sender demands of the address that it posts to, beyond being one.
///
/// A sender refuses other addresses in its own form, or accepts them and never posts: neither shows up here.
package struct AddressRules: Hashable, Sendable {
    /// Whether only https will do.
    package var onlyHTTPS = false
    /// The ports that it connects to; any when empty.
    package var ports: [Int] = []
    /// Words, in lower case, that it takes nowhere in an address.
    package var forbidden: [String] = []

    /// A sender that posts anywhere.
    package static let none = AddressRules()

    /// A sender that posts to https on any port.
    static let https = AddressRules(onlyHTTPS: true)

    /// A sender that posts to https on these ports.
    ///
    /// - Parameter ports: At least one.
    /// - Returns: The rules.
    static func https(_ ports: Int...) -> AddressRules {
        AddressRules(onlyHTTPS: true, ports: ports)
    }

    /// Why the sender would not take an address.
    ///
    /// - Parameters:
    ///   - address: A whole address.
    ///   - sender: What people call the sender.
    /// - Returns: What was found and what is expected; `nil` when nothing speaks against it.
    func objection(to address: String, sender: String) -> String? {
        guard let url = URL(string: address), let scheme = url.scheme?.lowercased() else { return nil }
        if onlyHTTPS && scheme != "https" { return "'\(address)' is not https; \(sender) posts only to https" }
        let port = url.port ?? (scheme == "http" ? 80 : 443)
        if !ports.isEmpty && !ports.contains(port) {
            return
                "'\(address)' has the port \(port); \(sender) posts only to port \(Self.list(ports.map(String.init)))"
        }
        return objection(toPart: address, sender: sender)
    }

    /// Why the sender would not take an address with this path, whatever its host.
    ///
    /// - Parameters:
    ///   - part: A path, or a whole address.
    ///   - sender: What people call the sender.
    /// - Returns: What was found and what is expected; `nil` when nothing speaks against it.
    func objection(toPart part: String, sender: String) -> String? {
        let lowercased = part.lowercased()
        guard let word = forbidden.first(where: { lowercased.contains($0) }) else { return nil }
        return "'\(part)' holds '\(word)'; \(sender) takes no address with \(Self.list(forbidden)) in it; "
            + "expected one such as /in/parcels"
    }

    private static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.joined() }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}

extension AddressRules: CustomStringConvertible {
    /// One line for people; empty when there are no rules.
    package var description: String {
        var parts: [String] = []
        if onlyHTTPS { parts.append("https") }
        if !ports.isEmpty { parts.append("port \(Self.list(ports.map(String.init)))") }
        if !forbidden.isEmpty { parts.append("without \(Self.list(forbidden)) anywhere in it") }
        return parts.joined(separator: ", ")
    }
}
