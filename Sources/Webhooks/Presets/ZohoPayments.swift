// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// Zoho Payments; Zoho Books signs otherwise under the same header name.
    package static let zohoPayments = Preset(
        name: "zoho-payments",
        title: "Zoho Payments",
        verification: .hmac(
            HMACScheme(
                header: "X-Zoho-Webhook-Signature",
                syntax: .pairs(separator: ",", name: "v"),
                signed: "{timestamp}.{body}",
                timestamp: HMACScheme.TimeStamp(carrier: .pair("t"), unit: .milliseconds)
            )
        ),
        eventType: "body.event_type",
        eventID: "body.event_id",
        dedupe: Dedupe(key: "body.event_id", window: .seconds(2 * 86_400)),
        money: .major,
        traps: [
            "The secret is the signing key of the webhook's own page.",
            "Zoho Books, Inventory and Billing use the same header with another signature.",
            "The time stamp is signed, and no age is refused: Zoho names no limit. Set verify.tolerance for one.",
        ],
        documentation: "https://www.zoho.com/in/payments/api/v1/webhooks/"
    )
}
