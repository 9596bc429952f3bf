// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// Mollie's classic webhooks: an unsigned form with an id to look up.
    package static let mollieClassic = Preset(
        name: "mollie-classic",
        title: "Mollie (classic webhooks)",
        // Mollie signs nothing here, but posts to whatever address a payment was made with.
        verification: .token(TokenScheme(carrier: .query("token"))),
        eventType: ["query.event", "'changed'"],
        eventID: "body.id",
        body: .form,
        // The id is the object's, and every change of it is the same request again; Mollie's first retry is a minute later.
        dedupe: Dedupe(key: "body_hash", window: .seconds(60)),
        money: .major,
        traps: [
            "Put ?token=… with the secret behind webhookUrl when you create the payment, and keep it out of your proxy's logs.",
            "An event is an id alone: status, amount and order are not in it. Fetch them with enrich (docs/enrichment.md).",
            "A first payment over 0.00 only keeps a card or a PayPal account for later.",
            "Two changes of one payment within a minute are one event: look up what holds now, not what changed.",
            "The answer must be 200 within 15 seconds, also for unknown ids; ten tries in 26 hours.",
        ],
        steps: [
            "Make up a long random token: it is the secret.",
            "Where your shop creates a payment, order or subscription at Mollie, set webhookUrl to the source's https address with ?token=… behind it.",
        ],
        documentation: "https://docs.mollie.com/reference/webhooks"
    )
}
