// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPValues
import Messages
import MetricsTestKit
import Outbox
import TestSupport
import Testing

/// What a source tells of messages and their recipients, from its request to the store.
@Suite("Hooks about messages that were sent", .timeLimit(.minutes(10)))
struct FeedbackIntakeTests {
    private func text(_ reply: [UInt8]) -> String { String(decoding: reply, as: UTF8.self) }

    @Test("statuses of one request are linked, answered and counted; the same request again changes nothing (42)")
    func statuses() async throws {
        try await withIntake(preset: "meta") { intake in
            let message = try Make.message()
            _ = try await intake.store.accept(Make.submission(messages: [message]))
            let claimed = try #require(try await intake.store.claim(at: intake.clock.now).first)
            _ = try await intake.store.settle(claimed, .accepted(partnerID: "wamid.1"), at: intake.clock.now)
            let seconds = intake.clock.now.microseconds / 1_000_000 - 5
            let body = Make.metaHook(
                """
                "statuses":[{"id":"wamid.1","status":"delivered","timestamp":"\(seconds)","recipient_id":"919812345670"},
                  {"id":"wamid.8","status":"failed","timestamp":"\(seconds)","errors":[{"code":131026}]},
                  {"id":"wamid.1","status":"deleted","timestamp":"\(seconds)"}]
                """
            )
            let reply = await intake.post(body)
            #expect(reply.status == 200)
            #expect(text(reply.body).contains(#""statuses":["linked"]"#))
            #expect(text(reply.body).contains(#""statuses":["unknown"]"#))
            let found = try #require(try await intake.store.message(message.id)?.message)
            #expect(found.state == .accepted && found.arrival?.deliveredAt == Timestamp(seconds: seconds))
            #expect(await intake.post(body).status == 200)
            #expect(try await intake.store.message(message.id)?.message == found)
            func counted(_ status: String, _ result: String) throws -> Int {
                let kind = [("source", "shop"), ("status", status), ("result", result)]
                return Int(try intake.metrics.expectCounter("hookline_delivery_reports_total", kind).totalValue)
            }
            #expect(try counted("delivered", "linked") == 1)
            #expect(try counted("failed", "unknown") == 1)
        }
    }

    @Test("a STOP, a button and a setting in WhatsApp go into the ledger with the event that told them (43, 44)")
    func hears() async throws {
        try await withIntake(preset: "meta") { intake in
            let seconds = intake.clock.now.microseconds / 1_000_000 - 5
            func write(_ id: String, _ from: String, _ content: String) -> String {
                #"{"from":"\#(from)","id":"\#(id)","timestamp":"\#(seconds)",\#(content)}"#
            }
            let messages = [
                write("a", "919812345670", ##""type":"text","text":{"body":"STOP!"}"##),
                write("b", "551187654321", ##""type":"button","button":{"text":"Stop promotions"}"##),
                write("c", "919812345672", ##""type":"text","text":{"body":"stop the delivery at 5"}"##),
                write("d", "919812345673", ##""type":"text","text":{"body":"stop it"}"##),
            ]
            #expect(await intake.post(Make.metaHook("\"messages\":[\(messages.joined(separator: ","))]")).status == 200)
            let chosen =
                #""user_preferences":[{"wa_id":"919812345674","category":"marketing_messages","value":"stop"}]"#
            #expect(await intake.post(Make.metaHook(chosen)).status == 200)
            let lines = try await intake.store.consents(ConsentFilter()).elements.reversed()
            let expected = [
                "phone:919812345670 opted-out of all-but-authentication, stop-word",
                "phone:5511987654321 opted-out of marketing, stop-word",
                "phone:919812345674 opted-out of marketing, preference",
            ]
            #expect(lines.map { "\($0.recipient) \($0)" } == expected)
            #expect(lines.map(\.who) == ["shop", "shop", "shop"])
            #expect(lines.first?.at == Timestamp(seconds: seconds))
            let event = try #require(lines.first?.event)
            #expect(try await intake.store.event(event)?.event.source == "shop")
            #expect(try await intake.store.doubts(limit: 10).map(\.text) == ["stop it"])
            let kind = [("source", "shop"), ("meaning", "stop")]
            #expect(try intake.metrics.expectCounter("hookline_heard_total", kind).totalValue == 1)
        }
    }
}
