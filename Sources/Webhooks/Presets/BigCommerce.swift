// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// BigCommerce: orders, carts, shipments, customers of a shop; thin events.
    package static let bigcommerce = Preset(
        name: "bigcommerce",
        title: "BigCommerce",
        // The library that BigCommerce advises wants base64, so its documentation encodes the secret first; the key
        // is the client secret's own bytes.
        verification: .hmac(.standardWebhooks(headerPrefix: "webhook", key: .text)),
        eventType: "body.scope",
        eventID: "header.webhook-id",
        eventTime: EventTime(place: "body.created_at"),
        dedupe: Dedupe(key: "header.webhook-id", window: .seconds(3 * 86_400)),
        address: .https(443),
        traps: [
            "The secret is the client secret of the API account that made the webhook.",
            "An event says only which record changed: name, phone number and amount are not in it. Fetch the rest with enrich (docs/enrichment.md).",
            "An order's amounts are in default_currency_code, which the shopper pays in; currency_code is what the shop window showed.",
            "When under nine in ten deliveries to a domain succeed, all webhooks of that domain wait three minutes.",
            "Failed deliveries are repeated for 48 hours, then the webhook is deactivated; so is one without traffic for 90 days.",
        ],
        steps: [
            "Under Settings > API accounts create a store-level API account and copy its client secret: it is the secret.",
            "Create the webhook with POST /v3/hooks of BigCommerce's API: scope such as store/order/created, destination the source's https address. There is no form for it in the control panel.",
        ],
        documentation: "https://developer.bigcommerce.com/docs/integrations/webhooks"
    )
}
