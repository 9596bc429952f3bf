// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension SenderRow {
    /// Shops, and what they ship with.
    static let shops = [
        SenderRow(
            preset: "bigcommerce",
            settings: ["secrets: [bigcommerce-test-client-secret]"],
            request: "bigcommerce/order.paid.request.json",
            answers: [Answer(path: "/stores/STOREHASH/v2/orders/1250", event: "bigcommerce/order.paid.json")],
            messages: [
                Bubble("12025550182", "Hi Priscilla, we have received $225.00 for your order 1250. We pack it now.")
            ]
        ),
        SenderRow(
            preset: "generic",
            source: "shop",
            settings: ["secrets: [shop-test-secret]", "country: IN"],
            request: "generic/order.paid.json",
            messages: [
                Bubble(
                    "919845061237",
                    "Hi Meera Nair, we have received ₹1,499.00 for your order KK-2041. We pack it now."
                )
            ]
        ),
        SenderRow(
            preset: "shiprocket",
            settings: ["secrets: [shiprocket-test-token]", "path: /hooks/parcels"],
            request: "shiprocket/out-for-delivery.request.json",
            answers: [
                Answer(path: "/v1/external/orders/show/412200118", event: "shiprocket/out-for-delivery.json")
            ],
            messages: [
                Bubble(
                    "919867543012",
                    "Hi Zoya Merchant, your order 1042 is out for delivery with Delhivery Surface and should arrive today."
                )
            ]
        ),
        SenderRow(
            preset: "shopify",
            settings: ["secrets: [shopify-test-secret]"],
            request: "shopify/orders-paid.json",
            type: "orders/paid",
            messages: [
                Bubble(
                    "919447051236",
                    "Hi Kavya, we have received ₹2,549.00 for order #1042. We tell you when it leaves."
                )
            ]
        ),
        SenderRow(
            preset: "woocommerce",
            settings: ["secrets: [woocommerce-test-secret]"],
            request: "woocommerce/order.created.json",
            type: "order.created",
            messages: [
                Bubble(
                    "919822047153",
                    "Hi Rohan, thank you for order 3187: 3× Alphonso pulp. Total ₹1,309.00. We are on it."
                )
            ]
        ),
    ]
}
