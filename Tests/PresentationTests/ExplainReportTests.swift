// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Presentation
import Testing

@testable import Rules

@Suite("The answer of explain")
struct ExplainReportTests {
    private let report = ExplainReport(
        explanation: Explanation(source: "shop", type: "order.paid", entries: []),
        catalogue: nil
    )

    private func message(_ id: String) -> Message {
        Message(
            id: MessageID(rawValue: id),
            event: EventID(rawValue: "evt_1"),
            source: "shop",
            rule: "paid",
            account: "main",
            request: nil,
            state: .queued,
            reason: "the rule matched",
            dueAt: nil,
            expiresAt: nil,
            onUncertain: .retry,
            attempts: 0,
            partnerID: nil,
            createdAt: Timestamp(seconds: 0),
            updatedAt: Timestamp(seconds: 0)
        )
    }

    @Test("of an event that caused many messages the first are told, and how many there are, in words and as data")
    func made() {
        let many = report.with([message("msg_1"), message("msg_2")], of: 300)
        #expect(
            many.text.hasSuffix(
                """
                what came of it:
                  paid queued, msg_1: the rule matched
                  paid queued, msg_2: the rule matched
                  and 298 messages more

                """
            )
        )
        #expect(many.json["made"]?.array?.map { $0["id"] } == ["msg_1", "msg_2"])
        #expect(many.json["made_count"] == 300)
    }

    @Test("an event that caused none says so; one that is not kept says nothing of it")
    func none() {
        let none = report.with([], of: 0)
        #expect(
            none.json["made"] == [] && none.json["made_count"] == 0 && none.text.hasSuffix("no message came of it\n")
        )
        #expect(report.json["made"] == .null && report.json["made_count"] == .null)
        #expect(!report.text.contains("came of it"))
    }
}
