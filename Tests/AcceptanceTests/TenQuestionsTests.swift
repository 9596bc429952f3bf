// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events
import Foundation
import HooklineApp
import Messages
import Outbox
import Sandbox
import TestSupport
import Testing

/// The questions that people ask at nine in the evening, each answered on one page of the console and by one command.
///
/// `docs/console.md` has the table.
@Suite("Ten questions", .timeLimit(.minutes(10)))
struct TenQuestionsTests {
    private static let rules = """
        version: 1
        source: orders
        rules:
          # Only for orders that are worth it.
          - name: paid
            event: order.paid
            match: {total: [{numeric: [">", 100]}]}
            to: "{{ phone }}"
            send: {text: "Order {{ id }} is paid: {{ total | money: 'INR' }}."}
          - name: thanks
            event: order.paid
            to: "{{ phone }}"
            send: {text: "Thank you, {{ name | default: 'friend' }}!"}
          - name: cart
            event: order.cart
            to: "{{ phone }}"
            once_per: "{{ name }}"
            send: {text: "Your cart waits, {{ name }}."}
          - name: later
            event: order.later
            to: "{{ phone }}"
            delay: 2h
            send: {text: "Was it good, {{ name }}?"}
          - name: shipped
            event: order.shipped
            to: "{{ phone }}"
            send:
              template: order_shipped
              variables: {1: "{{ name }}", 2: "{{ id }}", 3: "{{ carrier }}"}
            otherwise: {text: "Order {{ id }} is on its way."}
        """

    private static func body(_ id: String, _ event: String, _ more: String = "") -> String {
        #"{"event": "\#(event)", "id": "\#(id)", "phone": "98450 61230", "name": "Meera"\#(more)}"#
    }

    /// Somebody who is asked: at a browser, and at the command line.
    private struct Asked {
        let hookline: HooklineUnderTest
        let cookie: String

        init(_ hookline: HooklineUnderTest) async throws {
            self.hookline = hookline
            let arguments = ["tokens", "create", "--name", "asha", "--scope", "admin", "--pii", "--expires", "520w"]
            let made = try await hookline.command(arguments + ["--json"])
            let token = try #require(try JSON(parsing: made.output)["token"]?.string)
            let reply = try await hookline.request(
                .post,
                "http://\(hookline.addresses.admin)/console/login",
                headers: [
                    .init("Sec-Fetch-Site", "same-origin"), .init("Content-Type", "application/x-www-form-urlencoded"),
                ],
                body: Array("token=\(token)".utf8)
            )
            cookie = String(try #require(reply["set-cookie"]).prefix { $0 != ";" })
        }

        /// A page as its reader sees it: without marks, and with runs of spaces as one.
        ///
        /// - Parameters:
        ///   - place: Below the console.
        ///   - form: What is sent from its form; `nil` to look at it alone.
        /// - Returns: The words.
        /// - Throws: What the transport says.
        func page(_ place: String, form: String? = nil) async throws -> String {
            let reply = try await hookline.request(
                form == nil ? .get : .post,
                "http://\(hookline.addresses.admin)/console/\(place)",
                headers: [
                    .init("Cookie", cookie), .init("Sec-Fetch-Site", "same-origin"),
                    .init("Content-Type", "application/x-www-form-urlencoded"),
                ],
                body: Array((form ?? "").utf8)
            )
            #expect(reply.status == 200, "\(place)")
            #expect(reply.body.count <= 60_000, "\(place)")
            let text = String(decoding: reply.body, as: UTF8.self).replacing(/<[^>]*>/, with: " ")
            let entities = [("&#39;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
            return entities.reduce(text) { $0.replacing($1.0, with: $1.1) }
                .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }

        func command(_ arguments: String...) async throws -> String {
            try await hookline.command(arguments).output
        }

        /// The id of the newest event, or of the newest message of a rule.
        func newest(_ list: String, rule: String? = nil) async throws -> String {
            let arguments = [list, "list", "--json"] + (rule.map { ["--rule", $0] } ?? [])
            let json = try JSON(parsing: try await hookline.command(arguments).output)
            return try #require(json[0]?["id"]?.string)
        }
    }

    private func asked(_ body: (HooklineUnderTest, Asked) async throws -> Void) async throws {
        try await withHookline(HooklineSetup(rules: ["rules.yaml": Self.rules])) { hookline in
            try await body(hookline, try await Asked(hookline))
        }
    }

    @Test("1. Why no message? The event's page and 'explain' say of each rule why not")
    func noMessage() async throws {
        try await asked { hookline, asked in
            try await hookline.post(Self.body("1", "order.seen", #", "total": 50"#), source: "orders")
            let event = try await asked.newest("events")
            let words = "no match: it is for 'order.paid', and the event is 'order.seen'"
            let page = try await asked.page("events/\(event)")
            #expect(page.contains("No message. Below stands what each rule makes of it now.") && page.contains(words))
            #expect(try await asked.command("explain", event).contains(words))
            #expect(try await asked.command("explain", event).contains("\nno message came of it\n"))
            try await hookline.post(Self.body("2", "order.paid", #", "total": 50"#), source: "orders")
            let second = try await asked.newest("events")
            let price = "no match: total: expected a number > 100, found 50"
            #expect(try await asked.page("events/\(second)").contains(price))
            #expect(try await asked.command("explain", second).contains(price))
            // Told before: its rule would send it.
            for id in ["3", "4"] { try await hookline.post(Self.body(id, "order.cart"), source: "orders") }
            let (third, mine) = (try await asked.newest("events"), try await asked.newest("messages"))
            let told = "its rule tells it once (once_per), and not again before"
            #expect(try await asked.page("events/\(third)").contains(told))
            let said = try await asked.command("explain", third)
            #expect(said.contains("what came of it:\n  cart suppressed, \(mine): the same is told by msg_"))
            #expect(said.contains(told) && said.contains("cart: matched: sends a text to …30"))
        }
    }

    @Test("2. Why two? The message's page and the list of the number say by which rule and event the other came")
    func two() async throws {
        try await asked { hookline, asked in
            try await hookline.post(Self.body("1", "order.paid", #", "total": 500"#), source: "orders")
            _ = await hookline.partner.received(atLeast: 2)
            let page = try await asked.page("messages/\(try await asked.newest("messages", rule: "thanks"))")
            #expect(page.contains("1 other message to them within a day of it"))
            #expect(page.contains("another rule, for the same event"))
            let list = try await asked.command("messages", "list", "--to", "+919845061230")
            #expect(list.contains("2 messages of one event, \(try await asked.newest("events")): paid, thanks\n"))
        }
    }

    @Test("3. Why this text? The message's page has its rule, its event and what the one makes of the other")
    func text() async throws {
        try await asked { hookline, asked in
            try await hookline.post(Self.body("1", "order.paid", #", "total": 500"#), source: "orders")
            _ = await hookline.partner.received(atLeast: 2)
            let page = try await asked.page("messages/\(try await asked.newest("messages", rule: "paid"))")
            #expect(page.contains("Order 1 is paid: ₹500.00."))
            #expect(page.contains(#"send: {text: "Order {{ id }} is paid: {{ total | money: 'INR' }}."}"#))
            #expect(page.contains("# Only for orders that are worth it.") && page.contains(#""total": 500"#))
            let said = try await asked.command("explain", try await asked.newest("events"))
            #expect(said.contains("Order 1 is paid: ₹500.00."))
        }
    }

    @Test("4. Why late? The message's page and 'messages show' say until when it waits, and for what")
    func late() async throws {
        try await asked { hookline, asked in
            try await hookline.post(Self.body("1", "order.later"), source: "orders")
            let message = try await asked.newest("messages")
            let due = hookline.clock.now.advanced(by: .seconds(7_200)).rfc3339
            let page = try await asked.page("messages/\(message)")
            #expect(page.contains("It waits for its time, which the rule set. the rule matched; it waits for"))
            #expect(page.contains("It may leave at \(due.prefix(19).replacing("T", with: " ")) UTC"))
            #expect(try await asked.command("messages", "show", message).contains("it waits for \(due)"))
        }
    }

    @Test("5. Why this number? The event's page, the message's and 'explain' say how the number was read")
    func number() async throws {
        try await asked { hookline, asked in
            try await hookline.post(Self.body("1", "order.later"), source: "orders")
            let event = try await asked.newest("events")
            let words = "matched: sends a text to …30 (read in IN, which is the source's)"
            #expect(try await asked.page("events/\(event)").contains(words))
            let page = try await asked.page("messages/\(try await asked.newest("messages"))")
            #expect(page.contains(words) && page.contains(#"to: "{{ phone }}""#))
            #expect(try await asked.command("explain", event).contains(words))
        }
    }

    @Test("6. Why not this template? The message's page and 'explain' say why its otherwise was taken")
    func template() async throws {
        try await asked { hookline, asked in
            try await hookline.post(Self.body("1", "order.shipped"), source: "orders")
            _ = await hookline.partner.received(atLeast: 1)
            let words = "'otherwise', since 'carrier' is undefined"
            #expect(try await asked.page("messages/\(try await asked.newest("messages"))").contains(words))
            #expect(try await asked.command("explain", try await asked.newest("events")).contains(words))
            let page = try await asked.page("templates/order_shipped")
            #expect(
                page.contains("Approved") && page.contains("Its messages leave.") && page.contains("shipped orders")
            )
        }
    }

    @Test("7. What would this rule have done last week? Its rehearsal and 'rules backtest' say what would differ")
    func lastWeek() async throws {
        try await asked { hookline, asked in
            try await hookline.post(Self.body("1", "order.paid", #", "total": 500"#), source: "orders")
            try await hookline.post(Self.body("2", "order.paid", #", "total": 50"#), source: "orders")
            _ = await hookline.partner.received(atLeast: 3)
            let page = try await asked.page("rules/paid/backtest", form: "days=7")
            #expect(page.contains("It would have sent 1 message as it was."))
            #expect(page.contains("2 of 2 events were rehearsed, from"))
            let said = try await asked.command("rules", "backtest", "--rule", "paid")
            #expect(said.contains("no difference: 1 message as before"))
            let rules = Self.rules.replacing("100]", with: "10]").replacing("is paid:", with: "has been paid:")
            try Data(rules.utf8).write(to: hookline.folder.appending(path: "rules/rules.yaml"))
            #expect(await hookline.service.reloadRules())
            let changed = try await asked.page("rules/paid/backtest", form: "days=7")
            #expect(changed.contains("0 messages as they were, 1 more that did not leave, 1 with other words."))
            #expect(changed.contains("Order 1 is paid: ₹500.00. Order 1 has been paid: ₹500.00."))
        }
    }

    @Test("8. Which sender stopped sending? The overview and 'doctor' say which, and how it sent before")
    func silence() async throws {
        try await asked { hookline, asked in
            for id in 1...6 { try await hookline.post(Self.body("\(id)", "order.seen"), source: "orders") }
            await hookline.clock.advance(by: .seconds(3 * 3_600))
            let words = "has been silent for 3h, which is unlike it: between its last 6 events it never paused for more"
            let page = try await asked.page("")
            #expect(page.contains("The sender 'orders' \(words)"))
            #expect(try await asked.page("sources/orders").contains("It \(words)"))
            // The command goes by the clock of the machine.
            let said = try await asked.command("doctor")
            #expect(said.contains("has been silent for") && said.contains("its last 6 events it never paused for more"))
        }
    }

    @Test("9. What did my colleague do? The audit log and 'audit' say what, on which message, and why")
    func colleague() async throws {
        try await asked { hookline, asked in
            try await hookline.post(Self.body("1", "order.later"), source: "orders")
            let message = try await asked.newest("messages")
            _ = try await asked.command("messages", "cancel", message, "--why", "the customer called")
            let page = try await asked.page("audit?action=messages.cancel")
            #expect(page.contains("messages.cancel \(message)") && page.contains("“the customer called”"))
            let said = try await asked.command("audit", "--action", "messages.cancel")
            #expect(said.contains("messages.cancel") && said.contains(message) && said.contains("the customer called"))
        }
    }

    @Test("10. What is about to leave? A page and 'messages next' say it, the soonest first")
    func next() async throws {
        try await asked { hookline, asked in
            #expect(try await asked.page("messages/next").contains("Nothing waits"))
            #expect(try await asked.command("messages", "next") == "nothing waits\n")
            try await hookline.post(Self.body("1", "order.later"), source: "orders")
            await hookline.clock.advance(by: .seconds(1_800))
            try await hookline.post(Self.body("2", "order.later"), source: "orders")
            let page = try await asked.page("messages/next")
            #expect(page.contains("2 messages wait. The first may leave in 1h30m; 0 of these leave within the hour."))
            let ids = page.matches(of: /later \+919845061230/).count
            #expect(ids == 2)
            #expect(try await asked.page("").contains("About to leave Scheduled later +919845061230"))
            let said = try await asked.command("messages", "next")
            #expect(said.contains("2 messages wait: ") && said.contains("LEAVES"))
        }
    }
}
