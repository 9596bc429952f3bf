// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Preset {
    /// PayPal: payments, invoices, subscriptions, disputes.
    package static let paypal = Preset(
        name: "paypal",
        title: "PayPal",
        verification: .certificate(
            CertificateScheme(
                signatures: [
                    CertificateScheme.Signature(
                        header: "PAYPAL-TRANSMISSION-SIG",
                        location: "PAYPAL-CERT-URL",
                        site: .domain(
                            "paypal.com",
                            usually: [
                                "api.paypal.com", "api.sandbox.paypal.com", "api-m.paypal.com",
                                "api-m.sandbox.paypal.com",
                            ]
                        )
                    )
                ],
                signed: [
                    .header("PAYPAL-TRANSMISSION-ID"), .literal("|"), .header("PAYPAL-TRANSMISSION-TIME"),
                    .literal("|"), .secret, .literal("|"), .bodyCRC32,
                ]
            )
        ),
        eventType: "body.event_type",
        eventID: "body.id",
        eventTime: EventTime(place: "body.create_time"),
        dedupe: Dedupe(key: "body.id", window: .seconds(5 * 86_400)),
        address: .https,
        money: .major,
        traps: [
            "The secret is the webhook's id, such as 1JE4291016473214C: it is part of what is signed and not in the request.",
            "Of the body PayPal signs a CRC-32 alone, which people can imitate: confirm a payment at PayPal's API before you ship.",
            "The certificate is fetched from *.paypal.com at the first delivery, so the service must reach that host.",
            "Amounts are texts in major units; a phone number is there only rarely.",
            "PayPal repeats for three days.",
            "PayPal's other way to check, asking its verify-webhook-signature, is not used.",
        ],
        steps: [
            "In the PayPal developer dashboard open Apps & Credentials, choose Live or Sandbox, and open your app.",
            "Under Webhooks choose Add Webhook, enter the source's https address and tick the events.",
            "Copy the Webhook ID that the list then shows: it is the secret.",
        ],
        unconfirmed: [
            "The menus of the dashboard.",
            "That PayPal tries 25 times in three days.",
            "On which hosts PayPal keeps its certificates: api, api-m and their sandboxes are known from its examples. Others below paypal.com are asked, but never at the cost of these.",
        ],
        documentation: "https://developer.paypal.com/api/rest/webhooks/"
    )
}
