// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// Square: payments, orders, invoices, refunds.
    package static let square = Preset(
        name: "square",
        title: "Square",
        verification: .hmac(
            HMACScheme(encoding: .base64, header: "x-square-hmacsha256-signature", signed: "{url}{body}")
        ),
        // data.type has underscores; the type at the root is the dotted one that the documentation lists.
        eventType: "body.type",
        eventID: "body.event_id",
        eventTime: EventTime(place: "body.created_at"),
        // Square's pages name 24 and 72 hours of repetitions.
        dedupe: Dedupe(key: "body.event_id", window: .seconds(4 * 86_400)),
        address: .https,
        money: .minor,
        traps: [
            "The address is signed: public_url must be exactly what the dashboard says, to the last slash.",
            "A payment carries customer_id and no phone number; enrich can fetch the customer (docs/enrichment.md).",
            "An invoice may be asked for in parts, a deposit first; a card on file is charged without the customer (automatic_payment_source).",
            "Failed deliveries are repeated for a day, on older pages three, then dropped.",
        ],
        steps: [
            "In the Square developer console open your application, then Webhooks > Subscriptions, and choose Add subscription.",
            "Enter the source's https address (the same as public_url) and choose the events.",
            "Open the subscription and copy the signature key: it is the secret.",
        ],
        documentation: "https://developer.squareup.com/docs/webhooks/overview"
    )
}
