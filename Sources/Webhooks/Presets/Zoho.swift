// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

extension Preset {
    /// Zoho Books, Inventory and Billing: webhooks of workflow rules.
    package static let zohoBooks = Preset(
        name: "zoho-books",
        aliases: ["zoho-billing", "zoho-inventory"],
        title: "Zoho Books, Inventory, Billing",
        methods: [.post, .put, .delete],
        verification: .sortedPairs(SortedPairsScheme(header: "X-Zoho-Webhook-Signature")),
        eventType: ["query.event", "body.event", "body.event_type"],
        eventID: "body.event_id",
        body: .strictly(.any),
        // Zoho does not say whether it repeats; one record saved twice within an hour without a change is one event.
        dedupe: Dedupe(key: .joined(["query.event", "body_hash"]), window: .seconds(3_600)),
        money: .major,
        traps: [
            "Without a secret token in the webhook there is no signature, and every request is refused.",
            "Nothing in a request names the event: put ?event=invoice_overdue behind the address; Zoho signs the query.",
            "Not signed: where one field of query or form ends and the next begins. Prefer the JSON default payload and a query of one field.",
            "Empty values come as a single space, and zip may be a number.",
            "Zoho Payments signs otherwise under the same header name: use the preset zoho-payments for it.",
        ],
        steps: [
            "Open Settings, choose Workflow Actions under Automation, then Webhooks, and choose New Webhook.",
            "Enter the source's https address, with ?event=… for the rule's event, and the method POST.",
            "Tick I want to secure this webhook and set a Secret Token of 12 to 50 letters and digits: it is the secret.",
            "As the body choose the default payload (JSON), and save.",
            "Under Workflow Rules make a rule for the module and event, with this webhook as its action.",
        ],
        unconfirmed: [
            "Whether the hash is hex or base64: both are taken.",
            "What the default payload looks like, and whether Zoho repeats.",
            "That Books and Inventory sign as Billing does; only Billing's page says how.",
        ],
        documentation: "https://www.zoho.com/billing/kb/webhooks/securing-webhooks.html"
    )
}

extension Preset {
    /// Zoho Payments; Zoho Books signs otherwise under the same header name.
    package static let zohoPayments = Preset(
        name: "zoho-payments",
        title: "Zoho Payments",
        // Zoho's pages spell the header both ways.
        verification: .firstPresent([
            .hmac(.zohoPayments(header: "X-Zoho-Webhook-Signature")),
            .hmac(.zohoPayments(header: "X-ZohoWebhook-Signature")),
        ]),
        eventType: "body.event_type",
        eventID: "body.event_id",
        eventTime: EventTime(place: "body.event_time"),
        dedupe: Dedupe(key: "body.event_id", window: .seconds(3 * 86_400)),
        handshakes: [.probe],
        address: .https,
        money: .major,
        traps: [
            "The secret is the signing key of the webhook's own page. Zoho tries the address before it shows the key: run the source with any text as its secret first, and put the key in its place.",
            "Zoho Books, Inventory and Billing use the same header with another signature.",
            "The answer must come within 15 seconds; failed deliveries are repeated for two days, then the webhook is disabled.",
            "The time stamp is signed, and no age is refused: Zoho names no limit. Set verify.tolerance for one.",
        ],
        steps: [
            "In Zoho Payments open Settings > Developer Space, its tab Webhooks, and choose Configure Webhook.",
            "Enter a name, the source's https address, which must answer already, and the events, and submit.",
            "Copy the signing key, now or later from the webhook's menu with View Signing Key: it is the secret.",
        ],
        unconfirmed: [
            "How Zoho tries an address: any unsigned GET or HEAD, and a POST without a body, get 200 and nothing else."
        ],
        documentation: "https://www.zoho.com/in/payments/developerdocs/webhooks/verification/"
    )
}

extension HMACScheme {
    /// Zoho Payments' scheme under one of the header's spellings.
    fileprivate static func zohoPayments(header: HeaderName) -> HMACScheme {
        HMACScheme(
            header: header,
            syntax: .pairs(separator: ",", name: "v"),
            signed: "{timestamp}.{body}",
            timestamp: TimeStamp(carrier: .pair("t"), unit: .milliseconds)
        )
    }
}
