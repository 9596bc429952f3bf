// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Starter {
    /// How a first message is had of a sender.
    private enum Trial {
        /// This sample is posted as the sender would; its type is said where it stands outside of the body.
        case post(String, type: String? = nil)
        /// This sample is explained: the service would have to ask the sender's API first, or its key signs.
        case explain(String, type: String)
    }

    /// The rules of senders that are not here look at what is fetched alone: their tests show it.
    private static let trials: [String: Trial] = [
        "adobe-commerce": .explain("adobe-commerce/order-placed.json", type: "order-placed"),
        "adobe-io": .explain(
            "adobe-io/order.processing.json",
            type: "com.adobe.commerce.observer.sales_order_save_commit_after"
        ),
        "adyen": .post("adyen/authorisation.request.json"),
        "adyen-platform": .post("adyen-platform/transfer.booked.json"),
        "alertmanager": .post("alertmanager/firing.json"),
        "bigcommerce": .explain("bigcommerce/order.paid.json", type: "store/order/statusUpdated"),
        "cashfree": .post("cashfree/payment-link-paid.json"),
        "cloudevents": .post("cloudevents/invoice.overdue.json", type: "com.example.invoice.overdue"),
        "frappe": .post("erpnext/quotation.submitted.json"),
        "generic": .post("generic/order.created.json"),
        "github": .post("github/workflow_run.failed.json", type: "workflow_run"),
        "meta": .explain("meta/lead.json", type: "page.leadgen"),
        "mollie": .post("mollie/payment-link.paid.json"),
        "odoo": .post("odoo/lead.created.json"),
        "paddle": .post("paddle/transaction.completed.json"),
        "paypal": .explain("paypal/capture.completed.json", type: "PAYMENT.CAPTURE.COMPLETED"),
        "paytm": .post("paytm/payment.link.request.form"),
        "payu": .post("payu/payment.success.request.form"),
        "phonepe": .post("phonepe/checkout.order.completed.json"),
        "quickbooks": .explain("quickbooks/invoice.created.json", type: "qbo.invoice.created.v1"),
        "razorpay": .post("razorpay/payment.captured.json"),
        "shiprocket": .explain("shiprocket/out-for-delivery.json", type: "OUT FOR DELIVERY"),
        "shopify": .post("shopify/orders-create.json", type: "orders/create"),
        "square": .post("square/invoice.published.json"),
        "standard-webhooks": .post("standard-webhooks/invoice.paid.json"),
        "stripe": .post("stripe/checkout.session.completed.json"),
        "woocommerce": .post("woocommerce/order.created.json", type: "order.created"),
        "xero": .explain("xero/invoice.paid.json", type: "INVOICE.UPDATE"),
        "zoho-books": .post("zoho-books/estimate.sent.json"),
        "zoho-payments": .post("zoho-payments/payment.succeeded.json"),
    ]

    /// The command for it.
    static func trial(_ preset: String, _ source: String) -> String {
        switch trials[preset] {
        case .post(let sample, let type):
            let option = type.map { " --type \($0)" } ?? ""
            return "hookline post --source \(source)\(option) --follow rules/samples/\(sample)"
        case .explain(let sample, let type):
            let quoted = type.contains(" ") ? "'\(type)'" : type
            return "hookline explain --source \(source) --type \(quoted) --templates live rules/samples/\(sample)"
        case nil: return "hookline rules test"
        }
    }
}
