// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// Razorpay: payments, orders, invoices, payment links, refunds and subscriptions of an Indian gateway.
    package static let razorpay = Preset(
        name: "razorpay",
        title: "Razorpay",
        verification: .hmac(HMACScheme(header: "X-Razorpay-Signature")),
        eventType: "body.event",
        eventID: ["header.x-razorpay-event-id"],
        eventTime: EventTime(place: "body.created_at"),
        dedupe: Dedupe(
            key: .first(
                of: "header.x-razorpay-event-id",
                .razorpayFact("refund"),
                .razorpayFact("payment_link"),
                .razorpayFact("invoice"),
                .razorpayFact("subscription"),
                .razorpayFact("order"),
                .razorpayFact("payment")
            ),
            window: .seconds(16 * 86_400)
        ),
        address: AddressRules(ports: [80, 443]),
        country: "IN",
        money: .minor,
        traps: [
            "The secret is the webhook's own, not the API key's secret.",
            "After a change of the secret, retries of older events are still signed with the old one: keep both for a day.",
            "An answer other than 2xx within five seconds is retried for 24 hours; then the webhook is switched off.",
            "A payment can fail and then be captured; order.paid and payment.captured tell of one payment: use once_per.",
            "Razorpay refuses addresses whose domain has razorpay in it, and those of services such as webhook.site and ngrok.io.",
            "Amounts are paise. A contact may lack +91. notes is [] when it is empty and an object when it is not.",
            "Events are not in order, and subscription.halted carries no phone number.",
        ],
        steps: [
            "In the Razorpay dashboard open Account & Settings, choose Webhooks under Website and app settings, and then Add New Webhook.",
            "Enter the source's https address and a long random secret: it is the secret.",
            "Enter an e-mail address for alerts, tick the events, and create the webhook; test mode and live mode have each their own.",
        ],
        documentation: "https://razorpay.com/docs/webhooks/"
    )
}

extension Extraction {
    /// Kind, second and entity of an event: what is left to tell it by when a proxy drops the id header.
    fileprivate static func razorpayFact(_ entity: String) -> Extraction {
        .joined(["body.event", "body.created_at", Place(stringLiteral: "body.payload.\(entity).entity.id")])
    }
}
