// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// PhonePe, version 2: orders, payment links and refunds of an Indian gateway.
    package static let phonepe = Preset(
        name: "phonepe",
        title: "PhonePe",
        verification: .bySecret(
            .login,
            .token(TokenScheme(carrier: .header("Authorization"), form: .sha256Hex)),
            otherwise: .hmac(HMACScheme(header: "X-PHONEPE-CHECKSUM-SIGNATURE"))
        ),
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
        address: .https,
        country: "IN",
        money: .minor,
        traps: [
            "The secret is the checksum's secret key (HMAC), or username:password as set in the dashboard (SHA).",
            "With SHA the body is not signed: whoever reads one request can send others. Choose HMAC, or confirm a payment before you ship.",
            "There is no phone number: put it in metaInfo.udf1 when you create the order, or fetch the order with enrich (docs/enrichment.md).",
            "Only payload.state decides, not the event's name. Amounts are paise.",
            "The answer must come within three seconds.",
        ],
        steps: [
            "In the PhonePe Business dashboard set Test Mode as you need it, open Developer Settings and its tab Webhook, and choose Create Webhook.",
            "Choose the authentication type HMAC, enter the source's https address, choose the events and a description, and create it: the key that is shown then is the secret.",
            "Where only user name (5 to 20 letters, digits and _) and password (8 to 20, letters and digits) are offered, username:password is the secret.",
        ],
        unconfirmed: [
            "The header and the hex of the HMAC: PhonePe's pages say that there is an HMAC; its headers are known from several receivers that were written for it. If yours differ, set verify: {scheme: hmac, header: …, encoding: …}.",
            "How often PhonePe repeats.",
        ],
        documentation:
            "https://developer.phonepe.com/payment-gateway/website-integration/standard-checkout/api-integration/api-reference/webhook"
    )
}
