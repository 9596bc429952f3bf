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

@Suite("The console's other pages", .timeLimit(.minutes(10)))
struct PagesTests {
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
}
