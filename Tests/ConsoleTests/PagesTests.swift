// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import Events
import HTTPTypes
import HTTPValues
import Messages
import Outbox
import Presentation
import TestSupport
import Testing

@testable import Console

@Suite("The console's other pages", .timeLimit(.minutes(10)))
struct PagesTests {
    @Test("an event is shown with its payload as text, its numbers as they came, and what each rule makes of it")
    func event() async throws {
        try await withConsole { test in
            let body = #"{"total":12345678901234567890.10,"note":"</pre><script>alert(1)</script>"}"#
            let event = Make.event(at: test.clock.now, body: body)
            _ = try await test.store.accept(Submission(event: event, messages: [try Make.message()]))
            var browser = try await test.browser(as: "read+pii")
            let page = try await browser.get("events/\(event.id)").page
            #expect(page.contains("12345678901234567890.10"))
            #expect(
                page.contains("&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script>alert")
            )
            #expect(page.contains(VisibleHTML().escapeText(hostile)))
            #expect(page.contains("+919812345670"))
            #expect(try await browser.get("events?source=shop").page.contains("href=\"./events/\(event.id)\""))
            let file = try await browser.get("events/\(event.id)/payload")
            #expect(file.headers[.contentType] == "text/plain; charset=utf-8")
            #expect(file.body == Array(body.utf8))
            var masked = try await test.browser(as: "read")
            let hidden = try await masked.get("events/\(event.id)").page
            #expect(hidden.contains("payloads are hidden") && !hidden.contains("12345678901234567890"))
            #expect(try await masked.get("events/\(event.id)/payload").status == 403)
        }
    }

    @Test("an event without a type says so where its type would stand")
    func untyped() async throws {
        try await withConsole { test in
            let event = Make.event(type: "", at: test.clock.now, body: "{}")
            _ = try await test.store.accept(Submission(event: event))
            var browser = try await test.browser(as: "operate+pii")
            for place in ["", "/replay", "/rule"] {
                #expect(try await browser.get("events/\(event.id)\(place)").page.contains("without a type"))
            }
        }
    }

    @Test("of an event with many messages the replay's page shows ten, and how many more there are")
    func replayOfMany() async throws {
        try await withConsole { test in
            let event = Make.event(at: test.clock.now, body: "{}")
            let messages = try (0..<300).map { _ in try Make.message() }
            _ = try await test.store.accept(Submission(event: event, messages: messages))
            var browser = try await test.browser(as: "operate+pii")
            let page = try await browser.get("events/\(event.id)/replay").page
            #expect(page.contains(">And 290 more messages</a>"))
            #expect(page.utf8.count < 60_000)
        }
    }

    @Test("of a payload of many levels and elements no more is laid out than is shown, and the beginning says so")
    func deepPayload() async throws {
        try await withConsole { test in
            let deep = String(repeating: "[", count: 400)
            let body =
                "{\"x\":\(deep)\(Array(repeating: "1", count: 200_000).joined(separator: ","))\(deep.replacing("[", with: "]"))}"
            let event = Make.event(at: test.clock.now, body: body)
            let messages = try (0..<60).map { _ in try Make.message() }
            _ = try await test.store.accept(Submission(event: event, messages: messages))
            var browser = try await test.browser(as: "read+pii")
            let reply = try await browser.get("events/\(event.id)")
            #expect(reply.body.count < 60_000)
            #expect(reply.page.contains("This is the beginning; no more of it was read for this page."))
            #expect(reply.page.contains("And 10 more messages"))
            let lines = BoundedLines(try JSON(parsing: Array(body.utf8)), most: 12_000)
            #expect(lines.isCut && lines.text.utf8.count < 13_000)
        }
    }

    @Test("JSON is laid out in lines as it came: order, numbers, what is empty")
    func lines() throws {
        let json = try JSON(parsing: Array(#"{"b":[1.10,{}],"a":{"c":null,"d":[]},"e":"\\\"x"}"#.utf8))
        let lines = BoundedLines(json, most: 1_000)
        #expect(lines.text == json.text(.indented))
        #expect(!lines.isCut)
    }

    @Test(
        "letters that are written as numbers are read; of a text, a list or an object that is not whole the beginning stands"
    )
    func beginnings() {
        let cases: [(String, String)] = [
            (#"{"a":"\u0906 \"x\""}"#, "{\n  \"a\": \"आ \\\"x\\\"\"\n}"), (#"{"a":"\u09"#, "{\n  \"a\": \"\\u09"),
            ("[1, [ ], {", "[\n  1,\n  [],\n  {\n    "), (#"["x"#, "[\n  \"x"), ("]", "\n]"),
        ]
        for (json, lines) in cases { #expect(BoundedLines(json, most: 100).text == lines) }
        #expect(BoundedLines("[1, [", most: 100).isCut && !BoundedLines("[1]", most: 100).isCut)
        #expect(BoundedLines("[\"\u{906}\u{906}\"]", most: 6).text == "[\n  \"\u{906}")
    }

    @Test("a request that was refused stands in a list with the reason")
    func refused() async throws {
        try await withConsole { test in
            let rejection = Rejection(
                at: test.clock.now,
                source: "shop",
                status: 401,
                code: "bad_signature",
                reason: hostile
            )
            test.store.recordRejection(rejection)
            var browser = try await test.browser(as: "read")
            let page = try await browser.get("events/refused").page
            #expect(page.contains(VisibleHTML().escapeText(hostile)) && page.contains("bad_signature"))
            #expect(try await browser.get("sources/shop").page.contains("bad_signature"))
        }
    }

    @Test("many messages are decided about by a job: counted first, their number typed where they are many")
    func job() async throws {
        try await withConsole { test in
            for _ in 0..<101 { try await test.message() }
            var browser = try await test.browser(as: "operate")
            let form = try await browser.get("jobs/new?action=cancel&rule=order-paid")
            #expect(form.hidden("expected") == "101")
            let fields = ["expected": "101", "once": try #require(form.hidden("once")), "reason": "wrong price"]
            let place = "jobs/new?action=cancel&rule=order-paid"
            let refused = try await browser.post(place, fields)
            #expect(refused.status == 422 && refused.page.contains("Type 101"))
            let begun = try await browser.post(place, fields.merging(["typed": "101"]) { $1 })
            let job = try #require(try await test.store.jobs(JobFilter()).elements.first)
            #expect(begun.place == "../jobs/\(job.id)")
            #expect(job.total == 101 && job.order.why == "wrong price" && job.order.who == "token operate")
            let page = try await browser.get("jobs/\(job.id)").page
            #expect(page.contains("The job has begun.") && page.contains("href=\"../jobs/\(job.id)/pause\""))
            let paused = try await browser.post("jobs/\(job.id)/pause", ["reason": "wait"])
            #expect(paused.place == "../../jobs/\(job.id)")
            #expect(try await browser.get("jobs").page.contains("</svg>Paused</span>"))
            var reader = try await test.browser(as: "read")
            #expect(try await !reader.get("jobs/\(job.id)").page.contains("/cancel"))
        }
    }

    @Test("a retry says how many were never built, and is not about them")
    func unbuilt() async throws {
        try await withConsole { test in
            let failure = FailedMessage(
                id: MessageID(at: test.clock.now),
                rule: "order-paid",
                reason: "name is undefined"
            )
            _ = try await test.store.accept(Make.submission(failures: [failure], at: test.clock.now))
            var browser = try await test.browser(as: "operate")
            let page = try await browser.get("jobs/new?action=retry").page
            #expect(page.contains("No message stands so now.") && page.contains("1 more cannot be sent again"))
            #expect(!page.contains("Begin the job"))
            let cancel = try await browser.get("jobs/new?action=cancel").page
            #expect(!cancel.contains("cannot be sent again"))
        }
    }

    @Test("a job's results are told in words")
    func results() async throws {
        try await withConsole { test in
            let order = JobOrder(.replay(ReplayScope(), why: "mended"), by: "asha")
            let event = Make.event(at: test.clock.now)
            _ = try await test.store.accept(Submission(event: event))
            let job = try await test.store.begin(order, at: test.clock.now)
            let late = try Make.message(expiresAt: test.clock.now)
            let made = Consequences(disposition: .matched, messages: [late], failures: [], sideEffects: .none)
            let placed = try #require(try await test.store.events(ReplayScope(), after: 0, upTo: .max, limit: 1).first)
            let batch = ReplayBatch(from: 0, [ReplayedEvent(event.id, at: placed.place, made)], isLast: true)
            _ = try await test.store.replay(batch, of: job.id, at: test.clock.now)
            var browser = try await test.browser(as: "read")
            let page = try await browser.get("jobs/\(job.id)").page
            #expect(page.contains("<dt>Made, and kept from leaving</dt><dd>1</dd>"))
            #expect(page.contains("<dt>Events gone through</dt><dd>1</dd>"))
        }
    }

    @Test("a job about another number than was counted does not begin")
    func staleJob() async throws {
        try await withConsole { test in
            try await test.message()
            var browser = try await test.browser(as: "operate")
            let place = "jobs/new?action=cancel&rule=order-paid"
            let reply = try await browser.post(place, ["expected": "7", "reason": "wrong price"])
            #expect(reply.status == 409 && reply.page.contains("1 message now"))
            #expect(try await test.store.jobs(JobFilter()).elements.isEmpty)
        }
    }

    @Test("an opt-out is written down under the token's name, and taken back")
    func consent() async throws {
        try await withConsole { test in
            let id = try await test.message()
            var browser = try await test.browser(as: "operate+pii")
            #expect(try await browser.get("consent").page.contains("Nobody has opted out"))
            let reply = try await browser.post(
                "consent/add",
                ["phone": "98123 45670", "country": "IN", "category": "all", "reason": "by letter"]
            )
            #expect(reply.place == "../consent")
            let page = try await browser.get("consent").page
            #expect(page.contains("+919812345670") && page.contains("token operate+pii") && page.contains("by letter"))
            #expect(try await test.store.message(id)?.message.state == .suppressed)
            let wrong = try await browser.post("consent/add", ["phone": "12", "reason": "x"])
            #expect(wrong.status == 422 && wrong.page.contains("too few digits") && wrong.page.contains("value=\"12\""))
            _ = try await browser.post(
                "consent/remove",
                ["phone": "+919812345670", "category": "all", "reason": "asked"]
            )
            #expect(try await browser.get("consent").page.contains("Nobody has opted out"))
            #expect(try await browser.get("consent?view=history").page.contains("Opted in"))
        }
    }

    @Test("rules stand with their findings, and each with what it did")
    func rules() async throws {
        try await withConsole { test in
            try await test.message()
            var browser = try await test.browser(as: "read")
            let page = try await browser.get("rules").page
            #expect(page.contains("have errors; the rules from before run"))
            #expect(page.contains(VisibleHTML().escapeText("rules/shop.yaml:3:1: \(hostile)")))
            #expect(page.contains("</svg>Shadow</span>"))
            let rule = try await browser.get("rules/order-paid").page
            #expect(
                rule.contains(
                    "href=\"../messages?state=scheduled&amp;rule=order-paid\"><span class=\"figure\">1</span>"
                )
            )
            #expect(rule.contains("</svg>Cancelled</span>") && !rule.contains("</svg>Sending</span>"))
            #expect(try await browser.get("rules/none").status == 404)
        }
    }

    @Test(
        "a rule stands as its file has it, each line with its number, its findings at their lines, its template linked"
    )
    func ruleText() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "read+pii")
            let page = try await browser.get("rules/order-paid").page
            #expect(page.contains("<li value=\"3\" id=\"line-3\"><code>  - name: order-paid</code></li>"))
            #expect(
                page.contains(
                    "<li value=\"4\" id=\"line-4\" class=\"flagged\"><code>    to: &quot;919812345670&quot; # &lt;b&gt;&amp;</code></li>"
                )
            )
            #expect(page.contains("<a href=\"#line-4\">Line 4</a>: \(VisibleHTML().escapeText(hostile))"))
            #expect(page.contains("<code>      - name: it is told</code>"))
            #expect(
                page.contains("href=\"../templates/order_paid\">order_paid</a> <span class=\"dim\">(otherwise)</span>")
            )
            var masked = try await test.browser(as: "read")
            let hidden = try await masked.get("rules/order-paid").page
            #expect(!hidden.contains("919812345670") && hidden.contains("    to: &quot;"))
        }
    }

    @Test("of a payload of ten megabytes a page reads no more than it shows, and says so")
    func largePayload() async throws {
        try await withConsole { test in
            let body = "{\"first\": 1.10, \"rest\": [\(String(repeating: "{\"a\":\"é\"},", count: 950_000))1]}"
            let event = Make.event(at: test.clock.now, body: body)
            _ = try await test.store.accept(Submission(event: event, messages: [try Make.message()]))
            var browser = try await test.browser(as: "operate+pii")
            let reply = try await browser.get("events/\(event.id)")
            #expect(reply.status == 200 && reply.body.count < 60_000)
            #expect(reply.page.contains("&quot;first&quot;: 1.10,"))
            #expect(reply.page.contains("no more of it was read for this page") && !reply.page.contains("\u{FFFD}"))
            #expect(try await browser.get("playground?event=\(event.id)").body.count < 60_000)
            let message = try #require(try await test.store.messages(MessageFilter()).elements.first)
            #expect(try await browser.get("messages/\(message.id)").page.contains("The event is large"))
        }
    }

    @Test("sources stand with their address, the names of their secrets, and when they were heard")
    func sources() async throws {
        try await withConsole { test in
            try await test.message()
            var browser = try await test.browser(as: "read")
            #expect(try await browser.get("sources").page.contains("last event <time"))
            let page = try await browser.get("sources/shop").page
            let age = try #require(Timestamp(rfc3339: "2026-01-05T04:30:00.000Z")).duration(to: test.clock.now)
            #expect(page.contains("/hooks/shop") && page.contains("<code>SHOP_SECRET</code>"))
            #expect(page.contains("signed none of them") && page.contains("Of all its events that are kept."))
            #expect(page.contains("Of unknown age: where it stands there is no date"))
            let written = "its file was written at <time datetime=\"2026-01-05T04:30:00.000Z\">"
            #expect(page.contains("\(DurationText.about(age)) old: \(written)"))
            for (second, label) in ["SHOP_SECRET", "GONE", "SHOP_SECRET"].enumerated() {
                let event = Make.event(at: test.clock.now.advanced(by: .seconds(second)), secretLabel: label)
                _ = try await test.store.accept(Submission(event: event))
            }
            let used = try await browser.get("sources/shop").page
            let last = test.clock.now.advanced(by: .seconds(2)).rfc3339
            #expect(used.contains("signed 2 events, the first at <time datetime=\"\(test.clock.now.rfc3339)\">"))
            #expect(used.contains("the last at <time datetime=\"\(last)\">"))
            #expect(used.contains("At least 0s old: where it stands there is no date"))
            #expect(
                used.contains("<code>GONE</code> <span class=\"dim\">is in the configuration no more; signed 1 event")
            )
            #expect(page.contains(VisibleHTML().escapeText(hostile)))
            #expect(try await browser.get("sources/bank").page.contains("whoever knows the address can post"))
            #expect(try await browser.get("sources/none").status == 404)
        }
    }

    @Test("an account that stopped goes on when somebody says so, and the audit log says who")
    func account() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "operate")
            #expect(try await browser.get("").page.contains("href=\"./accounts/main/resume\""))
            let reply = try await browser.post("accounts/main/resume", ["reason": "paid the bill"])
            #expect(reply.place == "../.././")
            var admin = try await test.browser(as: "admin")
            let page = try await admin.get("audit?action=accounts.resume").page
            #expect(page.contains("operate") && page.contains("paid the bill") && page.contains("goes on: account"))
            #expect(try await browser.get("audit").status == 403)
            #expect(try await !browser.get("").page.contains("#i-audit"))
        }
    }

    @Test("the playground shows what rules say of an event that did not happen, and changes nothing")
    func playground() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "operate+pii")
            #expect(try await browser.get("playground").page.contains("<option value=\"shop\" selected>"))
            let form = [
                "source": "shop", "payload": "Order </textarea><script>alert(1)</script>",
                "rules": "version: <b>\r\nx: 1",
            ]
            let page = try await browser.post("playground", form).page
            #expect(page.contains("Order &lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>"))
            #expect(page.contains("<p class=\"body\" dir=\"auto\">Order &lt;/textarea&gt;"))
            #expect(page.contains("+919812345670") && page.contains("<code>version: &lt;b&gt;\nx: 1</code>"))
            #expect(page.contains(VisibleHTML().escapeText(hostile)) && !page.contains("<script>alert"))
            #expect(
                try await browser.post("playground", ["source": "x", "payload": "1"]).page.contains(
                    "no source of this name"
                )
            )
            let wrong = try await browser.post(
                "playground",
                ["source": "shop", "payload": "1", "headers": "no header"]
            )
            #expect(wrong.page.contains("&#39;no header&#39; is no header"))
            let large = try await browser.post(
                "playground",
                ["source": "shop", "payload": String(repeating: "x", count: 25_000)]
            )
            #expect(large.page.contains("more than 24 KiB"))
            let event = Make.event(at: test.clock.now, body: #"{"total":1.10}"#)
            _ = try await test.store.accept(Submission(event: event, messages: []))
            let used = try await browser.get("playground?event=\(event.id)").page
            #expect(used.contains("&quot;total&quot;: 1.10") && used.contains("Content-Type: application/json"))
            #expect(try await test.store.audit(AuditFilter(who: "operate+pii")).elements.isEmpty)
        }
    }

    @Test("what the playground makes visible of a payload is escaped as JSON does it, so that it stays what it was")
    func unseen() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "operate+pii")
            let payload = "{\"a\": \"x\u{200B}y\u{202E}z\"}"
            let page = try await browser.post("playground", ["source": "shop", "payload": payload]).page
            let field = #"{&quot;a&quot;: &quot;x\u200by\u202ez&quot;}</textarea>"#
            #expect(page.contains(field))
            let event = Make.event(at: test.clock.now, body: payload)
            _ = try await test.store.accept(Submission(event: event))
            let used = try await browser.get("playground?event=\(event.id)").page
            #expect(used.contains(#"&quot;x\u200by\u202ez&quot;"#))
            let text = try await browser.post("playground", ["source": "shop", "payload": "a\u{200B}b"]).page
            #expect(text.contains(#"a\u{200B}b</textarea>"#))
        }
    }

    @Test("events are found by what their payload says, and the page tells how far it looked")
    func payloadSearch() async throws {
        try await withConsole { test in
            let found = Make.event(at: test.clock.now, body: #"{"sku": "red shoe"}"#)
            _ = try await test.store.accept(Submission(event: found))
            _ = try await test.store.accept(Submission(event: Make.event(at: test.clock.now)))
            var browser = try await test.browser(as: "read+pii")
            let page = try await browser.get("events?says=red+shoe").page
            #expect(page.contains("events/\(found.id)") && page.contains("2 events were looked at, back to <time"))
            #expect(page.split(separator: "<a class=\"row\"").count == 2 && !page.contains("looks further"))
            #expect(try await browser.get("events?says=nothing").page.contains("No event is like that."))
            var masked = try await test.browser(as: "read")
            #expect(try await !masked.get("events").page.contains("name=\"says\""))
            #expect(try await masked.get("events?says=x").status == 403)
        }
    }

    @Test("the menu has the playground for those who may use it alone")
    func menu() async throws {
        try await withConsole { test in
            for (token, isThere) in [("read+pii", false), ("operate", true), ("admin", true)] {
                var browser = try await test.browser(as: token)
                let page = try await browser.get("").page
                #expect(page.contains("href=\"./playground\"") == isThere, "\(token)")
                #expect(try await browser.get("playground").status == (isThere ? 200 : 403))
            }
        }
    }

    @Test(
        "an event's page has the first of its messages, says how many there are besides, and gives its payload byte for byte"
    )
    func manyMessages() async throws {
        try await withConsole { test in
            let messages = try (0..<60).map { _ in try Make.message() }
            let event = Make.event(at: test.clock.now, body: "{\"a\":\"\u{202E}\"} ")
            _ = try await test.store.accept(Submission(event: event, messages: messages))
            var browser = try await test.browser(as: "read+pii")
            let page = try await browser.get("events/\(event.id)").page
            #expect(page.contains("And 10 more messages") && page.contains("messages/\(messages[49].id)"))
            #expect(!page.contains("messages/\(messages[50].id)"))
            let payload = try await browser.get("events/\(event.id)/payload")
            #expect(payload.body == event.rawBody && payload.headers[.contentType] == "text/plain; charset=utf-8")
            var masked = try await test.browser(as: "read")
            #expect(try await masked.get("events/\(event.id)/payload").status == 403)
            #expect(try await masked.get("events/evt_none/payload").status == 404)
            #expect(try await browser.get("events/evt_none/payload").status == 404)
        }
    }

    @Test("what is bounded is bounded as it stands on the page: a sign may take six times its room there")
    func bounds() {
        let text = BoundedHTML("a\"\u{301}<b", most: 11)
        #expect(text.text == "a\"\u{301}" && text.isCut && text.size == 9)
        let whole = BoundedHTML("<<", most: 8)
        #expect(whole.text == "<<" && !whole.isCut && whole.size == 8)
        #expect(BoundedHTML("\u{202E}", most: 7).text.isEmpty && BoundedHTML("", most: 0).isCut == false)
    }

    @Test(
        "a rule of an event: the approved templates to pick from, then what stands in each gap, and the file to take along"
    )
    func eventRule() async throws {
        try await withConsole { test in
            let event = Make.event(at: test.clock.now, body: ##"{"order":{"name":"#1001"}}"##)
            _ = try await test.store.accept(Submission(event: event, messages: []))
            var browser = try await test.browser(as: "operate+pii")
            #expect(try await browser.get("events/\(event.id)").page.contains("href=\"../events/\(event.id)/rule\""))
            let none = try await browser.get("events/\(event.id)/rule").page
            #expect(none.contains("This account has no approved template."))
            let picks = try await browser.get("events/\(event.id)/rule?account=second").page
            #expect(picks.contains("/rule?template=order_paid&amp;language=en&amp;account=second\""))
            let filtered = try await browser.get("events/\(event.id)/rule?account=second&q=nothing").page
            #expect(filtered.contains("/rule?account=second\">Show all</a>"))
            #expect(!picks.contains("template=other") && !picks.contains("<script>alert"))
            let unknown = try await browser.get("events/\(event.id)/rule?template=missing&account=second").page
            #expect(
                unknown.contains("there is no template &#39;missing&#39;") && unknown.contains("template=order_paid")
            )
            let own = "it's {{ order.note }}"
            let query = "template=order_paid&account=second&own.1=\(PercentEncoding.encode(own))"
            let page = try await browser.get("events/\(event.id)/rule?\(query)").page
            #expect(page.contains(VisibleHTML().escapeText(hostile)) && !page.contains("<script>alert"))
            #expect(page.contains("name=\"own.1\" value=\"it&#39;s {{ order.note }}\"") && !page.contains(" checked>"))
            #expect(
                page.contains(
                    "--account second --fill &#39;1=it&#39;\\&#39;&#39;s {{ order.note }}&#39; --save rules/order-paidx.yaml"
                )
            )
            #expect(page.contains("<code>order-paid.yaml:3:5: warning: \(VisibleHTML().escapeText(hostile))</code>"))
            #expect(page.contains("/rule?account=second\">Another template</a>"))
            let chosen = try await browser.get(
                "events/\(event.id)/rule?template=order_paid&gap.1=%7B%7B+order.note+%7D%7D"
            )
            #expect(chosen.page.contains("value=\"{{ order.note }}\" checked>"))
            let file = try await browser.get("events/\(event.id)/rule.yaml?\(query)")
            #expect(file.headers[.contentDisposition] == "attachment; filename=\"order-paidx.yaml\"")
            #expect(file.headers[.contentType] == "text/plain; charset=utf-8")
            #expect(file.page == "version: 1 # \(own) \(hostile)")
            #expect(try await test.store.audit(AuditFilter(who: "operate+pii")).elements.isEmpty)
            var masked = try await test.browser(as: "operate")
            let hidden = try await masked.get("events/\(event.id)/rule?template=order_paid")
            #expect(hidden.status == 403 && !hidden.page.contains("#1001"))
        }
    }

    @Test(
        "an event is replayed after what that would come to was looked at, once, for a reason, as a job that leads to it"
    )
    func replay() async throws {
        try await withConsole { test in
            let event = Make.event(at: test.clock.now)
            _ = try await test.store.accept(Submission(event: event, messages: []))
            var browser = try await test.browser(as: "operate+pii")
            #expect(try await browser.get("events/\(event.id)").page.contains("href=\"../events/\(event.id)/replay\""))
            let place = "events/\(event.id)/replay"
            let form = try await browser.get(place)
            #expect(form.page.contains("Send 1 message") && form.page.contains("href=\"../../messages/msg_1\""))
            #expect(form.page.contains(VisibleHTML().escapeText(hostile)) && !form.page.contains("<script>alert"))
            #expect(form.page.contains("<p class=\"body\" dir=\"auto\">") && form.page.contains("Nothing yet."))
            let fields = ["once": try #require(form.hidden("once")), "expected": try #require(form.hidden("expected"))]
            #expect(try await browser.post(place, fields).page.contains("Say why"))
            let other = try await browser.post(place, ["expected": "9", "reason": "<b>"])
            #expect(other.status == 409 && other.page.contains("It would make 1 message now, and not 9."))
            #expect(other.page.contains("value=\"&lt;b&gt;\""))
            for _ in 0..<2 {
                let reply = try await browser.post(place, fields.merging(["reason": "the rule is mended"]) { $1 })
                #expect(reply.place?.hasPrefix("../../jobs/job_") == true)
            }
            let job = try #require(try await test.store.jobs(JobFilter()).elements.first)
            #expect(job.order.replay == ReplayScope(events: [event.id]) && job.order.why == "the rule is mended")
            #expect(try await test.store.jobs(JobFilter()).elements.count == 1)
            #expect(try await browser.get("jobs/\(job.id)").page.contains("href=\"../messages?event=\(event.id)\""))
            let again = try await browser.get("\(place)?again=1&as_of=now&rule=later").page
            #expect(again.contains("Send 2 messages") && again.contains("value=\"later\""))
            #expect(again.split(separator: " checked>").count == 3)
            var masked = try await test.browser(as: "operate")
            #expect(try await masked.get(place).page.contains("--pii</code>: texts are hidden"))
        }
    }

    @Test("the script is told what changes over a stream of its own, for a session alone, from a place that is one")
    func live() async throws {
        try await withConsole { test in
            var stranger = test.browser()
            #expect(try await stranger.get("live").status == 303)
            var browser = try await test.browser(as: "read")
            let reply = try await browser.get("live")
            #expect(reply.status == 200 && reply.headers[.contentType] == "text/event-stream")
            #expect(reply.headers.contains { $0.name.rawName == "X-Accel-Buffering" && $0.value == "no" })
            #expect(reply.stream != nil)
            browser.headers["Last-Event-ID"] = "nonsense"
            #expect(try await browser.get("live").status == 400)
        }
    }

    @Test("templates that the partner has not told are said to be unknown; others are empty")
    func templates() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "read")
            #expect(try await browser.get("templates").page.contains("The account has no template."))
            #expect(try await browser.get("templates/none").status == 404)
            let page = try await browser.get("templates/order_paid").page
            #expect(page.contains("The account main has no template of this name."))
            #expect(page.contains("<a class=\"row\" href=\"../rules/order-paid\">"))
        }
    }

    @Test("templates are found by their name and by what they say, and of many a page has the first")
    func templateSearch() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "read")
            func found(_ text: String) async throws -> [String] {
                let page = try await browser.get("templates?account=second&text=\(text)").page
                #expect(page.contains("name=\"text\" value=\"\(text)\""))
                #expect(page.contains("name=\"account\" value=\"second\""))
                return ["order_paid", "other"].filter { page.contains("<b>\($0)</b>") }
            }
            #expect(try await found("ORDER_") == ["order_paid"])
            #expect(try await found("Is") == ["order_paid", "other"])
            let none = try await browser.get("templates?account=second&text=zebra").page
            #expect(none.contains("No template is called so, or says so."))
            #expect(none.contains("href=\"./templates?account=second\">Show all templates"))
            let many = try await browser.get("templates?account=many").page
            #expect(many.contains("And 30 more: search") && many.utf8.count < 60_000)
            #expect(!(try await browser.get("templates").page.contains("name=\"text\"")))
        }
    }

    @Test("filters offer the senders, accounts and rules there are, and the one that was chosen and is gone")
    func choices() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "operate")
            let rules = ["order-paid", "later"].map { "<option value=\"\($0)\"></option>" }.joined() + "</datalist>"
            let sources = "<option value=\"\">All</option><option>shop</option><option selected>bank</option></select>"
            for place in ["messages?source=bank", "jobs/new?source=bank", "events?source=bank"] {
                let page = try await browser.get(place).page
                #expect(page.contains(sources), "\(place)")
                #expect(page.contains(rules) == !place.hasPrefix("events"), "\(place)")
            }
            let gone = try await browser.get("messages?source=gone&rule=old").page
            #expect(gone.contains("<option>bank</option><option selected>gone</option>"))
            #expect(gone.contains("name=\"rule\" value=\"old\" list=\"rules\""))
            let jobs = try await browser.get("jobs/new?account=second").page
            #expect(jobs.contains("<option>main</option><option selected>second</option>"))
        }
    }

    @Test("a filter that is changed keeps the others, those too that have no field")
    func keepsFilters() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "read+pii")
            let messages = try await browser.get("messages?to=9845061237&country=IN&until=2026-01-16&state=queued").page
            for (name, value) in [("country", "IN"), ("until", "2026-01-16"), ("state", "queued")] {
                #expect(messages.contains("<input type=\"hidden\" name=\"\(name)\" value=\"\(value)"), "\(name)")
            }
            let events = try await browser.get("events?to=9845061237&country=IN").page
            #expect(events.contains("<input type=\"hidden\" name=\"country\" value=\"IN\">"))
        }
    }

    @Test("jobs are listed by where they stand")
    func jobStates() async throws {
        try await withConsole { test in
            let order = JobOrder(.decide(.cancel, MessageSelection()), by: "asha")
            let job = try await test.store.begin(order, at: test.clock.now)
            var browser = try await test.browser(as: "read")
            let running = try await browser.get("jobs?state=running").page
            #expect(running.contains("jobs/\(job.id)\""))
            #expect(running.contains("jobs?state=running\" aria-current=\"true\""))
            let paused = try await browser.get("jobs?state=paused").page
            #expect(!paused.contains("\(job.id)") && paused.contains("No job stands so."))
        }
    }
}
