// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// Paytm: payments, as forms with an encrypted checksum in them.
    package static let paytm = Preset(
        name: "paytm",
        title: "Paytm",
        verification: .sealedFields(SealedFieldsScheme(signature: "CHECKSUMHASH")),
        eventType: "body.STATUS",
        eventID: "body.TXNID",
        eventTime: EventTime(place: "body.TXNDATE", format: .pattern("yyyy-MM-dd HH:mm:ss.S", zone: "Asia/Kolkata")),
        body: .form,
        dedupe: Dedupe(key: .joined(["body.TXNID", "body.STATUS"]), window: .seconds(7 * 86_400)),
        country: "IN",
        money: .major,
        traps: [
            "The secret is the merchant key, 16 characters.",
            "Not signed: the names of the fields. The checksum covers the sorted fields' values alone, and null counts as nothing.",
            "Only PAYMENTMOBILENUMBER of payment links is a phone number; other events carry none.",
            "PENDING is followed by TXN_SUCCESS or TXN_FAILURE for the same TXNID. Paytm posts to port 443 alone.",
            "Notifications in JSON, which carry head.signature, are refused.",
        ],
        steps: [
            "Copy the merchant key in Paytm's dashboard under Developer Settings > API Keys: it is the secret.",
            "Under Developer Settings > Webhook URL, add the source's https address for payment notifications.",
        ],
        documentation: "https://business.paytm.com/docs/payment-status"
    )
}
