// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import Events
import Foundation
import HTTPTypes
import HTTPValues
import Messages
import Outbox
import Presentation
import SQLiteOutbox
import TestSupport
import Testing

@Suite("What the admin API changes", .timeLimit(.minutes(10)))
struct ChangeTests {
    @Test("a change is made once a key: the same body hears the same answer, another one 422")
    func idempotency() async throws {
        try await withAdmin { admin in
            let id = try await admin.message()
            let first = try await admin.post("/messages/\(id)/cancel", key: "k", #"{"reason": "wrong"}"#)
            #expect(first.status == 200)
            #expect(first["Idempotency-Replayed"] == nil)
            let again = try await admin.post("/messages/\(id)/cancel", key: "k", #"{"reason": "wrong"}"#)
            #expect(again.status == 200)
            #expect(again.body == first.body)
            #expect(again["Idempotency-Replayed"] == "true")
            for other in [
                try await admin.post("/messages/\(id)/cancel", key: "k", #"{"reason": "other"}"#),
                try await admin.post("/messages/\(id)/retry", key: "k", #"{"reason": "wrong"}"#),
            ] {
                #expect(other.status == 422)
                #expect(other.problem == "idempotency-key-reused")
            }
            let without = try await admin.post("/messages/\(id)/cancel", #"{"reason": "wrong"}"#)
            #expect(without.status == 409)
            #expect(without.problem == "conflict")
            let theirs = try await admin.post(
                "/messages/\(id)/cancel",
                as: "operate",
                key: "k",
                #"{"reason": "wrong"}"#
            )
            #expect(theirs.status == 409, "another token's keys are its own")
            await admin.clock.advance(by: .seconds(86_399))
            #expect(
                try await admin.store.audit(AuditFilter(action: "messages.cancel")).elements.map(\.result)
                    == [.refused, .refused, .done]
            )
        }
    }

    @Test("a refusal takes no key: the same request may succeed later")
    func refusalsAreNotKept() async throws {
        try await withAdmin { admin in
            let late = try await admin.post("/keys/pk_1/revoke", as: "admin", key: "k")
            #expect(late.status == 404)
            let key = APIKey(id: "pk_1", label: "shop", account: nil, secretFingerprint: [], createdAt: admin.clock.now)
            try await admin.store.addAPIKey(key)
            #expect(try await admin.post("/keys/pk_1/revoke", as: "admin", key: "k").status == 200)
        }
    }

    @Test("of twenty repetitions at the same time one is carried out, and nobody hears anything else")
    func races() async throws {
        try await withAdmin { admin in
            let id = try await admin.message()
            let statuses = try await withThrowingTaskGroup(of: (Int, String?).self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let reply = try await admin.post("/messages/\(id)/cancel", key: "k")
                        return (reply.status, reply.problem)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let isExpected = statuses.allSatisfy { $0.0 == 200 || $0.0 == 409 && $0.1 == "idempotency-key-in-use" }
            #expect(isExpected)
            #expect(statuses.contains { $0.0 == 200 })
            #expect(try await admin.store.audit(AuditFilter(action: "messages.cancel")).elements.count == 1)
            #expect(try await admin.post("/messages/\(id)/cancel", key: "k").status == 200)
        }
    }

    @Test("a key holds over a kill: the next process answers as the first did, and changes nothing")
    func kill() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "outbox.db").path
            var answer: [UInt8] = []
            var id = MessageID(rawValue: "")
            let first = try await SQLiteOutbox.open(file)
            var secrets: [String: String] = [:]
            try await withAdmin(over: first) { admin in
                secrets = admin.tokens
                id = try await admin.message()
                answer = try await admin.post("/messages/\(id)/cancel", key: "k").body
            }
            await first.close()
            let second = try await SQLiteOutbox.open(file)
            try await withAdmin(over: second, adding: false) { admin in
                let text = try #require(secrets["operate+pii"])
                let again = try await admin.post("/messages/\(id)/cancel", as: text, key: "k")
                #expect(again.body == answer)
                #expect(again["Idempotency-Replayed"] == "true")
                #expect(try await admin.store.audit(AuditFilter(action: "messages.cancel")).elements.count == 1)
            }
            await second.close()
        }
    }

    @Test("who decides about a message says which one they saw: 412 when it has changed since")
    func preconditions() async throws {
        try await withAdmin { admin in
            let id = try await admin.message()
            let tag = try #require(try await admin.ask(.get, "/messages/\(id)", as: "operate+pii")["ETag"])
            #expect(try await admin.post("/messages/\(id)/cancel", "", ["If-Match": "\"other\""]).status == 412)
            #expect(try await admin.post("/messages/\(id)/cancel", as: "operate", "", ["If-Match": tag]).status == 412)
            #expect(try await admin.post("/messages/\(id)/cancel", "", ["If-Match": tag]).status == 200)
            #expect(try await admin.post("/messages/\(id)/cancel", "", ["If-Match": tag]).status == 412)
        }
    }

    @Test("a new token and a new key are shown once, and no repetition shows them again")
    func secrets() async throws {
        try await withAdmin { admin in
            let body = #"{"name": "grafana", "expires": "30d", "reason": "for the wall"}"#
            let made = try await admin.post("/tokens", as: "admin", key: "k", body)
            #expect(made.status == 201)
            let text = try #require(made.json?["token"]?.string)
            #expect(try await admin.ask(.get, "/health", as: text).status == 200)
            let again = try await admin.post("/tokens", as: "admin", key: "k", body)
            #expect(again.status == 201)
            #expect(again.json?["id"] == made.json?["id"])
            #expect(again.json?["token"] == nil)
            #expect(try await admin.post("/tokens", as: "admin", key: "l", body).status == 409)
            let key = try await admin.post("/keys", as: "admin", key: "m", #"{"label": "shop", "account": "second"}"#)
            #expect(key.json?["secret"]?.string?.hasPrefix("sk_") == true)
            for path in ["/tokens", "/keys", "/audit"] {
                let list = String(decoding: try await admin.ask(.get, path).body, as: UTF8.self)
                #expect(!list.contains(text) && !list.contains("sk_"))
            }
            let lines = try await admin.store.audit(AuditFilter(who: "admin")).elements
            #expect(lines.map(\.action) == ["keys.create", "tokens.create", "tokens.create"])
            #expect(lines.last?.reason == "for the wall")
        }
    }

    @Test(
        "what a body may not hold is refused with its place, and nothing is changed",
        arguments: [
            ("/tokens", "[]", "#", 400), ("/tokens", "{", "#", 400), ("/tokens", "{}", "#/name", 400),
            ("/tokens", #"{"name": ""}"#, "#/name", 400), ("/tokens", #"{"name": "a\nb"}"#, "#/name", 400),
            ("/tokens", #"{"name": 1}"#, "#/name", 400),
            ("/tokens", #"{"name": "a", "scope": "root"}"#, "#/scope", 400),
            ("/tokens", #"{"name": "a", "expires": "90"}"#, "#/expires", 400),
            ("/tokens", #"{"name": "a", "expires": "0d"}"#, "#/expires", 422),
            ("/tokens", #"{"name": "a", "expires": "999w"}"#, "#/expires", 422),
            ("/tokens", #"{"name": "a", "pii": "yes"}"#, "#/pii", 400),
            ("/tokens", #"{"name": "a", "a/b~c": 1}"#, "#/a~1b~0c", 400),
            ("/consent", #"{"phones": [1]}"#, "#/phones/0", 400), ("/consent", #"{"phones": []}"#, "#/phones", 400),
            ("/consent", #"{"phones": ["919812345670", "12"]}"#, "#/phones/1", 422), ("/consent", "{}", "#", 422),
            ("/consent", #"{"contacts": ["c1"], "account": "none"}"#, "#/account", 422),
            ("/keys", #"{"label": "a", "account": "none"}"#, "#/account", 422),
            ("/jobs", #"{"action": "cancel"}"#, "#/all", 422),
            ("/jobs", #"{"action": "cancel", "rule": "a", "all": true}"#, "#/all", 422),
            ("/jobs", #"{"action": "retry", "states": ["queued"]}"#, "#/states/0", 422),
            ("/jobs", #"{"action": "cancel", "since": "yesterday"}"#, "#/since", 400),
        ]
    )
    func badBodies(path: String, body: String, pointer: String, status: Int) async throws {
        try await withAdmin { admin in
            let reply = try await admin.post(path, as: "admin+pii", body)
            #expect(reply.status == status)
            #expect(reply.json?["errors"]?[0]?["pointer"]?.string == pointer)
            #expect(reply.json?["type"]?.string == "urn:hookline:problem:\(status == 400 ? "bad-body" : "bad-value")")
            #expect(reply.json?["request_id"]?.string == reply["X-Request-Id"])
            #expect(try await admin.store.audit(AuditFilter(who: "admin+pii")).elements.isEmpty)
        }
    }

    @Test("a body is JSON and says so, within its size, and only where one is read")
    func bodies() async throws {
        try await withAdmin { admin in
            let form = try await admin.post("/consent", #"{"contacts": ["c1"]}"#, ["Content-Type": "text/plain"])
            #expect(form.status == 415)
            let named = try await admin.post(
                "/consent",
                #"{"contacts": ["c1"]}"#,
                ["Content-Type": "Application/JSON ; charset=utf-8"]
            )
            #expect(named.json == ["written": 1, "known": 0, "suppressed": 0, "too_late": 0])
            #expect(try await admin.ask(.get, "/health", [:], "{}").status == 400)
            #expect(try await admin.post("/consent", String(repeating: " ", count: 262_145)).status == 413)
        }
    }

    @Test("consent is written with the token's name, and suppresses what waits")
    func consent() async throws {
        try await withAdmin { admin in
            let id = try await admin.message(to: "919812345670")
            let body = #"{"phones": ["+91 98123 45670"], "reason": "asked by mail"}"#
            #expect(try await admin.post("/consent", body).json?["suppressed"] == 1)
            #expect(try await admin.store.message(id)?.message.state == .suppressed)
            let line = try await admin.ask(.get, "/consent?phone=919812345670").json?["data"]?[0]
            #expect(line?["who"] == "token operate+pii")
            #expect(line?["reason"] == "asked by mail")
            #expect(try await admin.post("/consent/remove", #"{"phones": ["919812345670"]}"#).status == 200)
            #expect(try await admin.ask(.get, "/consent").json?["data"] == JSON.array([]))
            #expect(try await admin.ask(.get, "/consent/history").json?["data"]?.array?.count == 2)
            #expect(try await admin.ask(.get, "/consent?phone=12").status == 422)
        }
    }

    @Test("a job begins when it is about as many as was looked at, can be held and ended, and is in the audit log")
    func jobs() async throws {
        try await withAdmin { admin in
            for _ in 0..<3 { try await admin.message() }
            let order = #"{"action": "cancel", "rule": "order-paid", "expected": 2}"#
            let refused = try await admin.post("/jobs", order)
            #expect(refused.status == 409)
            #expect(refused.json?["detail"] == "it would be about 3 messages now, and not about 2")
            let begun = try await admin.post("/jobs", key: "k", order.replacing("2}", with: "3}"))
            #expect(begun.status == 202)
            #expect(begun.json?["total"] == 3)
            let id = try #require(begun.json?["id"]?.string)
            #expect(try await admin.post("/jobs/\(id)/pause").json?["state"] == "paused")
            #expect(try await admin.post("/jobs/\(id)/cancel").json?["state"] == "cancelled")
            #expect(try await admin.post("/jobs/\(id)/resume").status == 409)
            #expect(try await admin.ask(.get, "/jobs?state=cancelled").ids == [id])
            #expect(try await admin.ask(.get, "/jobs/\(id)").json?["who"] == "token operate+pii")
            let lines = try await admin.store.audit(AuditFilter(who: "operate+pii")).elements
            #expect(
                lines.map(\.action) == ["jobs.resume", "jobs.cancel", "jobs.pause"] + [
                    "messages.cancel", "messages.cancel",
                ]
            )
            #expect(lines.map(\.result) == [.refused, .done, .done, .done, .refused])
            #expect(lines.suffix(2).map(\.count) == [3, 0])
        }
    }

    @Test(
        "an order under a key is one job, whatever is in the way of others; a preview takes the states that its action does"
    )
    func orders() async throws {
        try await withAdmin { admin in
            for _ in 0..<2 { try await admin.message() }
            let preview = "/jobs/preview?action=cancel&states="
            #expect(try await admin.ask(.get, preview + "scheduled,queued").json?["count"] == 2)
            #expect(try await admin.ask(.get, preview + "queued").json?["count"] == 0)
            let text = try await admin.ask(.get, preview + "scheduled", ["Accept": "text/plain"])
            #expect(String(decoding: text.body, as: UTF8.self).hasSuffix("\n2 messages to cancel: state scheduled\n"))
            #expect(try await admin.ask(.get, preview + "failed").json?["errors"]?[0]?["parameter"] == "states")
            #expect(try await admin.ask(.get, preview + "queued,").status == 400)
            #expect(try await admin.ask(.get, "/jobs/preview").json?["errors"]?[0]?["detail"] == "is missing")

            let order = #"{"action": "cancel", "all": true, "key": "k", "rate": 7, "reason": "wrong"}"#
            let first = try await admin.post("/jobs", order)
            let again = try await admin.post("/jobs", order)
            #expect(first.status == 202 && again.json?["id"] == first.json?["id"])
            #expect(first.json?["key"] == "k" && first.json?["progress"] == "0 of 2 messages")
            let job = try #require(try await admin.store.jobs(JobFilter()).elements.first)
            #expect(job.order.rate == 7)
            let shown = try await admin.post("/jobs", order, ["Accept": "text/plain"])
            #expect(shown.body == Array(JobViews.text(job).utf8))
            #expect(try await admin.post("/jobs", order.replacing("cancel", with: "retry")).status == 409)
        }
    }

    @Test("who wants no messages gets one all the same where a person says so, and log and timeline name them")
    func anyway() async throws {
        try await withAdmin { admin in
            let message = try Make.message(to: "919812345670")
            _ = try await admin.store.accept(Make.submission(messages: [message], at: admin.clock.now))
            let claimed = try #require(try await admin.store.claim(at: admin.clock.now).first)
            _ = try await admin.store.settle(claimed, .refused(Make.detail(400)), at: admin.clock.now)
            await admin.clock.advance(by: .seconds(1))
            #expect(try await admin.post("/consent", #"{"phones": ["919812345670"]}"#).status == 200)
            let path = "/messages/\(message.id)/retry"
            #expect(try await admin.post(path).status == 409)
            #expect(try await admin.post("/messages/\(message.id)/cancel", #"{"anyway": true}"#).status == 400)
            let sent = try await admin.post(path, #"{"anyway": true, "reason": "they asked for it"}"#)
            #expect(sent.status == 200 && sent.json?["state"] == "queued")
            let line = try #require(try await admin.store.audit(AuditFilter(action: "messages.retry")).elements.first)
            #expect(line.detail == "queued, whether its recipient wants such messages or not")
            #expect(line.reason == "they asked for it" && line.who == Operator(.token, "operate+pii"))
        }
    }

    @Test("who asks for text hears what the command prints of a change, and of its repetition the data")
    func printed() async throws {
        try await withAdmin { admin in
            let asText = ["Accept": "text/plain"]
            func text(_ reply: Reply) -> String { String(decoding: reply.body, as: UTF8.self) }
            let added = try await admin.post("/consent", #"{"contacts": ["c1"]}"#, asText)
            #expect(text(added) == "wrote 1 line\n" && added["Content-Type"] == "text/plain; charset=utf-8")
            let body = #"{"name": "grafana"}"#
            let token = try await admin.post("/tokens", as: "admin", key: "k", body, asText)
            #expect(token.status == 201 && text(token).contains("hk_r_") && text(token).contains("shown this once"))
            let again = try await admin.post("/tokens", as: "admin", key: "k", body, asText)
            #expect(again.json?["name"] == "grafana" && again.json?["token"] == nil)
            let key = try await admin.post("/keys", as: "admin", #"{"label": "shop"}"#, asText)
            #expect(text(key).contains("sk_"))
            let id = try #require(try await admin.store.apiKeys().first?.id)
            let revoked = try await admin.post("/keys/\(id)/revoke", as: "admin", "", asText)
            #expect(text(revoked) == KeyViews.table(try await admin.store.apiKeys()))
            let erased = try await admin.post("/consent/erase", as: "admin", #"{"contacts": ["c1"]}"#, asText)
            #expect(text(erased).hasPrefix("erased: 0 messages"))
            let list = #"{"csv": "contact\nc2\n"}"#
            #expect(text(try await admin.post("/consent/import/check", list, asText)).hasSuffix("without --apply\n"))
            #expect(text(try await admin.post("/consent/import", list, asText)).hasSuffix("; wrote 1 line\n"))
            #expect(
                text(try await admin.post("/events/replay/plan", #"{"all": true}"#, asText)).hasPrefix("0 events: ")
            )
        }
    }

    @Test("what the running service does has its line, too, and its key")
    func accounts() async throws {
        try await withAdmin { admin in
            let first = try await admin.post("/accounts/main/resume", key: "k", #"{"reason": "paid"}"#)
            #expect(first.json?["resumed"]?[0]?["part"] == "account")
            #expect(
                try await admin.post("/accounts/main/resume", key: "k", #"{"reason": "paid"}"#)["Idempotency-Replayed"]
                    == "true"
            )
            #expect(try await admin.post("/accounts/none/resume").status == 404)
            let line = AuditLine(
                at: admin.clock.now,
                who: Operator(.token, "operate+pii"),
                action: "accounts.resume",
                subject: "main",
                reason: "paid",
                detail: "goes on: account"
            )
            #expect(try await admin.store.audit(AuditFilter(action: "accounts.resume")).elements == [line])
        }
    }
}
