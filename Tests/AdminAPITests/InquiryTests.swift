// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import Events
import HTTPTypes
import HTTPValues
import Messages
import Outbox
import TestSupport
import Testing

@Suite("Asking rules over the admin API", .timeLimit(.minutes(10)))
struct InquiryTests {
    /// An event that is kept, by its id.
    private func event(_ admin: AdminUnderTest) async throws -> String {
        let submission = Submission(event: Make.event(source: "shop"))
        _ = try await admin.store.accept(submission)
        return submission.event.id.rawValue
    }

    @Test("a payload that nobody sent is explained, as data and as text, to whoever may look")
    func explains() async throws {
        try await withAdmin { admin in
            let body = #"{"source": "shop", "type": "paid", "headers": ["X-A: b:c"], "body": "{\"a\": 1}\n"}"#
            let reply = try await admin.post("/explain", as: "read", body)
            #expect(reply.status == 200 && reply.json?["type"] == "paid" && reply.json?["headers"] == ["X-A: b:c"])
            let text = try await admin.post("/explain", as: "read", body, ["Accept": "text/plain"])
            #expect(text.body == Array("an event\n".utf8))
            let none = try await admin.post("/explain", as: "read", #"{"source": "other", "body": "x"}"#)
            #expect(none.status == 422)
            #expect(none.json?["detail"] == "The payload is no event: the body holds no event.")
            let bad = try await admin.post("/explain", #"{"source": "shop", "body": "x", "headers": ["Bad Name:x"]}"#)
            #expect(bad.status == 422)
            let header = try await admin.post("/explain", #"{"source": "shop", "body": "x", "headers": ["a"]}"#)
            #expect(header.json?["errors"]?[0]?["pointer"] == "#/headers/0")
            let event = try await event(admin)
            let kept = try await admin.ask(.get, "/events/\(event)/explanation", ["Accept": "text/plain"])
            #expect(kept.body == Array("an event\n".utf8))
        }
    }

    @Test("a rule is made of an event and a template, with what is to stand in its gaps")
    func drafts() async throws {
        try await withAdmin { admin in
            let path = "/events/\(try await event(admin))/rule"
            let done = try await admin.store.audit(AuditFilter()).elements
            let body = #"{"template": "order_paid", "language": "en_GB", "fill": ["1={{ a }}", "2=b=c"]}"#
            let reply = try await admin.post(path, as: "read+pii", body)
            #expect(reply.status == 200 && reply.json?["language"] == "en_GB" && reply.json?["whole"] == true)
            #expect(
                reply.json?["gaps"] == [["gap": "1", "chosen": "{{ a }}"], ["gap": "2", "chosen": "b=c"]]
            )
            let text = try await admin.post(path, as: "read+pii", body, ["Accept": "text/plain"])
            #expect(text.body == Array("GAP GETS\n".utf8))
            #expect(try await admin.store.audit(AuditFilter()).elements == done)
        }
    }

    @Test("what no rule can be made of is told: no pii, no event, no template, no account, no gap")
    func refusals() async throws {
        try await withAdmin { admin in
            let path = "/events/\(try await event(admin))/rule"
            #expect(try await admin.post(path, as: "admin", #"{"template": "order_paid"}"#).problem == "hidden")
            let none = try await admin.post("/events/evt_none/rule", #"{"template": "order_paid"}"#)
            #expect(none.status == 404)
            let unknown = try await admin.post(path, #"{"template": "order_gone"}"#)
            #expect(unknown.status == 422)
            #expect(
                unknown.json?["detail"]
                    == "No such rule can be made of this event: the account has no such template."
            )
            let account = try await admin.post(path, #"{"template": "order_paid", "account": "third"}"#)
            #expect(account.json?["errors"]?[0]?["pointer"] == "#/account")
            let untold = try await admin.post(path, #"{"template": "order_paid", "account": "second"}"#)
            #expect(untold.status == 503 && untold["Retry-After"] == "5")
            let gap = try await admin.post(path, #"{"template": "order_paid", "fill": ["1=a", "2"]}"#)
            #expect(gap.status == 422 && gap.json?["errors"]?[0]?["pointer"] == "#/fill/1")
        }
    }

    @Test("a rule is rehearsed over the last week unless another time is said, with pii alone, and one at a time")
    func backtest() async throws {
        try await withAdmin { admin in
            let path = "/rules/order-paid/backtest"
            let week = admin.clock.now.advanced(by: .seconds(-7 * 86_400)).rfc3339
            let done = try await admin.store.audit(AuditFilter()).elements
            let reply = try await admin.post(path, "{}")
            #expect(reply.json == ["rule": "order-paid", "since": .string(week), "complete": true])
            let text = try await admin.post(path, "{}", ["Accept": "text/plain"])
            #expect(text.body == Array("rehearsed\n".utf8))
            let since = try await admin.post(path, #"{"since": "2026-01-01T00:00:00Z"}"#)
            #expect(since.json?["since"] == "2026-01-01T00:00:00.000Z")
            #expect(try await admin.post(path, as: "operate", "{}").problem == "hidden")
            #expect(try await admin.post(path, as: "read+pii", "{}").problem == "forbidden")
            #expect(try await admin.post("/rules/none/backtest", "{}").status == 404)
            let busy = try await admin.post(path, #"{"limit": 0}"#)
            #expect(busy.status == 429 && busy["Retry-After"] == "10")
            #expect(try await admin.post(path, #"{"until": "soon"}"#).status == 400)
            #expect(try await admin.store.audit(AuditFilter()).elements == done)
        }
    }

    @Test("a rule that runs is shown as its file has it, its numbers with pii alone")
    func rule() async throws {
        try await withAdmin { admin in
            let whole = try await admin.ask(.get, "/rules/order-paid", as: "read+pii")
            #expect(whole.json?["lines"] == ["to: 919812345670"])
            let masked = try await admin.ask(.get, "/rules/order-paid", as: "read")
            #expect(masked.json?["lines"]?[0]?.string?.contains("919812345670") == false)
            #expect(try await admin.ask(.get, "/rules/none").status == 404)
            #expect(try await admin.ask(.get, "/rules/status").json?["success"] == true)
        }
    }
}
