// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import Events
import Foundation
import HooklineApp
import Messages
import Outbox
import PartnerAPI
import Sandbox
import TestSupport
import Testing

/// Each shipped sample goes the whole way: signed, posted, matched, stored, sent, read by the customer.
@Suite("The shipped rules", .timeLimit(.minutes(10)))
struct ShippedRulesTests {
    /// A sample and what its customer reads.
    struct Row: CustomTestStringConvertible, Sendable {
        let source: String
        let sample: String
        let to: String
        let text: String

        var testDescription: String { sample }
    }

    static let rows = [
        Row(
            source: "razorpay",
            sample: "razorpay/payment.captured.json",
            to: "919845061237",
            text:
                "Hi Meera, we have received your payment of ₹1,499.00. Your payment id is pay_NkT4vQe81LmWzR. Thank you!"
        ),
        Row(
            source: "razorpay",
            sample: "razorpay/invoice.paid.json",
            to: "919731048265",
            text: "Dear Arjun Rao, thank you! Your payment of ₹4,790.30 for invoice INV-0312 has arrived. "
                + "View the invoice: https://rzp.io/i/EXAMPLE01"
        ),
        Row(
            source: "razorpay",
            sample: "razorpay/payment_link.paid.json",
            to: "918861097342",
            text: "Thank you! We have received ₹350.50 for Yoga class, January. Your reference: YOGA-77."
        ),
        Row(
            source: "razorpay",
            sample: "razorpay/refund.processed.json",
            to: "919845061237",
            text: "Your refund of ₹500.00 is on its way. Banks need up to 7 working days to show it. "
                + "Refund id: rfnd_NoD9lVc74ZiYuP"
        ),
        Row(
            source: "shop",
            sample: "generic/order.created.json",
            to: "919845061237",
            text: "Hi Meera Nair, thank you for your order KK-2041: 1× Filter coffee kit, 2× Steel tumbler. "
                + "Total: ₹1,499.00."
        ),
        Row(
            source: "shop",
            sample: "generic/order.paid.json",
            to: "919845061237",
            text: "Hi Meera Nair, we have received ₹1,499.00 for your order KK-2041. We pack it now."
        ),
        Row(
            source: "shop",
            sample: "generic/order.shipped.no-tracking.json",
            to: "919845061237",
            text: "Your order KK-2041 is on its way with Own rider."
        ),
        Row(
            source: "razorpay",
            sample: "razorpay/payment.captured.no-name.json",
            to: "919845061237",
            text: "Hi there, we have received your payment of ₹10,00,000.00. "
                + "Your payment id is pay_NkX9bTr52QaHsE. Thank you!"
        ),
        Row(
            source: "razorpay",
            sample: "razorpay/order.paid.json",
            to: "919845061237",
            text:
                "Hi Meera, we have received your payment of ₹1,499.00. Your payment id is pay_NkT4vQe81LmWzR. Thank you!"
        ),
        Row(
            source: "shop",
            sample: "generic/order.shipped.json",
            to: "919845061237",
            text: "Your order KK-2041 is on its way with BlueDart. Follow it here: https://track.example/69841230077"
        ),
        Row(
            source: "shop",
            sample: "generic/order.cancelled.json",
            to: "919845061237",
            text: "Your order KK-2041 was cancelled: Out of stock. What you paid comes back to you."
        ),
    ]

    private static let setup = HooklineSetup(
        sources: """
              razorpay: {preset: razorpay, secrets: ["razorpay-test-secret"], country: IN}
              shop: {secrets: ["shop-test-secret"], country: IN, event_type: body.type, event_id: body.id}
            """
    )

    @Test("turn each sample into the message that its customer reads", arguments: rows)
    func sample(_ row: Row) async throws {
        try await withHookline(Self.setup) { hookline in
            let body = try Data(contentsOf: shippedRules.appending(path: "samples/\(row.sample)"))
            let answer = try await hookline.post(Array(body), source: row.source)
            #expect(answer.status == 200)
            #expect(answer.messages?.count == 1)
            let received = try #require(await hookline.partner.received(atLeast: 1).first)
            let number = try PhoneNumberDigits(row.to)
            #expect(received.request.recipient == .phone(number))
            #expect(received.rendering?.body == row.text)
            await hookline.observer.settled(.accepted)
        }
    }

    @Test("wait with a failed payment's message for a quarter of an hour")
    func delayed() async throws {
        try await withHookline(Self.setup) { hookline in
            let body = try Data(contentsOf: shippedRules.appending(path: "samples/razorpay/payment.failed.json"))
            try await hookline.post(Array(body))
            #expect(await hookline.partner.acceptedCount == 0)
            await hookline.clock.untilSleeping(to: hookline.clock.now.advanced(by: .seconds(5)))
            await hookline.clock.advance(by: .seconds(901))
            let received = try #require(await hookline.partner.received(atLeast: 1).first)
            #expect(
                received.rendering?.body.hasPrefix("Hi Meera, your payment of ₹1,499.00 did not go through.") == true
            )
        }
    }
}
