// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// PhonePe, version 2: orders, payment links and refunds of an Indian gateway.
    package static let phonepe = Preset(
        name: "phonepe",
        title: "PhonePe",
        verification: .token(TokenScheme(carrier: .header("Authorization"), form: .sha256Hex)),
        // The field type is an older name that PhonePe asks not to use.
        eventType: "body.event",
        eventID: ["body.payload.refundId", "body.payload.orderId"],
        // The times in the payload are of the payment's parts and of its end of life, not of the event.
        eventTime: .none,
        dedupe: Dedupe(
            key: .first(
                of: .joined(["body.event", "body.payload.refundId", "body.payload.state"]),
                .joined(["body.event", "body.payload.orderId", "body.payload.state"])
            ),
            window: .seconds(7 * 86_400)
        ),
        country: "IN",
        money: .minor,
        traps: [
            "The secret is username:password as set in the dashboard.",
            "The body is not signed: whoever reads one request can send others. Confirm a payment before you ship.",
            "There is no phone number: put it in metaInfo.udf1 when you create the order.",
            "Only payload.state decides, not the event's name. Amounts are paise.",
            "The answer must come within three seconds.",
        ],
        steps: [
            "In the PhonePe Business dashboard open Developer Settings > Webhook and choose Create webhook.",
            "Enter the source's https address, a user name and a password: username:password is the secret.",
            "Choose the events, and save.",
        ],
        documentation: "https://developer.phonepe.com/payment-gateway/autopay/standard-checkout/webhook-handling"
    )
}
