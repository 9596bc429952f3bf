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

@Suite("The console's pages of messages", .timeLimit(.minutes(10)))
struct MessagePagesTests {
    @Test("the list shows each message with state, rule, number and time, and masks numbers without pii")
    func list() async throws {
        try await withConsole { test in
            let id = try await test.message()
            var browser = try await test.browser(as: "read+pii")
            let page = try await browser.get("messages").page
            #expect(page.contains("href=\"./messages/\(id)\""))
            #expect(page.contains("+919812345670"))
            #expect(page.contains("</svg>Scheduled</span>"))
            #expect(page.contains("<time datetime=\"\(test.clock.now.advanced(by: .seconds(3_600)).rfc3339)\">"))
            var masked = try await test.browser(as: "read")
            let other = try await masked.get("messages").page
            #expect(other.contains("+9•••••••••70") && !other.contains("919812345670"))
        }
    }

    @Test("filters are in the address, each with a link that takes it away, and hold over pages")
    func filters() async throws {
        try await withConsole { test in
            for _ in 0..<120 { try await test.message() }
            try await test.message(rule: "other")
            var browser = try await test.browser(as: "read+pii")
            let page = try await browser.get("messages?rule=order-paid&state=scheduled").page
            #expect(page.split(separator: "<a class=\"row\"").count - 1 == 50)
            #expect(page.contains("href=\"./messages?state=scheduled\""))
            let next = try #require(link(page, "rel=\"next\""))
            #expect(next.hasPrefix("messages?state=scheduled&rule=order-paid&after="))
            let second = try await browser.get(next).page
            #expect(second.split(separator: "<a class=\"row\"").count - 1 == 50)
            let third = try await browser.get(try #require(link(second, "rel=\"next\""))).page
            #expect(third.split(separator: "<a class=\"row\"").count - 1 == 20)
            #expect(link(third, "rel=\"next\"") == nil)
            let back = try await browser.get(try #require(link(third, "rel=\"prev\""))).page
            #expect(rows(back) == rows(second))
        }
    }

    @Test("a time is typed as a day, or with its hour, in UTC; another text is refused on a page with the way back")
    func typedTimes() async throws {
        try await withConsole { test in
            try await test.message()
            let day = String(test.clock.now.rfc3339.prefix(10))
            var browser = try await test.browser(as: "operate+pii")
            for (typed, taken, found) in [
                (day, "\(day)T00:00:00Z", 1), ("\(day)%2023:59", "\(day)T23:59:00Z", 0),
                ("2026-01-01T09:30", "2026-01-01T09:30:00Z", 1), ("2026-01-01T09:30:00Z", "2026-01-01T09:30:00Z", 1),
            ] {
                let page = try await browser.get("messages?since=\(typed)").page
                #expect(page.contains("value=\"\(taken)\"") && rows(page).count == found, "\(typed)")
            }
            #expect(
                try await browser.get("jobs/new?action=cancel&since=\(day)").page.contains("</b> message stands so now")
            )
            let refused = try await browser.get("messages?since=2026-02-31")
            #expect(refused.status == 400 && refused.page.contains("href=\"./messages\">Without this filter</a>"))
            #expect(!(try await browser.get("no/such/page?since=1").page.contains("Without this filter")))
        }
    }

    /// The address of the link with an attribute.
    private func link(_ page: String, _ attribute: String) -> String? {
        let before = page.split(separator: " \(attribute)", maxSplits: 1, omittingEmptySubsequences: false)
        guard before.count == 2, let address = before[0].split(separator: "href=\"./").last else { return nil }
        return String(address.dropLast()).replacing("&amp;", with: "&")
    }

    private func rows(_ page: String) -> [Substring] {
        page.split(separator: "<a class=\"row\" href=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    }

    @Test("a search leads to what it names: an id, a number in any spelling, a key, a rule")
    func search() async throws {
        try await withConsole { test in
            let id = try await test.message()
            var browser = try await test.browser(as: "read+pii")
            let cases = [
                ("\(id)", "./messages/\(id)"), ("evt_1", "./events/evt_1"), ("job_1", "./jobs/job_1"),
                ("+91 98123-45670", "./messages?to=%2B91%2098123-45670"),
                ("98123 45670", "./messages?to=98123%2045670&country=IN"), ("4711", "./messages?key=4711"),
                ("order-paid", "./messages?rule=order-paid"), ("nothing like it", "./messages?key=nothing%20like%20it"),
                ("", "./messages"), ("shop", "./messages?source=shop"),
            ]
            for (text, place) in cases {
                #expect(try await browser.get("search?q=\(PercentEncoding.encode(text))").place == place, "\(text)")
            }
            // What no key says may stand in a payload; who sees none looks at the events themselves.
            let empty = try await browser.get("messages?key=pay_1").page
            #expect(empty.contains("href=\"./events?says=pay_1\">which events say so</a>"))
            var masked = try await test.browser(as: "read")
            #expect(!(try await masked.get("messages?key=pay_1").page.contains("?says=")))
        }
    }

    @Test("one message says why it stands where it does, what the customer reads, and what happened")
    func message() async throws {
        try await withConsole { test in
            let id = try await test.message(text: hostile)
            var browser = try await test.browser(as: "operate+pii")
            let page = try await browser.get("messages/\(id)").page
            #expect(page.contains("It waits for its time, which the rule set."))
            #expect(page.contains("20:41 on 2026-01-15 where they are (Asia/Kolkata)"))
            let due = test.clock.now.advanced(by: .seconds(3_600)).rfc3339
            #expect(page.contains("it waits for <time datetime=\"\(due)\">"))
            #expect(!page.contains("parts(") && !page.contains("pieces"))
            #expect(page.contains(VisibleHTML().escapeText(hostile)))
            #expect(!page.contains("<script>alert"))
            // What its rule tests says nothing of the message.
            #expect(
                page.contains(
                    "And 2 more lines in the file, all on the <a href=\"../rules/order-paid\">rule's page</a>."
                )
            )
            #expect(page.contains("href=\"../messages/\(id)/cancel\""))
            #expect(!page.contains("messages/\(id)/retry"))
            var reader = try await test.browser(as: "read")
            let masked = try await reader.get("messages/\(id)").page
            #expect(
                masked.contains("--pii</code>: texts are hidden") && !masked.contains("alert(1)")
                    && !masked.contains("/cancel")
            )
        }
    }

    @Test(
        "a message that is late says by how much, and what holds it: its account, or what of it is held, with the reason"
    )
    func pace() async throws {
        try await withConsole { test in
            let due = test.clock.now.advanced(by: .seconds(60))
            let messages = try ["main", "second", "gone"].map { try Make.message(account: $0, dueAt: due) }
            _ = try await test.store.accept(Make.submission(messages: messages, at: test.clock.now))
            await test.clock.advance(by: .seconds(3_660))
            var browser = try await test.browser(as: "read+pii")
            let escaped = VisibleHTML().escapeText(hostile)
            let held =
                "Its account sends all but what it holds: template a until <time datetime=\"2026-01-15T06:00:00.000Z\">"
            let words = [
                "It was due 1h ago. Its account stopped: \(escaped)", "It was due 1h ago. \(held)",
                "The configuration has no account &#39;gone&#39; any more.",
            ]
            for (message, words) in zip(messages, words) {
                #expect(try await browser.get("messages/\(message.id)").page.contains(words))
            }
            #expect(try await browser.get("messages/\(messages[1].id)").page.contains("</time>: \(escaped)"))
            let overview = try await browser.get("").page
            #expect(overview.contains("Holds some") && overview.contains("template a until <time"))
        }
    }

    @Test("a message that was tried long after it was made says how long that took")
    func tookLong() async throws {
        try await withConsole { test in
            let id = try await test.message(failing: true)
            let later = test.clock.now.advanced(by: .seconds(7_200))
            let claimed = try #require(try await test.store.claim(1, at: later).first)
            _ = try await test.store.settle(claimed, .accepted(partnerID: "wamid.1"), at: later)
            var browser = try await test.browser(as: "read+pii")
            let page = try await browser.get("messages/\(id)").page
            #expect(page.contains("It was sent 2h after it was made; what it waited for stands below."))
        }
    }

    @Test("what else its recipient got within a day is looked for around that day, and without pii by its event alone")
    func beside() async throws {
        try await withConsole { test in
            let first = try await test.message()
            try await test.message()
            await test.clock.advance(by: .seconds(3 * 86_400))
            for _ in 0..<120 { try await test.message() }
            var browser = try await test.browser(as: "read+pii")
            let page = try await browser.get("messages/\(first)").page
            #expect(page.contains("1 other message to them within a day of it"))
            let newest = try #require(try await test.store.messages(MessageFilter()).elements.first)
            #expect(try await browser.get("messages/\(newest.id)").page.contains("100 and more other messages to them"))
            let pair = try [Make.message(), Make.message(rule: "other")]
            _ = try await test.store.accept(Make.submission(messages: pair, at: test.clock.now))
            var masked = try await test.browser(as: "read")
            let other = try await masked.get("messages/\(pair[0].id)").page
            #expect(other.contains("1 other message of its event within a day of it") && !other.contains("to them"))
        }
    }

    @Test(
        "what was never built cannot be sent after all: its page offers its event instead, and a link where it names another"
    )
    func neverBuilt() async throws {
        try await withConsole { test in
            let other = MessageID(at: test.clock.now)
            let failed = FailedMessage(
                id: MessageID(at: test.clock.now),
                rule: "order-paid",
                reason: "'phone' is undefined, and \(other) took it"
            )
            _ = try await test.store.accept(Submission(event: Make.event(at: test.clock.now), failures: [failed]))
            let message = try #require(try await test.store.messages(MessageFilter(state: .failed)).elements.first)
            var browser = try await test.browser(as: "operate+pii")
            let page = try await browser.get("messages/\(message.id)").page
            #expect(page.contains("It could not be made") && !page.contains("Send it after all"))
            #expect(page.contains("href=\"../events/\(message.event)/replay\""))
            #expect(page.contains("and <a href=\"../messages/\(other)\">\(other)</a> took it"))
            // A row is a link itself, and has none in it.
            let list = try await browser.get("messages?state=failed").page
            #expect(list.contains("and \(other) took it") && !list.contains("/\(other)\""))
            var reader = try await test.browser(as: "read+pii")
            #expect(!(try await reader.get("messages/\(message.id)").page.contains("/replay")))
            let form = try await browser.get("messages/\(message.id)/retry").page
            #expect(form.contains("This cannot be done with a message in this state."))
        }
    }

    @Test("each try is told with its number, outcome and reason, and what failed is counted in words")
    func tries() async throws {
        try await withConsole { test in
            let id = try await test.message(failing: true)
            let claimed = try #require(try await test.store.claim(1, at: test.clock.now).first)
            let outcome = Outcome.refused(AttemptDetail(status: 422, code: "http_422", reason: "too long"))
            _ = try await test.store.settle(claimed, outcome, at: test.clock.now)
            var browser = try await test.browser(as: "read+pii")
            let page = try await browser.get("messages/\(id)").page
            #expect(page.contains("<b>1.</b> <span class=\"dim\">0.12 s · http_422</span>"))
            #expect(page.contains("</svg>Refused</span>"))
            #expect(try await browser.get("overview").page.contains("<span>1 message failed: see why"))
        }
    }

    @Test("a decision needs a reason, is made once, is in the audit log under the token's name, and says so")
    func decision() async throws {
        try await withConsole { test in
            let id = try await test.message()
            var browser = try await test.browser(as: "operate+pii")
            let form = try await browser.get("messages/\(id)/cancel")
            let (once, seen) = (try #require(form.hidden("once")), try #require(form.hidden("seen")))
            let fields = ["once": once, "seen": seen.replacing("&quot;", with: "\"")]
            let without = try await browser.post("messages/\(id)/cancel", fields)
            #expect(without.status == 422 && without.page.contains("Say why"))
            for _ in 0..<2 {
                let reply = try await browser.post(
                    "messages/\(id)/cancel",
                    fields.merging(["reason": "they called"]) { $1 }
                )
                #expect(reply.status == 303)
                #expect(reply.place == "../../messages/\(id)")
            }
            let page = try await browser.get("messages/\(id)").page
            #expect(page.contains("It is called off.") && page.contains("they called"))
            #expect(try await !browser.get("messages/\(id)").page.contains("It is called off."))
            let lines = try await test.store.audit(AuditFilter(action: "messages.cancel")).elements
            #expect(lines.map(\.who) == [Operator(.token, "operate+pii")])
            #expect(lines.map(\.reason) == ["they called"])
        }
    }

    @Test("a decision about a message that has changed since it was looked at is refused, and the form says so")
    func stale() async throws {
        try await withConsole { test in
            let id = try await test.message()
            var browser = try await test.browser(as: "operate+pii")
            let seen = try #require(try await browser.get("messages/\(id)/cancel").hidden("seen"))
            _ = try await test.store.decide(.cancel, on: id, by: "ravi", at: test.clock.now)
            let fields = ["reason": "<b>late</b>", "seen": seen.replacing("&quot;", with: "\"")]
            let reply = try await browser.post("messages/\(id)/cancel", fields)
            #expect(reply.status == 412)
            #expect(reply.page.contains("get it again and look"))
            #expect(reply.page.contains("This cannot be done with a message in this state."))
        }
    }

    @Test("of a long story the last fifty entries are open, and those before stand behind a line, in their order")
    func longStory() async throws {
        try await withConsole { test in
            let id = try await test.message(failing: true)
            var now = test.clock.now
            var tries = 0
            while let claimed = try await test.store.claim(at: now).first, tries < 30 {
                _ = try await test.store.settle(claimed, .held(Make.detail(), for: .seconds(1)), at: now)
                now = now.advanced(by: .seconds(600))
                tries += 1
            }
            var browser = try await test.browser(as: "read+pii")
            let page = try await browser.get("messages/\(id)").page
            let count = try #require(try await test.store.message(id)).timeline.count
            #expect(count > 50)
            #expect(page.contains("<summary>\(count - 50) earlier entries</summary>"))
            #expect(page.split(separator: "<p class=\"line\">").count - 1 == count)
        }
    }

    @Test("ticked messages, and all that match a list's filter, become jobs about exactly these, counted first")
    func bulk() async throws {
        try await withConsole { test in
            let ids = [try await test.message(), try await test.message(), try await test.message(to: "919812345671")]
            var reader = try await test.browser(as: "read+pii")
            #expect(try await !reader.get("messages").page.contains("checkbox"))
            var browser = try await test.browser(as: "operate+pii")
            let list = try await browser.get("messages?to=%2B919812345671&state=scheduled").page
            #expect(
                list.contains("name=\"m.\(ids[2])\"")
                    && list.contains("jobs/new?state=scheduled&amp;to=%2B919812345671")
            )
            #expect(try await browser.get("jobs/new?chosen=1&action=cancel").page.contains("No message is ticked"))
            #expect(try await browser.post("jobs/new?chosen=1&action=cancel", ["reason": "x"]).status == 409)
            func begin(_ place: String, _ count: Int) async throws -> Reply {
                let form = try await browser.get(place)
                #expect(form.page.contains("<b class=\"figure\">\(count)</b>"), "\(place)")
                let fields = ["expected", "once", "seen_at"].compactMap { name in form.hidden(name).map { (name, $0) } }
                await test.clock.advance(by: .seconds(1))
                try await test.message(to: "919812345671")
                return try await browser.post(
                    place,
                    Dictionary(uniqueKeysWithValues: fields).merging(["reason": "both by mistake"]) { $1 }
                )
            }
            await test.clock.advance(by: .seconds(1))
            let filtered = try await begin("jobs/new?action=cancel&to=%2B919812345671&state=scheduled", 1)
            #expect(filtered.place?.hasPrefix("../jobs/job_") == true)
            let ticked = try await begin("jobs/new?action=cancel&chosen=1&m.\(ids[0])=1&m.\(ids[1])=1", 2)
            #expect(ticked.place?.hasPrefix("../jobs/job_") == true)
            let jobs = try await test.store.jobs(JobFilter()).elements.map(\.order.work)
            let mine = jobs.compactMap { work -> MessageSelection? in
                if case .decide(_, let selection) = work { selection } else { nil }
            }
            #expect(mine.first == MessageSelection(messages: [ids[0], ids[1]].sorted { $0.rawValue < $1.rawValue }))
            #expect(mine.last?.messages.contains(ids[2]) == true && mine.last?.until != nil)
            #expect(mine.last?.states == [.scheduled])
            let wrong = try await browser.get("jobs/new?action=retry&state=scheduled&to=%2B919812345671").page
            #expect(wrong.contains("No message stands so now."))
        }
    }

    @Test("the script learns how many are new, and rows stay")
    func fresh() async throws {
        try await withConsole { test in
            let id = try await test.message()
            var browser = try await test.browser(as: "read+pii")
            for _ in 0..<3 { try await test.message() }
            try await test.message(rule: "other")
            let reply = try await browser.get("messages/new?rule=order-paid&newest=\(id)")
            #expect(try JSON(parsing: reply.body) == ["new": 3, "more": false])
        }
    }

    @Test("the first page says what needs a person, what waits, and who was heard when")
    func overview() async throws {
        try await withConsole { test in
            var browser = try await test.browser(as: "read+pii")
            #expect(try await browser.get("").page.contains("No message yet"))
            try await test.message()
            let page = try await browser.get("overview").page
            #expect(page.contains("Holds some"))
            #expect(page.contains("account main: "))
            #expect(page.contains(VisibleHTML().escapeText(hostile)))
            #expect(page.contains("no event yet"))
            #expect(page.contains("last event <time"))
            #expect(!page.contains("oldest that could leave"))
        }
    }

    @Test("the first page says since when the oldest message waits that could leave, and what portfolios have left")
    func backlog() async throws {
        try await withConsole { test in
            let oldest = try await test.message(failing: true)
            try await test.message(failing: true)
            var browser = try await test.browser(as: "read+pii")
            let page = try await browser.get("overview").page
            #expect(page.contains("href=\"./messages/\(oldest)\">oldest that could leave</a> waits since <time"))
            #expect(page.contains("wrote to 1\u{2009}200 of 2\u{2009}000 people within 24 hours"))
            #expect(page.contains("Used up"))
        }
    }
}
