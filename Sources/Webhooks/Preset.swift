// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
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
