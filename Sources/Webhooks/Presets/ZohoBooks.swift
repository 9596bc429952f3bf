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
