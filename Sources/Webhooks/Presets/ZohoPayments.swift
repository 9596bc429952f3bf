// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// Zoho Payments; Zoho Books signs otherwise under the same header name.
    package static let zohoPayments = Preset(
        name: "zoho-payments",
        title: "Zoho Payments",
        // Zoho's pages spell the header both ways.
        verification: .firstPresent([
            .hmac(.zohoPayments(header: "X-Zoho-Webhook-Signature")),
            .hmac(.zohoPayments(header: "X-ZohoWebhook-Signature")),
        ]),
        eventType: "body.event_type",
        eventID: "body.event_id",
        eventTime: EventTime(place: "body.event_time"),
        dedupe: Dedupe(key: "body.event_id", window: .seconds(3 * 86_400)),
        handshakes: [.probe],
        address: .https,
        money: .major,
        traps: [
            "The secret is the signing key of the webhook's own page. Zoho tries the address before it shows the key: run the source with any text as its secret first, and put the key in its place.",
            "Zoho Books, Inventory and Billing use the same header with another signature.",
            "The answer must come within 15 seconds; failed deliveries are repeated for two days, then the webhook is disabled.",
            "The time stamp is signed, and no age is refused: Zoho names no limit. Set verify.tolerance for one.",
        ],
        steps: [
            "In Zoho Payments open Settings > Developer Space, its tab Webhooks, and choose Configure Webhook.",
            "Enter a name, the source's https address, which must answer already, and the events, and submit.",
            "Copy the signing key, now or later from the webhook's menu with View Signing Key: it is the secret.",
        ],
        unconfirmed: [
            "How Zoho tries an address: any unsigned GET or HEAD, and a POST without a body, get 200 and nothing else."
        ],
        documentation: "https://www.zoho.com/in/payments/developerdocs/webhooks/verification/"
    )
}

extension HMACScheme {
    /// Zoho Payments' scheme under one of the header's spellings.
    fileprivate static func zohoPayments(header: HeaderName) -> HMACScheme {
        HMACScheme(
            header: header,
            syntax: .pairs(separator: ",", name: "v"),
            signed: "{timestamp}.{body}",
            timestamp: TimeStamp(carrier: .pair("t"), unit: .milliseconds)
        )
    }
}
