// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import Events
import HTTPTypes
import HTTPValues
import Messages
import OrderedCollections
import Outbox
import Presentation
import TestSupport
import Testing

@Suite("What the admin API shows", .timeLimit(.minutes(10)))
struct ListTests {
    @Test("pages go on and back, and stay what they are while new messages come")
    func pages() async throws {
        try await withAdmin { admin in
            var ids: [String] = []
            for _ in 0..<5 { ids.insert(try await admin.message().rawValue, at: 0) }
            let first = try await admin.ask(.get, "/messages?limit=2")
            #expect(first.ids == Array(ids[0..<2]))
            #expect(first.json?["prev"] == JSON.null)
            let next = try #require(first.json?["next"]?.string)
            for _ in 0..<3 { try await admin.message() }
            let second = try await admin.ask(.get, "/messages?limit=2&after=\(next)")
            #expect(second.ids == Array(ids[2..<4]))
            let last = try await admin.ask(.get, "/messages?limit=2&after=\(second.json?["next"]?.string ?? "")")
            #expect(last.ids == [ids[4]])
            #expect(last.json?["next"] == JSON.null)
            let back = try await admin.ask(.get, "/messages?limit=2&after=\(last.json?["prev"]?.string ?? "")")
            #expect(back.ids == second.ids)
            let front = try await admin.ask(.get, "/messages?limit=2&after=\(back.json?["prev"]?.string ?? "")")
            #expect(front.ids == first.ids)
            let newer = try await admin.ask(.get, "/messages?limit=5&after=\(front.json?["prev"]?.string ?? "")")
            #expect(newer.ids.count == 3)
            #expect(newer.json?["prev"] == JSON.null)
            #expect(newer.json?["next"] != JSON.null)
        }
    }

    @Test("an event has as many of its messages as are wanted, and says how many there are")
    func eventMessages() async throws {
        try await withAdmin { admin in
            let messages = try (0..<3).map { _ in try Make.message() }
            let id = try await admin.store.accept(Make.submission(messages: messages)).event
            let event = try await admin.ask(.get, "/events/\(id)?messages=2").json
            #expect(event?["messages"]?.array?.count == 2 && event?["message_count"] == 3)
            let whole = try await admin.ask(.get, "/events/\(id)").json
            #expect(whole?["messages"]?.array?.count == 3 && whole?["message_count"] == 3)
            #expect(try await admin.ask(.get, "/events/\(id)?messages=-1").status == 400)
        }
    }

    @Test("what a payload says is looked for a piece of the list at a time, by whoever sees payloads")
    func payloads() async throws {
        try await withAdmin { admin in
            for number in 0..<620 {
                let body = [0, 100, 610].contains(number) ? #"{"sku": "red shoe", "n": \#(number)}"# : "{}"
                _ = try await admin.store.accept(Submission(event: Make.event(at: admin.clock.now, body: body)))
            }
            let path = "/events/search?text=red%20shoe"
            let first = try await admin.ask(.get, path)
            #expect(first.ids.count == 1 && first.json?["looked"] == 500)
            #expect(first.json?["back_to"]?.string == admin.clock.now.rfc3339)
            let next = try await admin.ask(.get, "\(path)&after=\(first.json?["next"]?.string ?? "")")
            #expect(next.ids.count == 2 && next.json?["looked"] == 120 && next.json?["next"] == JSON.null)
            #expect(try await admin.ask(.get, "\(path)&limit=1").json?["looked"] == 10)
            #expect(try await admin.ask(.get, "\(path)&source=none").ids.isEmpty)
            #expect(try await admin.ask(.get, path, as: "admin").problem == "hidden")
            #expect(try await admin.ask(.get, "/events/search").status == 400)
        }
    }

    @Test("keys and tokens come in pages, the newest first, and each has a resource of its own")
    func access() async throws {
        try await withAdmin { admin in
            for label in ["a", "b", "c"] {
                await admin.clock.advance(by: .seconds(1))
                _ = try await admin.post("/keys", as: "admin", #"{"label": "\#(label)"}"#)
            }
            let first = try await admin.ask(.get, "/keys?limit=2")
            #expect(first.json?["data"]?.array?.compactMap { $0["label"]?.string } == ["c", "b"])
            let next = try await admin.ask(.get, "/keys?limit=2&after=\(first.json?["next"]?.string ?? "")")
            #expect(next.json?["data"]?.array?.compactMap { $0["label"]?.string } == ["a"])
            #expect(next.json?["next"] == JSON.null && next.json?["prev"] != JSON.null)
            let key = try await admin.ask(.get, "/keys/\(next.ids[0])")
            #expect(key.json?["label"] == "a" && key.json?["secret"] == nil)
            let tokens = try await admin.ask(.get, "/tokens?limit=4")
            #expect(tokens.ids.count == 4 && tokens.json?["next"] != JSON.null)
            let token = try await admin.ask(.get, "/tokens/\(tokens.ids[3])")
            #expect(token.json?["id"]?.string == tokens.ids[3] && token.json?["token"] == nil)
            #expect(try await admin.ask(.get, "/tokens/\(tokens.ids[3])", as: "operate+pii").status == 403)
        }
    }

    @Test("a source's secrets have their first and last use by name, also those that are gone from the configuration")
    func secrets() async throws {
        try await withAdmin { admin in
            let times = (0..<3).map { admin.clock.now.advanced(by: .seconds($0)) }
            for (time, label) in zip(times, ["NEW", "GONE", "NEW"]) {
                _ = try await admin.store.accept(Submission(event: Make.event(at: time, secretLabel: label)))
            }
            let answer = try await admin.ask(.get, "/sources/shop/secrets", as: "read")
            #expect(
                answer.json == [
                    "secrets": [
                        [
                            "name": "NEW", "configured": true, "written_at": .null,
                            "first_at": .string(times[0].rfc3339),
                            "last_at": .string(times[2].rfc3339), "events": 2,
                        ],
                        [
                            "name": "UNUSED", "configured": true, "written_at": "2026-01-01T00:00:00.000Z",
                            "first_at": .null, "last_at": .null, "events": 0,
                        ],
                        [
                            "name": "GONE", "configured": false, "written_at": .null,
                            "first_at": .string(times[1].rfc3339),
                            "last_at": .string(times[1].rfc3339), "events": 1,
                        ],
                    ],
                    "events": 3, "complete": true,
                ]
            )
        }
    }

    @Test("filters restrict, counts agree with them, and the figures by state are whole")
    func filters() async throws {
        try await withAdmin { admin in
            for rule in ["a", "a", "b"] { try await admin.message(rule: rule) }
            let page = try await admin.ask(
                .get,
                "/messages?rule=a&state=scheduled&source=shop&since=2020-01-01T00%3A00%3A00Z"
            )
            #expect(page.ids.count == 2)
            #expect(try await admin.ask(.get, "/messages?rule_off=true").ids == page.ids, "'b' runs")
            #expect(try await admin.ask(.get, "/messages/count?rule_off=true").json?["count"] == 2)
            #expect(try await admin.ask(.get, "/messages?rule_off=false").ids.count == 3)
            #expect(try await admin.ask(.get, "/messages/count?rule=a").json == ["count": 2, "has_more": false])
            #expect(
                try await admin.ask(.get, "/messages/count?to=%2B91%2098123%2045670&delivery=read").json?["count"] == 0
            )
            #expect(try await admin.ask(.get, "/messages?to=%2B91%2098123%2045670").ids.count == 3)
            #expect(try await admin.ask(.get, "/events?to=919812345671").ids.isEmpty)
            #expect(try await admin.ask(.get, "/messages?to=12").status == 422)
            #expect(try await admin.ask(.get, "/messages/count?state=failed").json?["count"] == 0)
            #expect(try await admin.ask(.get, "/events/count").json?["count"] == 3)
            #expect(try await admin.ask(.get, "/messages/states").json?["scheduled"] == 3)
            #expect(try await admin.ask(.get, "/messages/states").json?.object?.count == MessageState.allCases.count)
            #expect(try await admin.ask(.get, "/messages/states?rule=a").json?["scheduled"] == 2)
            #expect(try await admin.ask(.get, "/messages/states?rule=nobody").json?["scheduled"] == 0)
            #expect(try await admin.ask(.get, "/events?result=matched&limit=1").ids.count == 1)
        }
    }

    @Test(
        "what a query may not hold is refused with its place",
        arguments: [
            ("/messages?stat=failed", "stat"), ("/messages?state=lost", "state"), ("/messages?limit=0", "limit"),
            ("/messages?limit=1001", "limit"), ("/messages?limit=x", "limit"), ("/messages?after=x", "after"),
            ("/messages?after=--1", "after"), ("/messages?since=yesterday", "since"),
            ("/messages?rule=a&rule=b", "rule"), ("/messages?rule=%FF", "rule"), ("/health?x=1", "x"),
            ("/messages?=1", ""), ("/messages?rule", nil), ("/messages?", nil),
        ] as [(String, String?)]
    )
    func badQueries(path: String, parameter: String?) async throws {
        try await withAdmin { admin in
            let reply = try await admin.ask(.get, path)
            #expect(reply.status == (parameter == nil ? 200 : 400))
            #expect(reply.json?["errors"]?[0]?["parameter"]?.string == parameter)
        }
    }

    @Test(
        "a query that names two recipients is well formed and means nothing",
        arguments: [
            "/messages?to=919812345670&contact=c1", "/events?contact=c1&to=919812345670",
            "/consent?phone=919812345670&contact=c1",
        ]
    )
    func twoRecipients(path: String) async throws {
        try await withAdmin { admin in
            let reply = try await admin.ask(.get, path)
            #expect(reply.status == 422 && reply.json?["errors"]?[0]?["parameter"] == "contact")
        }
    }

    @Test("a path that is none is 404, a method that is none is 405 and says which there are")
    func routes() async throws {
        try await withAdmin { admin in
            for path in ["", "/", "/nothing", "/messages/", "/messages//retry", "/messages/x/y", "/messages/%FF"] {
                #expect(try await admin.ask(.get, path).status == 404, "\(path)")
            }
            let id = try await admin.message()
            for (method, path, allowed) in [
                (HTTPRequest.Method.post, "/messages", "GET, HEAD"), (.delete, "/messages/\(id)", "GET, HEAD"),
                (.get, "/messages/\(id)/cancel", "POST"), (.put, "/tokens", "GET, POST, HEAD"),
                (.options, "/health", "GET, HEAD"), (.trace, "/health", "GET, HEAD"),
            ] {
                let reply = try await admin.ask(method, path)
                #expect(reply.status == 405)
                #expect(reply["Allow"] == allowed)
            }
            #expect(try await admin.ask(.head, "/messages/\(id)").status == 200)
        }
    }

    @Test("without pii no key is shown, for it may be a number or an address")
    func keys() async throws {
        try await withAdmin { admin in
            for key in ["+919812345670", "asha@example.com"] {
                let cancellation = Cancellation(rule: "cart", key: key, delay: nil)
                let submission = Make.submission(
                    digests: [try Make.item(key: key)],
                    sideEffects: SideEffects(cancellations: [cancellation])
                )
                _ = try await admin.store.accept(submission)
                let event = submission.event.id
                let id = try #require(try await admin.store.messages(MessageFilter(event: event)).elements.first?.id)
                for path in ["/messages", "/messages/\(id)", "/events", "/events/\(event)"] {
                    let masked = try await admin.ask(.get, path, as: "read")
                    #expect(masked.status == 200)
                    #expect(!String(decoding: masked.body, as: UTF8.self).contains(key), "\(path)")
                }
                let shown = JSON.string(key)
                for (token, expected) in [("read", JSON.null), ("read+pii", shown)] {
                    let message = try await admin.ask(.get, "/messages/\(id)", as: token).json
                    let stored = try await admin.ask(.get, "/events/\(event)", as: token).json
                    let listed = try await admin.ask(.get, "/events", as: token).json?["data"]?[0]
                    #expect(message?["digest"]?["key"] == expected)
                    #expect(stored?["called_off"]?["by"]?[0]?["key"] == expected)
                    #expect(listed?["called_off"]?["by"]?[0]?["key"] == expected)
                }
            }
        }
    }

    /// Somebody's number and name wherever they may stand, and where that is shown: ids by the path that shows one.
    private func fill(_ admin: AdminUnderTest) async throws -> [String: [String]] {
        let (now, phone, reason) = (admin.clock.now, "919812345670", #"{"reason": "call +91 98123 45670"}"#)
        let request = try Make.request(to: phone, text: "Namaste Asha")
        let terms = SendTerms(dueAt: now.advanced(by: .seconds(3_600)))
        let message = NewMessage(id: MessageID(at: now), rule: "paid", account: "main", request: request, terms: terms)
        let failure = FailedMessage(id: MessageID(at: now), rule: "paid", reason: "no country in \(phone)")
        let gone = Cancellation(rule: "cart", key: phone, delay: .seconds(60))
        let event = Make.event(at: now, body: #"{"phone": "+919812345670", "name": "Asha"}"#)
        let digest = DigestItems([try Make.item(to: phone, key: phone)], payload: Array("{}".utf8))
        let submission = Submission(
            event: event,
            messages: [message],
            digests: digest,
            failures: [failure],
            sideEffects: SideEffects(cancellations: [gone])
        )
        let ids = try await admin.store.accept(submission).messages.map(\.id.rawValue)
        let parked = Make.event(at: now, disposition: .parked(reason: "no JSON at '\(phone)'"))
        _ = try await admin.store.accept(Submission(event: parked))
        admin.store.recordRejection(Rejection(at: now, source: "shop", status: 401, code: "no", reason: "no \(phone)"))
        #expect(try await admin.post("/messages/\(message.id)/cancel", reason).status == 200)
        let order = JobOrder(Decision(.retry), MessageSelection(rule: "paid"), by: "asha", key: phone)
        let job = try await admin.store.begin(order, at: now).id.rawValue
        let stop = #"{"phones": ["+91 98123 45670"], "reason": "call +91 98123 45670"}"#
        #expect(try await admin.post("/consent", stop).status == 200)
        return [
            "/events/{id}": [event.id.rawValue, parked.id.rawValue], "/messages/{id}": ids, "/jobs/{id}": [job],
        ]
    }

    @Test("without pii no number and no payload is anywhere in any answer")
    func masks() async throws {
        try await withAdmin { admin in
            let ids = try await fill(admin)
            var revealing: Set<String> = []
            for route in admin.api.routes where route.method == .get && !route.showsPersonalData {
                let pattern = route.path.description
                for id in ids[pattern] ?? ["none"] {
                    let path = route.path.names.reduce(pattern) { $0.replacing("{\($1)}", with: id) }
                    let query = route.query.contains(where: \.isRequired) ? "?action=cancel" : ""
                    let full = try await admin.ask(.get, path + query)
                    let masked = try await admin.ask(.get, path + query, as: "admin")
                    let status = route.path.names.isEmpty || ids[pattern] != nil ? 200 : 404
                    #expect(full.status == status && masked.status == status, "\(path)")
                    let texts = [full, masked].map { String(decoding: $0.body, as: UTF8.self) }
                    for mark in ["98123", "45670", "Asha"] {
                        if texts[0].contains(mark) { revealing.insert(pattern) }
                        #expect(!texts[1].contains(mark), "\(path) shows \(mark)")
                    }
                }
            }
            #expect(
                revealing == [
                    "/events", "/events/{id}", "/messages", "/messages/{id}", "/jobs", "/jobs/{id}", "/consent",
                    "/consent/history",
                ]
            )
            let list = try await admin.ask(.get, "/messages?rule=paid&state=cancelled", as: "read")
            #expect(list.json?["data"]?[0]?["request"]?["to"] == "+9•••••••••70")
            #expect(try await admin.ask(.get, "/consent", as: "read").json?["data"]?[0]?["phone"] == "+9•••••••••70")
            let id = try #require(ids["/messages/{id}"]?.first)
            let detail = try #require(try await admin.store.message(MessageID(rawValue: id)))
            #expect(try await admin.ask(.get, "/messages/\(id)", as: "read+pii").json == detail.json())
        }
    }

    @Test("a payload is given byte for byte, exact numbers and all")
    func payload() async throws {
        try await withAdmin { admin in
            let body = #"{ "amount": 12345678901234567890.10, "id": 1e400 }"#
            let submission = Submission(event: Make.event(body: body))
            _ = try await admin.store.accept(submission)
            let reply = try await admin.ask(.get, "/events/\(submission.event.id)/payload")
            #expect(reply.body == Array(body.utf8))
            #expect(reply["Content-Type"] == "application/octet-stream")
            #expect(try await admin.ask(.get, "/events/\(submission.event.id)/explanation").json?["source"] == "shop")
        }
    }

    @Test("what an event said is not given as nothing once it was erased: 409, and the record stays")
    func erasedPayload() async throws {
        try await withAdmin { admin in
            let submission = Submission(event: Make.event())
            _ = try await admin.store.accept(submission)
            let path = "/events/\(submission.event.id)"
            await admin.clock.advance(by: .seconds(7_200))
            let contents = Retention(contents: .seconds(3_600))
            _ = try await admin.store.prune(contents, now: admin.clock.now, limit: 10)
            for part in ["/payload", "/explanation"] {
                let reply = try await admin.ask(.get, path + part)
                #expect(reply.status == 409, "\(part)")
                #expect(reply.json?["detail"] == "What the event says was erased; its record alone is kept.")
            }
            let record = try await admin.ask(.get, path)
            #expect(record.status == 200)
            #expect(record.json?["body"] == JSON.null)
        }
    }

    @Test("who asks for text gets what the command prints, with as much of numbers as the token may see")
    func texts() async throws {
        try await withAdmin { admin in
            let id = try await admin.message()
            _ = try await admin.post("/consent", #"{"phones": ["919812345670"], "reason": "told +91 98123 45670"}"#)
            _ = try await admin.post("/jobs", #"{"action": "cancel", "all": true, "reason": "asked"}"#)
            let event = try await admin.ask(.get, "/events").ids[0]
            for path in ["/messages", "/messages/\(id)", "/consent", "/jobs", "/events", "/events/\(event)"] {
                let whole = try await admin.ask(.get, path, as: "read+pii", ["Accept": "text/plain"])
                #expect(whole["Content-Type"] == "text/plain; charset=utf-8", "\(path)")
                let masked = try await admin.ask(.get, path, as: "read", ["Accept": "text/plain"])
                let text = String(decoding: masked.body, as: UTF8.self)
                #expect(!text.contains("9812345670") && !text.contains("98123 45670") && text.contains("\n"), "\(text)")
            }
            let table = try await admin.ask(.get, "/messages", as: "read+pii", ["Accept": "text/plain"])
            let messages = try await admin.store.messages(MessageFilter()).elements
            #expect(String(decoding: table.body, as: UTF8.self) == OutboxViews.table(messages, at: admin.clock.now))
            let health = try await admin.ask(.get, "/health", ["Accept": "text/plain"])
            #expect(health["Content-Type"] == "application/json")
        }
    }

    @Test("If-Match is refused where nothing looks at it")
    func unusedCondition() async throws {
        try await withAdmin { admin in
            let id = try await admin.message()
            for (method, path) in [(HTTPRequest.Method.post, "/keys"), (.get, "/messages/\(id)"), (.post, "/jobs")] {
                let reply = try await admin.ask(method, path, ["If-Match": "*"], method == .get ? "" : "{}")
                #expect(reply.status == 400, "\(path)")
            }
            let unused = try await admin.ask(.get, "/messages/\(id)", ["If-Match": "*"])
            #expect(unused.json?["errors"]?[0]?["header"] == "If-Match")
            #expect(try await admin.post("/messages/\(id)/cancel", "", ["If-Match": "*"]).status == 200)
        }
    }

    @Test("a resource has an ETag that changes with it; who has it already hears 304")
    func tags() async throws {
        try await withAdmin { admin in
            let id = try await admin.message()
            let first = try await admin.ask(.get, "/messages/\(id)")
            let tag = try #require(first["ETag"])
            for known in [tag, "\"x\", \(tag)", "*"] {
                let again = try await admin.ask(.get, "/messages/\(id)", ["If-None-Match": known])
                #expect(again.status == 304)
                #expect(again.body.isEmpty)
                #expect(again["ETag"] == tag)
            }
            #expect(try await admin.ask(.get, "/messages/\(id)", ["If-None-Match": "W/\(tag)"]).status == 200)
            #expect(try await admin.post("/messages/\(id)/cancel").status == 200)
            let changed = try await admin.ask(.get, "/messages/\(id)", ["If-None-Match": tag])
            #expect(changed.status == 200)
            #expect(changed["ETag"] != tag)
            #expect(try await admin.ask(.get, "/messages/\(id)", as: "read")["ETag"] != changed["ETag"])
        }
    }
}
