// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension Preset {
    /// PayU India: payments, as forms with a hash in them.
    package static let payu = Preset(
        name: "payu",
        title: "PayU India",
        verification: .fieldHash(
            FieldHashScheme(
                signature: "hash",
                // Between status and udf5 stand five fields that PayU keeps for itself and never fills.
                parts: [
                    .secret, .field("status"), .empty, .empty, .empty, .empty, .empty, .field("udf5"), .field("udf4"),
                    .field("udf3"), .field("udf2"), .field("udf1"), .field("email"), .field("firstname"),
                    .field("productinfo"), .field("amount"), .field("txnid"), .field("key"),
                ],
                // PayU's pages write it both ways.
                optionalFirst: ["additionalCharges", "additional_charges"]
            )
        ),
        eventType: "body.status",
        eventID: "body.mihpayid",
        eventTime: EventTime(place: "body.addedon", format: .pattern("yyyy-MM-dd HH:mm:ss", zone: "Asia/Kolkata")),
        body: BodyDecoding(standard: .form, isStrict: true),
        dedupe: Dedupe(key: .joined(["body.mihpayid", "body.status"]), window: .seconds(7 * 86_400)),
        country: "IN",
        money: .major,
        // Its times name no zone and are India's, as the event's own time above.
        conventions: DataConventions(writer: "PayU", timeZone: "Asia/Kolkata"),
        traps: [
            "The secret is the merchant salt of the key that the payment was made with.",
            "Not signed: phone, mihpayid, mode, addedon, error and all fields but status, udf1 to udf5, email, firstname, productinfo, amount, txnid, key and additionalCharges.",
            "The phone number is not signed: whoever reads one request can send it with another number. Put the number into a udf field and send to that.",
            "amount is what you asked for; net_amount_debit is what the customer was charged, less with a discount, and 0 for a mandate.",
            "The amount is a text such as 499.00; pending is followed by success or failure with the same mihpayid.",
        ],
        steps: [
            "In the PayU dashboard open Collect Payments > Payment Gateway and copy the salt of your key: it is the secret.",
            "Open Developers > Webhooks, choose Create Webhook, the type Payment and the event Successful, and enter the source's https address; then the same for Failed.",
            "Leave out Refund and Dispute, and keep the body a form: of the others PayU documents no hash, and what has none is refused.",
        ],
        unconfirmed: [
            "Whether refunds, disputes and JSON bodies are signed.",
            "How often PayU repeats.",
            "That its times are India's: they say no zone.",
        ],
        documentation: "https://docs.payu.in/docs/webhook-events-and-sample-payloads"
    )
}
