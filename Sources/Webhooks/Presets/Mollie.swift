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
