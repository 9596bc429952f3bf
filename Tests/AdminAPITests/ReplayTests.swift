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

@Suite("Replays over the admin API", .timeLimit(.minutes(10)))
struct ReplayTests {
    @Test("a replay is counted first, by whoever may operate, and nothing begins")
    func plan() async throws {
        try await withAdmin { admin in
            let plan = try await admin.post("/events/replay/plan", #"{"source": "shop"}"#)
            #expect(plan.status == 200 && plan.json?["made"] == 3)
            let refused = try await admin.post("/events/replay/plan", as: "read+pii", #"{"source": "shop"}"#)
            #expect(refused.status == 403)
            #expect(try await admin.store.jobs(JobFilter()).elements.isEmpty)
            let keyed = try await admin.post("/events/replay/plan", key: "k", #"{"all": true}"#)
            #expect(keyed.status == 200 && keyed["Idempotency-Replayed"] == nil)
            #expect(try await admin.store.audit(AuditFilter(action: "events.replay")).elements.isEmpty)
        }
    }

    @Test("a replay is a job of what the body means, once for a key, with a line in the audit log")
    func begins() async throws {
        try await withAdmin { admin in
            let body = """
                {"events": ["evt_1", "evt_2"], "rule": "paid", "again": true, "as_of": "now", "rate": 7, "expected": 3,
                 "reason": "the rule is mended"}
                """
            let begun = try await admin.post("/events/replay", key: "k", body)
            #expect(begun.status == 202 && begun.json?["action"] == "replay")
            let again = try await admin.post("/events/replay", key: "k", body)
            #expect(again["Idempotency-Replayed"] == "true" && again.json == begun.json)
            let job = try #require(try await admin.store.jobs(JobFilter()).elements.first)
            let scope = ReplayScope(
                events: [EventID(rawValue: "evt_1"), EventID(rawValue: "evt_2")],
                rule: "paid",
                again: true,
                isAsOfNow: true
            )
            #expect(job.order.replay == scope && job.order.rate == 7 && job.order.why == "the rule is mended")
            #expect(job.order.who == "token operate+pii")
            let lines = try await admin.store.audit(AuditFilter(action: "events.replay")).elements
            #expect(lines.map(\.reason) == ["the rule is mended"])
        }
    }

    @Test("it does not begin when it would come to something else than what was looked at")
    func expected() async throws {
        try await withAdmin { admin in
            let reply = try await admin.post("/events/replay", #"{"failed": true, "expected": 4}"#)
            #expect(reply.status == 409 && reply.json?["detail"] == "It would make 3 messages now, and not 4.")
            #expect(try await admin.store.jobs(JobFilter()).elements.isEmpty)
        }
    }

    @Test("what is planned says up to when, so that it can be begun however busy the service is")
    func until() async throws {
        try await withAdmin { admin in
            let now = admin.clock.now.advanced(by: .milliseconds(1)).rfc3339
            let plan = try await admin.post("/events/replay/plan", #"{"source": "shop"}"#)
            #expect(plan.json?["until"]?.string == now)
            let early = try await admin.post("/events/replay/plan", #"{"until": "2020-01-01T00:00:00Z"}"#)
            #expect(early.json?["until"] == "2020-01-01T00:00:00.000Z")
            let byID = try await admin.post("/events/replay/plan", #"{"events": ["evt_1"]}"#)
            #expect(byID.json?["until"] == JSON.null)
            _ = try await admin.store.accept(Make.submission(source: "shop", at: admin.clock.now))
            await admin.clock.advance(by: .seconds(60))
            for _ in 0..<2 {
                _ = try await admin.store.accept(Make.submission(source: "shop", at: admin.clock.now))
            }
            let order = #"{"source": "shop", "expected": 3, "until": "\#(now)"}"#
            let begun = try await admin.post("/events/replay", order)
            #expect(begun.status == 202 && begun.json?["total"] == 1, "\(begun.json ?? .null)")
        }
    }

    @Test("an order that was given before is answered as it was then, whatever it would come to by now")
    func repeated() async throws {
        try await withAdmin { admin in
            _ = try await admin.store.accept(Make.submission(source: "shop", at: admin.clock.now))
            await admin.clock.advance(by: .seconds(60))
            let begun = try await admin.post("/events/replay", #"{"source": "shop", "expected": 3, "key": "k"}"#)
            #expect(begun.status == 202)
            await admin.clock.advance(by: .seconds(60))
            let again = try await admin.post("/events/replay", #"{"source": "shop", "expected": 4, "key": "k"}"#)
            #expect(again.status == 202 && again.json?["id"] == begun.json?["id"])
            let other = try await admin.post("/events/replay", #"{"type": "x", "expected": 4, "key": "k"}"#)
            #expect(other.status == 409)
            #expect(try await admin.store.jobs(JobFilter()).elements.count == 1)
        }
    }

    @Test("who asks for data and text gets both of one look")
    func both() async throws {
        try await withAdmin { admin in
            let accept = ["Accept": "application/json, text/plain"]
            let plan = try await admin.post("/events/replay/plan", #"{"all": true}"#, accept)
            #expect(plan.json?["json"]?["made"] == 3 && plan.json?["text"]?.string?.isEmpty == false)
            try await admin.message()
            let jobs = try await admin.post("/jobs/plan", #"{"action": "cancel", "all": true}"#, accept)
            #expect(jobs.json?["json"]?["count"] == 1 && jobs.json?["text"]?.string?.contains("order-paid") == true)
            let health = try await admin.ask(.get, "/health", accept)
            #expect(health.json?["ready"] == true, "of what has no text the data alone")
        }
    }

    @Test(
        "a selection that could mean something else is refused where it is wrong",
        arguments: [
            ("{}", "#/all", 422), (#"{"all": true, "source": "a"}"#, "#/all", 422),
            (#"{"events": ["evt_1"], "source": "a"}"#, "#/source", 422),
            (#"{"events": ["evt_1"], "failed": true}"#, "#/failed", 422), (#"{"failed": false}"#, "#/all", 422),
            (#"{"as_of": "then"}"#, "#/as_of", 400), (#"{"events": []}"#, "#/events", 400),
            (#"{"all": true, "since": "noon"}"#, "#/since", 400),
        ]
    )
    func selections(body: String, pointer: String, status: Int) async throws {
        try await withAdmin { admin in
            for path in ["/events/replay", "/events/replay/plan"] {
                let reply = try await admin.post(path, body)
                #expect(reply.status == status, "\(path) \(body)")
                #expect(reply.json?["errors"]?[0]?["pointer"]?.string == pointer, "\(path) \(body)")
            }
        }
    }
}
