// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import Messages
import Outbox
import TestSupport
import Testing

@testable import Console

@Suite("The console's pages of events", .timeLimit(.minutes(10)))
struct EventPagesTests {
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
}
