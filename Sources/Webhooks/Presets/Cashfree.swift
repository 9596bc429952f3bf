// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// Cashfree Payments: payments and refunds of an Indian gateway.
    package static let cashfree = Preset(
        name: "cashfree",
        title: "Cashfree Payments",
        verification: .hmac(
            HMACScheme(
                encoding: .base64,
                header: "x-webhook-signature",
                // Nothing stands between the two, whatever the documentation's PHP seems to say.
                signed: "{timestamp}{body}",
                timestamp: HMACScheme.TimeStamp(carrier: .header("x-webhook-timestamp"), unit: .milliseconds)
            )
        ),
        eventType: "body.type",
        eventID: ["body.data.refund.cf_refund_id", "body.data.payment.cf_payment_id"],
        eventTime: EventTime(place: "body.event_time"),
        dedupe: Dedupe(
            key: .first(
                of: .joined(["body.type", "body.data.refund.cf_refund_id", "body.data.refund.refund_status"]),
                .joined(["body.type", "body.data.payment.cf_payment_id"])
            ),
            window: .seconds(7 * 86_400)
        ),
        address: .https(443),
        country: "IN",
        money: .major,
        traps: [
            "The secret is the payment gateway's client secret; with several active key pairs list all of them.",
            "One order has many attempts: the id is that of the payment, and only SUCCESS is final.",
            "Refund events carry no phone number.",
            "A redirect counts as a failure; the default is three more tries within half an hour.",
            "cf_payment_id is a number in old API versions and a text in 2025-01-01.",
            "x-idempotency-key (x-idempotency-header in old versions) is not signed, so the payment's own id tells events apart.",
        ],
        steps: [
            "In the merchant dashboard open Payment Gateway > Developers > Webhooks and choose Add Webhook URL.",
            "Enter the source's https address, choose the version and the events, and choose Test & Add Webhook.",
            "The secret is the client secret under Developers > API Keys.",
        ],
        unconfirmed: [
            "Which of several active secrets signs: a page about another product says the oldest."
        ],
        documentation: "https://www.cashfree.com/docs/payments/online/webhooks/overview"
    )
}
