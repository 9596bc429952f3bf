// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension Preset {
    /// Stripe: snapshot events of every API version; thin v2 events carry no data.
    package static let stripe = Preset(
        name: "stripe",
        title: "Stripe",
        verification: .hmac(
            HMACScheme(
                header: "Stripe-Signature",
                syntax: .pairs(separator: ",", name: "v1"),
                signed: "{timestamp}.{body}",
                // As Stripe's libraries: old ones are refused, those of a clock ahead of ours pass.
                timestamp: HMACScheme.TimeStamp(carrier: .pair("t"), past: .seconds(300))
            )
        ),
        eventType: "body.type",
        eventID: "body.id",
        eventTime: EventTime(place: "body.created"),
        dedupe: Dedupe(key: "body.id", window: .seconds(5 * 86_400)),
        money: .minor,
        // The special cases of Stripe's page: ISK and UGX are whole and still have two places, always 00 (UGX is in the
        // page's list of currencies without places, too; its special case says more). MGA is in that list, though ISO 4217
        // gives it two. Of ISK see also support.stripe.com/questions/deprecation-of-fractional-isk-charges-and-refunds.
        conventions: DataConventions(writer: "Stripe", minorUnitPlaces: ["ISK": 2, "MGA": 0, "UGX": 2]),
        minorUnitsDocumentation: "https://docs.stripe.com/currencies#special-cases",
        traps: [
            "The secret is the whole text that begins with whsec_, and each endpoint has its own.",
            "While a secret is rolled, up to a day, a delivery carries a signature for each.",
            "Choose the payload style Snapshot: a thin event (object v2.core.event) carries no data.",
            "The endpoint's API version decides where fields are; phone numbers are there only when Checkout collects them.",
            "charge.refunded says the total refunded so far. Currencies are lower case; some have no minor unit, and minor_units knows those that are Stripe's own.",
            "Events are not in order, and failed deliveries are repeated for three days.",
        ],
        steps: [
            "In Stripe's dashboard open Workbench, its tab Webhooks, and choose Create new destination (or Add destination).",
            "Choose the API version and the events, then Webhook endpoint, and enter the source's https address.",
            "Reveal the signing secret, which begins with whsec_: it is the secret.",
        ],
        documentation: "https://docs.stripe.com/webhooks"
    )
}
