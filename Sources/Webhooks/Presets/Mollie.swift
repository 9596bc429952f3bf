// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// Mollie's next-generation webhooks; the classic ones are unsigned and hold an id alone.
    package static let mollie = Preset(
        name: "mollie",
        title: "Mollie (next-generation webhooks)",
        verification: .hmac(HMACScheme(header: "X-Mollie-Signature", prefix: "sha256=", syntax: .repeated)),
        eventType: "body.type",
        eventID: "body.id",
        eventTime: EventTime(place: "body.createdAt"),
        dedupe: Dedupe(key: "body.id", window: .seconds(3 * 86_400)),
        money: .major,
        traps: [
            "For a day after a change of the secret a delivery has two signature lines.",
            "A classic webhook has no signature and is refused: use the preset mollie-classic for it.",
            "Choose the full payload: without it an event only names what changed. No payload has a phone number; enrich can fetch one (docs/enrichment.md).",
            "Ten tries in 26 hours; then the webhook is blocked.",
        ],
        steps: [
            "In Mollie's dashboard open Developers > Webhooks and create a webhook with the source's https address.",
            "Choose the events, and copy the signing secret, which is shown once: it is the secret.",
        ],
        unconfirmed: [
            "The menus of the dashboard; Mollie's pages describe the Webhooks API.",
            "The number of tries, and the day of two signatures.",
        ],
        documentation: "https://docs.mollie.com/reference/webhooks-new"
    )
}

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
