// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension Preset {
    /// Paytm: payments as forms with an encrypted checksum in them, refunds and notices as JSON with one.
    package static let paytm = Preset(
        name: "paytm",
        title: "Paytm",
        verification: .sealedFields(
            SealedFieldsScheme(
                signature: "CHECKSUMHASH",
                member: SealedFieldsScheme.Member(name: "body", signature: FieldPath(steps: ["head", "signature"]))
            )
        ),
        // Nothing in the JSON names its kind; each kind can have an address of its own.
        eventType: ["body.STATUS", "body.NOTIFICATIONSTATUS", "query.event"],
        eventID: ["body.TXNID", "body.body.refundId", "body.body.downtimeId"],
        eventTime: EventTime(place: "body.TXNDATE", format: .pattern("yyyy-MM-dd HH:mm:ss.S", zone: "Asia/Kolkata")),
        body: BodyDecoding(standard: .form, looksAtBody: true, isStrict: true),
        dedupe: Dedupe(
            // The checksum has a new salt each time, so the hash of a body would tell no repetition.
            key: .first(
                of: .joined(["body.TXNID", "body.STATUS"]),
                .joined(["body.body.refundId", "body.body.userCreditInitiateTimestamp"]),
                "body.body.refundId",
                .joined(["body.body.downtimeId", "body.body.subject"])
            ),
            window: .seconds(7 * 86_400)
        ),
        address: .https(443),
        country: "IN",
        money: .major,
        // Its times name no zone and are India's, as the event's own time above.
        conventions: DataConventions(writer: "Paytm", timeZone: "Asia/Kolkata"),
        traps: [
            "The secret is the merchant key, 16 characters.",
            "Not signed: the names of a form's fields. The checksum covers the sorted fields' values alone, and null counts as nothing.",
            "Not signed: what stands in JSON outside of its member body; read body.body alone.",
            "Nothing in JSON names the event: give refunds an address with ?event=refund behind it. The query is not signed.",
            "Only PAYMENTMOBILENUMBER of payment links is a phone number; other events carry none.",
            "PENDING is followed by TXN_SUCCESS or TXN_FAILURE for the same TXNID.",
        ],
        steps: [
            "Copy the merchant key in Paytm's dashboard under Developer Settings > API Keys: it is the secret.",
            "Under Developer Settings > Webhook URL, or by asking Paytm's support, set the source's https address for payment notifications.",
            "For payment links give it as statusCallbackUrl instead, when you create the link.",
        ],
        unconfirmed: [
            "The menus: Paytm's pages ask to get in touch for a webhook.",
            "That the checksum of JSON covers the text of body as it was sent. Its compact spelling is taken, too.",
            "That its times are India's: they say no zone.",
            "Which answer Paytm wants beside 200, and how often it repeats.",
        ],
        documentation: "https://business.paytm.com/docs/callback-and-webhook"
    )
}
