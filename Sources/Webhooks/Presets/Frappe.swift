// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

extension Preset {
    /// Frappe and ERPNext: the Webhook document type, with "Enable Security" ticked.
    package static let frappe = Preset(
        name: "frappe",
        aliases: ["erpnext"],
        title: "Frappe / ERPNext",
        methods: [.post, .put, .delete],
        verification: .hmac(HMACScheme(encoding: .base64, header: "X-Frappe-Webhook-Signature")),
        eventType: ["body.event", "body.doctype"],
        eventID: .none,
        // A try that timed out is repeated at once, at most twice; the same document saved later is an event again.
        dedupe: Dedupe(key: "body_hash", window: .seconds(600)),
        money: .major,
        traps: [
            "Without Enable Security there is no signature, and every request is refused.",
            "Nothing in a request names the event: use a JSON body with event, doctype, name and modified in it.",
            "The signature is made from a second rendering: a template with now() may sign something else than it sends.",
            "Becoming overdue is a nightly change of status and fires no webhook: use a Notification, or a delay of ours.",
            "Frappe waits five seconds and tries three times; it sends no Content-Type unless a header row adds one, which does not matter here.",
            "Times such as posting_time and modified name no zone and are in the site's own: give date that zone.",
            "contact_mobile is empty when the invoice has no contact. Credit notes are invoices with is_return.",
        ],
        steps: [
            "In the Desk open Integrations > Webhook (or search for Webhook) and choose New.",
            "Choose the DocType and the Doc Event, and enter the source's address as the Request URL.",
            "As the Request Structure choose JSON, and write a body with event, doctype, name, modified and the fields that your rules need.",
            "Under Security tick Enable Security and set the webhook secret.",
            "Add the header Content-Type with application/json, and save.",
        ],
        unconfirmed: [
            "That becoming overdue fires no document event.",
            "Whether on_update_after_submit ever fires: the code that was read looks for another name.",
        ],
        documentation: "https://docs.frappe.io/framework/user/en/guides/integration/webhooks"
    )
}
