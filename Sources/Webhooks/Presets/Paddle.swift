// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// Paddle Billing: transactions, subscriptions, customers.
    package static let paddle = Preset(
        name: "paddle",
        title: "Paddle Billing",
        verification: .hmac(
            HMACScheme(
                header: "Paddle-Signature",
                syntax: .pairs(separator: ";", name: "h1"),
                signed: "{timestamp}:{body}",
                timestamp: HMACScheme.TimeStamp(carrier: .pair("ts"), past: .seconds(5), future: .seconds(5))
            )
        ),
        eventType: "body.event_type",
        eventID: "body.event_id",
        eventTime: EventTime(place: "body.occurred_at"),
        // notification_id differs for every destination and replay.
        dedupe: Dedupe(key: "body.event_id", window: .seconds(4 * 86_400)),
        money: .minor,
        traps: [
            "The window is five seconds, as in Paddle's libraries: keep the clock right, or set verify.tolerance.",
            "Totals are texts in minor units.",
            "A transaction carries customer_id and no phone number; enrich can fetch the customer (docs/enrichment.md).",
            "The answer must be 200 within five seconds; live deliveries are repeated up to 60 times in three days.",
        ],
        steps: [
            "In Paddle's dashboard open Developer tools > Notifications and choose New destination.",
            "Enter the source's https address, choose the events, and save.",
            "Edit the destination and copy its secret key: it is the secret.",
        ],
        documentation: "https://developer.paddle.com/webhooks/overview"
    )
}
