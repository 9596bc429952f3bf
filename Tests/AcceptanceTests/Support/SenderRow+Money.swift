// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension SenderRow {
    /// Senders that move money.
    static let money = [
        SenderRow(
            preset: "adyen",
            settings: ["secrets: [5E1B0C94D7A2F3866910BD4E7C25A8F10D3B6E9274C8A15F0E92D7B34C6A8F51]"],
            request: "adyen/authorisation.request.json",
            messages: [Bubble(owner, "A payment of €101.00 has arrived through Adyen. The reference is ORD-88102.")]
        ),
        SenderRow(
            preset: "adyen",
            settings: ["secrets: [5E1B0C94D7A2F3866910BD4E7C25A8F10D3B6E9274C8A15F0E92D7B34C6A8F51]"],
            request: "adyen/authorisation.request.json",
            answers: [Answer(path: "/api/orders/ORD-88102", event: "adyen/authorisation.enriched.json")],
            messages: [
                Bubble(owner, "A payment of €101.00 has arrived through Adyen. The reference is ORD-88102."),
                Bubble(
                    "31612345678",
                    "Hi Femke, we have received your payment of €101.00. Your payment id is KHQC5N7G84BLNK43. Thank you!"
                ),
            ]
        ),
        SenderRow(
            preset: "adyen-platform",
            settings: ["secrets: [9A3C5E7081B2D4F60718293A4B5C6D7E8F90A1B2C3D4E5F60718293A4B5C6D7E]"],
            request: "adyen-platform/transfer.booked.json",
            messages: [
                Bubble(
                    owner,
                    "A payment of €2,400.00 has arrived through a transfer from Bakkerij de Vries. "
                        + "The reference is Rent January."
                )
            ]
        ),
        SenderRow(
            preset: "cashfree",
            settings: ["secrets: [cashfree-test-secret]"],
            request: "cashfree/payment-success.json",
            messages: [
                Bubble(
                    "918274061935",
                    "Hi Ishaan Roy, we have received ₹799.00 for order CF-20260115-88. Thank you!"
                )
            ]
        ),
        SenderRow(
            preset: "mollie",
            settings: ["secrets: [mollie-test-secret]"],
            request: "mollie/payment-link.paid.json",
            messages: [
                Bubble(
                    owner,
                    "A payment of €36.50 has arrived through Mollie. The reference is Pottery class 24 January."
                )
            ]
        ),
        SenderRow(
            preset: "mollie-classic",
            settings: ["secrets: [a-long-random-token-of-a-test]"],
            request: "mollie-classic/payment.request.form",
            answers: [Answer(path: "/v2/payments/tr_9xTq4VbN2e", event: "mollie-classic/payment.paid.json")],
            messages: [
                Bubble(owner, "A payment of €49.95 has arrived through Mollie. The reference is Order 5521."),
                Bubble(
                    "31612345678",
                    "Hi Sanne, we have received your payment of €49.95. Your payment id is tr_9xTq4VbN2e. Thank you!"
                ),
            ]
        ),
        SenderRow(
            preset: "paddle",
            settings: ["secrets: [pdl_ntfset_test_secret]"],
            request: "paddle/transaction.completed.json",
            messages: [
                Bubble(owner, "A payment of $49.00 has arrived through Paddle. The reference is 412-10017."),
                Bubble(
                    "447400123456",
                    "Hi Imogen, we have received your payment of $49.00. Your payment id is 412-10017. Thank you!"
                ),
            ]
        ),
        SenderRow(
            preset: "paytm",
            settings: ["secrets: [aB3dE5gH7jK9mN1p]"],
            request: "paytm/payment.link.request.form",
            messages: [
                Bubble(owner, "A payment of ₹1,250.00 has arrived through Paytm. The reference is PT-20260115-031."),
                Bubble(
                    "919845012398",
                    "Hi there, we have received your payment of ₹1,250.00. "
                        + "Your payment id is 20260115111212800110168328801004217. Thank you!"
                ),
            ]
        ),
        SenderRow(
            preset: "payu",
            settings: ["secrets: [payu-test-salt]"],
            request: "payu/payment.success.request.form",
            messages: [
                Bubble(
                    "919742018366",
                    "Hi Anjali, we have received your payment of ₹499.00. Your payment id is 403993715534210877. Thank you!"
                )
            ]
        ),
        SenderRow(
            preset: "phonepe",
            settings: [#"secrets: ["hookuser:hookpass1"]"#],
            request: "phonepe/checkout.order.completed.json",
            messages: [
                Bubble(
                    "919900817263",
                    "Hi Rohan, we have received your payment of ₹649.00. "
                        + "Your payment id is OMO2601151029347711550. Thank you!"
                )
            ]
        ),
        SenderRow(
            preset: "razorpay",
            settings: ["secrets: [razorpay-test-secret]"],
            request: "razorpay/payment_link.paid.json",
            messages: [
                Bubble(
                    "918861097342",
                    "Thank you! We have received ₹350.50 for Yoga class, January. Your reference: YOGA-77."
                )
            ]
        ),
        SenderRow(
            preset: "square",
            settings: ["secrets: [square-test-key]", #"public_url: "https://hooks.example/hooks/square""#],
            request: "square/payment.completed.json",
            messages: [Bubble(owner, "A payment of $32.75 has arrived through Square. The reference is hYy9.")]
        ),
        SenderRow(
            preset: "stripe",
            settings: ["secrets: [whsec_stripe_test_secret]"],
            request: "stripe/checkout.session.completed.json",
            messages: [
                Bubble(
                    "4915123456783",
                    "Hi Lena Vogt, thank you! We have received €89.50. Your reference is ORD-5512."
                )
            ]
        ),
        SenderRow(
            preset: "zoho-payments",
            settings: ["secrets: [zoho-payments-test-key]"],
            request: "zoho-payments/payment.succeeded.json",
            messages: [
                Bubble(
                    "919345670182",
                    "Hi there, we have received your payment of ₹2,360.00. Your payment id is 1987000000811203. Thank you!"
                )
            ]
        ),
    ]
}
