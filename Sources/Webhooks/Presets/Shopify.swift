// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// Shopify: orders, checkouts, fulfillments, customers of a shop.
    package static let shopify = Preset(
        name: "shopify",
        title: "Shopify",
        verification: .hmac(HMACScheme(encoding: .base64, header: "X-Shopify-Hmac-Sha256")),
        eventType: "header.X-Shopify-Topic",
        eventID: ["header.X-Shopify-Event-Id", "header.X-Shopify-Webhook-Id"],
        eventTime: EventTime(place: "header.X-Shopify-Triggered-At"),
        dedupe: Dedupe(
            // The event id alone would swallow orders/paid after orders/create of one action.
            key: .first(
                of: .joined(["header.X-Shopify-Shop-Domain", "header.X-Shopify-Topic", "header.X-Shopify-Event-Id"]),
                .joined(["header.X-Shopify-Shop-Domain", "header.X-Shopify-Topic", "header.X-Shopify-Webhook-Id"])
            ),
            window: .seconds(2 * 86_400)
        ),
        money: .major,
        traps: [
            "Webhooks made under Settings > Notifications are signed with the key on that page, not with an app's secret.",
            "An app's webhook is deleted after eight failures in a row; the answer must come within five seconds.",
            "The test notification has the phone 555-555-SHIP and ids above 2^53.",
            "An order may have no customer, no address and an empty e-mail; without access to protected data they are null.",
            "One order gives orders/create, orders/paid and orders/updated: use once_per.",
            "Subscriptions of the Events preview use headers without X- and are refused; set verify.header to Shopify-Hmac-Sha256 and dedupe to header.Shopify-Webhook-Id for them.",
            "For an hour after a change of the secret both sign: keep both.",
        ],
        steps: [
            "In the admin open Settings > Notifications > Webhooks and choose Create webhook.",
            "Choose the event, JSON as the format, and enter the source's https address.",
            "The key that the page then shows under the list is the secret; for an app's webhooks it is the app's client secret.",
        ],
        unconfirmed: [
            "Which of Event-Id and Webhook-Id tells a repetition: two of Shopify's pages differ. Either counts here, with the topic.",
            "That fields of customers are null without access to protected data.",
        ],
        documentation: "https://shopify.dev/docs/apps/build/webhooks"
    )
}
