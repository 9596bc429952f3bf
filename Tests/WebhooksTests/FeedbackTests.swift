// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import TestSupport
import Testing

@testable import Webhooks

@Suite("What events tell about messages and their recipients")
struct FeedbackTests {
    /// What a change of Meta's tells, event by event.
    private func feedback(_ value: String) throws -> [[Feedback]] {
        try MetaRequest().events(Make.metaChange(value)).map(\.feedback)
    }

    @Test("each status of a request of Meta's is told with its error (42)")
    func statuses() throws {
        let told = try feedback(
            """
            {"metadata":{"phone_number_id":"106"},"statuses":[
              {"id":"wamid.1","status":"delivered","timestamp":"1790000000","recipient_id":"919812345670"},
              {"id":"wamid.2","status":"failed","recipient_id":"919812345671","errors":[{"code":131026,"title":"T",
                "error_data":{"details":"D"}}]},
              {"id":"wamid.3","status":"played"},
              {"id":"wamid.4","status":"deleted"},
              {"status":"sent"}]}
            """
        )
        let expected: [[Feedback]] = [
            [.status(.init(id: "wamid.1", status: "delivered", code: nil, reason: nil))],
            [.status(.init(id: "wamid.2", status: "failed", code: "131026", reason: "D"))],
            [.status(.init(id: "wamid.3", status: "read", code: nil, reason: nil))],
            [.status(.init(id: "wamid.4", status: "deleted", code: nil, reason: nil))],
            [],
        ]
        #expect(told == expected)
    }

    @Test("what people write, press and choose is told with the number that they mean")
    func inbound() throws {
        let told = try feedback(
            """
            {"metadata":{"phone_number_id":"106"},"messages":[
              {"from":"919812345670","id":"a","type":"text","text":{"body":"STOP"}},
              {"from":"919812345670","id":"b","type":"button","button":{"text":"Stop promotions","payload":"x"}},
              {"from":"919812345670","id":"c","interactive":{"type":"button_reply","button_reply":{"id":"1","title":"Yes"}}},
              {"from":"919812345670","id":"d","type":"image"},
              {"from":"919812345670","id":"e","group_id":"g","text":{"body":"STOP"}}]}
            """
        )
        func said(_ text: String?) -> [Feedback] {
            [.inbound(.init(from: "+919812345670", text: text, number: "106"))]
        }
        #expect(told == [said("STOP"), said("Stop promotions"), said("Yes"), said(nil), []])
        let chosen = try feedback(
            #"{"metadata":{"phone_number_id":"106"},"user_preferences":[{"wa_id":"919812345670","value":"stop"}]}"#
        )
        #expect(chosen == [[.preference(.init(from: "+919812345670", value: "stop", number: "106"))]])
    }

    private func mapped(_ change: (inout SourceSettings) -> Void) throws(SourceMistakes) -> Source {
        var settings = SourceSettings(name: "partner", secrets: [.init("a secret")])
        change(&settings)
        return try Source(settings)
    }

    @Test("any source tells what its configuration says where to find")
    func mapping() throws {
        let source = try mapped { settings in
            var statuses = FeedbackSettings.Statuses()
            (statuses.id, statuses.status, statuses.code) = ("body.mid", "body.state", "body.err.no")
            statuses.words = [("DELIVRD", "delivered")]
            settings.feedback.statuses = statuses
            var inbound = FeedbackSettings.Inbound()
            (inbound.from, inbound.text) = ("body.msisdn", "body.text")
            settings.feedback.inbound = inbound
        }
        func told(_ body: String) -> [Feedback] {
            let bytes = Array(body.utf8)
            let now = Timestamp(seconds: 1_790_000_000)
            let headers = source.sign(bytes, now: now).headers
            let request = InboundRequest(method: .post, target: source.path, headers: headers, body: bytes)
            guard case .events(let events) = source.receive(request, now: now) else { return [] }
            return events.flatMap(\.feedback)
        }
        let status = Feedback.Status(id: "m1", status: "delivered", code: "7", reason: nil)
        #expect(told(#"{"mid":"m1","state":"DELIVRD","err":{"no":7}}"#) == [.status(status)])
        let inbound = Feedback.Inbound(from: "+91 98123 45670", text: "stop", number: nil)
        #expect(told(#"{"msisdn":"+91 98123 45670","text":"stop"}"#) == [.inbound(inbound)])
        #expect(told(#"{"mid":"m1"}"#).isEmpty)
    }

    @Test("a mapping that names no place is a mistake with its key")
    func mistakes() {
        #expect {
            _ = try mapped { settings in
                var statuses = FeedbackSettings.Statuses()
                statuses.id = "mid"
                settings.feedback.statuses = statuses
                settings.feedback.inbound = FeedbackSettings.Inbound()
            }
        } throws: { error in
            (error as? SourceMistakes)?.mistakes.map(\.key) == ["statuses.id", "statuses.status", "inbound.from"]
        }
    }
}
