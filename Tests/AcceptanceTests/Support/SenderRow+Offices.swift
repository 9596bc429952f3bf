// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension SenderRow {
    /// Books, customer relations, machines.
    static let offices = [
        SenderRow(
            preset: "alertmanager",
            settings: ["secrets: [alertmanager-test-token]"],
            request: "alertmanager/firing.json",
            messages: [
                Bubble(
                    owner,
                    "Alert DiskFull is firing with severity critical: Disk 95% full on db-1. "
                        + "It began at 03:12 UTC, 15 January."
                )
            ]
        ),
        SenderRow(
            preset: "cloudevents",
            settings: ["secrets: [cloudevents-test-token]"],
            request: "cloudevents/invoice.overdue.json",
            messages: [
                Bubble(
                    "919811204477",
                    "Dear Ritika Sen, ₹12,500.00 of invoice INV-2093 is overdue since 5 January. "
                        + "Please pay here: https://erp.example/pay/INV-2093"
                )
            ]
        ),
        SenderRow(
            preset: "frappe",
            source: "erpnext",
            settings: ["secrets: [frappe-test-secret]"],
            request: "erpnext/sales-invoice.submitted.json",
            messages: [
                Bubble(
                    "919486120375",
                    "Dear Devika Pillai, invoice ACC-SINV-2026-00041 over ₹18,241.00 is due on 30 January. "
                        + "View it here: https://erp.example/invoices/ACC-SINV-2026-00041"
                )
            ]
        ),
        SenderRow(
            preset: "github",
            settings: ["secrets: [github-test-secret]"],
            request: "github/release.published.json",
            type: "release",
            messages: [
                Bubble(
                    owner,
                    "Release v2.4.0 of example-org/shop is out. "
                        + "Read what is new: https://github.com/example-org/shop/releases/tag/v2.4.0"
                )
            ]
        ),
        SenderRow(
            preset: "meta",
            settings: ["secrets: [meta-test-app-secret]", "handshake_token: meta-test-verify-token"],
            request: "meta/message.json",
            messages: [
                Bubble(
                    "919886012345",
                    "Hi Farhan, thank you for your message! We answer from 9 to 6, usually within an hour."
                )
            ]
        ),
        SenderRow(
            preset: "meta",
            settings: ["secrets: [meta-test-app-secret]", "handshake_token: meta-test-verify-token"],
            request: "meta/lead.request.json",
            answers: [Answer(path: "/v23.0/880012345678901", event: "meta/lead.json")],
            messages: [
                Bubble(
                    "919886012345",
                    "Hi Farhan Qureshi, thank you for your interest! We have your enquiry and call you back soon."
                ),
                Bubble(
                    owner,
                    "A new enquiry of Farhan Qureshi has come in through a Meta form. Please call back: +919886012345."
                ),
            ]
        ),
        SenderRow(
            preset: "odoo",
            settings: ["secrets: [a-long-random-token-of-a-test]"],
            request: "odoo/order.confirmed.json",
            messages: [
                Bubble("919820456781", "Hi Gauri Kulkarni, your order S00231 over ₹18,450.00 is confirmed. Thank you!")
            ]
        ),
        SenderRow(
            preset: "quickbooks",
            settings: ["secrets: [quickbooks-test-verifier-token]"],
            request: "quickbooks/invoice.created.request.json",
            answers: [
                Answer(
                    path: "/v3/company/9130000000000042/invoice/381",
                    event: "quickbooks/invoice.created.json",
                    name: "invoice"
                ),
                Answer(
                    path: "/v3/company/9130000000000042/customer/61",
                    event: "quickbooks/invoice.created.json",
                    name: "customer"
                ),
            ],
            messages: [
                Bubble(
                    "12025550127",
                    "Dear Dolores, invoice 1047 over $362.07 is due on 14 February. You find it in your e-mail."
                )
            ]
        ),
        SenderRow(
            preset: "standard-webhooks",
            settings: ["secrets: [whsec_YSBzZWNyZXQgbWFkZSBmb3IgYSB0ZXN0]"],
            request: "standard-webhooks/invoice.paid.json",
            messages: [
                Bubble("919448012765", "Dear Latha Reddy, invoice INV-70213 over ₹3,200.00 is paid in full. Thank you!")
            ]
        ),
        SenderRow(
            preset: "xero",
            settings: ["secrets: [xero-test-webhooks-key]"],
            request: "xero/invoice.approved.request.json",
            answers: [
                Answer(
                    path: "/api.xro/2.0/Invoices/7d1c5f1e-0c3a-4a7e-9a55-3f4c2d9b8e10",
                    event: "xero/invoice.approved.json",
                    name: "invoice"
                ),
                Answer(
                    path: "/api.xro/2.0/Contacts/5f2d3c1b-9a8e-4d7c-b6a5-0f1e2d3c4b5a",
                    event: "xero/invoice.approved.json",
                    name: "contact"
                ),
            ],
            messages: [
                Bubble(
                    "64211234567",
                    "Dear Hana, invoice INV-0342 over $805.00 is due on 14 February. You find it in your e-mail."
                )
            ]
        ),
        SenderRow(
            preset: "zoho-books",
            settings: ["secrets: [zohoBooksTestToken01]"],
            request: "zoho-books/invoice.sent.json",
            messages: [
                Bubble(
                    "919825047316",
                    "Dear Saffron Interiors, invoice INV-00516 over ₹75,600.00 is due on 30 January. "
                        + "View and pay it here: https://books.example/portal/inv/516"
                )
            ]
        ),
    ]
}
