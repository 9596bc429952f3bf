// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import FairThreads
import Foundation
import HTTPTypes
import MemoryOutbox
import Messages
import NIOConcurrencyHelpers
import Outbox
import PartnerAPI
import Replays
import Rules
import ServiceConfiguration
import TestSupport
import Testing

/// A replay whose events' messages a later one calls off, as far away as an archive is long.
@Suite("A replay that has to ask later events", .timeLimit(.minutes(5)))
struct ReplayerTests {
    private static let rules = """
        version: 1
        source: orders
        rules:
          - name: dunning
            event: order.unpaid
            key: "{{ order }}"
            cancel_when: {event: order.paid, key: "{{ order }}"}
            to: "+919845061237"
            send: {text: "Please pay"}
        """
    /// More than one step asks.
    private static let others = 700

    private let store = MemoryOutbox()
    private let now = TestClock().now

    private func settings() async throws -> Settings {
        try await withTemporaryFolder { folder in
            let text = """
                listen: 127.0.0.1:0
                store: sqlite:hookline.db
                rules: rules
                accounts:
                  main: {base_url: "http://127.0.0.1:9/api/v1/public", api_key: k, api_secret: s}
                sources:
                  orders: {secrets: ["orders-test-secret"], country: IN, event_type: body.event, event_id: body.id}
                """
            let path = folder.appending(path: "hookline.yaml")
            try Data(text.utf8).write(to: path)
            var reader = SettingsReader(path: path.path)
            return try #require(reader.read().settings)
        }
    }

    private func replayer(_ text: String = rules) async throws -> Replayer {
        let rules = try #require(RuleFolder.load(texts: [("orders.yaml", text)]).rules)
        return Replayer(try await settings(), store: store) { event, context in
            rules.evaluate(event, in: context).consequences(accounts: ["main"], at: context.now, in: context)
        }
    }

    private func accept(_ type: String, _ number: Int, order: Int = 1) async throws {
        let body = #"{"event": "\#(type)", "id": "\#(type) \#(number)", "order": \#(order)}"#
        let event = NewEvent(
            id: EventID(at: now),
            source: "orders",
            type: type,
            senderID: "\(type) \(number)",
            receivedAt: now,
            headers: [.contentType: "application/json"],
            rawBody: Array(body.utf8),
            disposition: .matched
        )
        _ = try await store.accept(Submission(event: event))
    }

    private func begin() async throws -> Job {
        let order = JobOrder(.replay(ReplayScope(type: "order.unpaid"), why: "mended"), by: "asha", rate: 60)
        return try await store.begin(order, at: now)
    }

    @Test("35: asks them in steps between which it can be cancelled, and tells nothing that the last of them calls off")
    func steps() async throws {
        try await accept("order.unpaid", 1)
        for number in 0..<Self.others { try await accept("order.other", number) }
        try await accept("order.paid", 1)
        let (replayer, job) = (try await replayer(), try await begin())
        #expect(try await replayer.step(job, at: now) == job, "so far nothing is known, and nothing is stored")
        #expect(try await store.countsByState().values.reduce(0, +) == 0)
        let done = try #require(try await replayer.step(job, at: now))
        #expect(done.state == .done && done.tally == [.events: 1, .held: 1], "\(done.tally)")
        #expect(try await store.countsByState()[.cancelled] == 1)
    }

    @Test("tells what no later event calls off")
    func told() async throws {
        try await accept("order.unpaid", 1)
        for number in 0..<Self.others { try await accept("order.other", number) }
        let (replayer, job) = (try await replayer(), try await begin())
        _ = try await replayer.step(job, at: now)
        let done = try #require(try await replayer.step(job, at: now))
        #expect(done.state == .done && done.tally == [.events: 1, .made: 1], "\(done.tally)")
    }

    @Test("a plan lists what would be made, and then which message has told it, unless it is told again")
    func plan() async throws {
        try await accept("order.unpaid", 1)
        let replayer = try await replayer()
        let event = try await store.events(EventFilter()).elements.first?.id
        func listed(again: Bool = false) async throws -> JSON? {
            let scope = ReplayScope(type: "order.unpaid", again: again)
            let plan = try await replayer.plan(scope, rules: ["dunning"], at: now)
            return plan.json({ $0.json()["phone"] ?? .null }, reason: \.self)["messages"]
        }
        func item(_ result: String, told: MessageID? = nil) -> JSON {
            [
                [
                    "event": .string(event?.rawValue ?? ""), "rule": "dunning", "account": "main",
                    "result": .string(result), "told": told.map { .string($0.rawValue) } ?? .null, "reason": .null,
                    "request": "919845061237",
                ]
            ]
        }
        #expect(try await listed() == item("made"))
        _ = try await replayer.step(try await begin(), at: now)
        let claimed = try #require(try await store.claim(at: now).first)
        #expect(try await listed(again: true) == item("told", told: claimed.id))
        _ = try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: now)
        #expect(try await listed() == item("told", told: claimed.id))
        #expect(try await listed(again: true) == item("made"))
    }

    /// Rules of which each keeps something.
    private static let keeping = """
        version: 1
        source: orders
        rules:
          - {name: once, event: order.unpaid, to: "+919845061237", send: {text: "Please pay"}, once_per: "{{ order }}"}
          - {name: late, event: order.unpaid, to: "+919845061237", send: {text: "Pay now"}, expires_after: 1h}
          - {name: still, event: order.unpaid, to: "+919845061237", send: {text: "Pay"}, mode: shadow}
        """

    @Test("17: a plan counts what once_per, an expiry and shadow mode keep as the replay then acts")
    func keeps() async throws {
        for (number, order) in [1, 1, 2, 3].enumerated() { try await accept("order.unpaid", number, order: order) }
        // An order that was told of before, by another event.
        let once = OncePer(key: "3")
        let teller = try Make.message(rule: "once", to: "919845061237", once: once)
        _ = try await store.accept(Make.submission(messages: [teller]))
        let (replayer, late) = (try await replayer(Self.keeping), now.advanced(by: .seconds(7_200)))
        let scope = ReplayScope(type: "order.unpaid")
        let plan = try await replayer.plan(scope, rules: ["once", "late", "still"], at: late)
        #expect(plan.made == ["once": 2] && plan.kept == [.repeated: 2, .expired: 4, .shadow: 4])
        let json = plan.json({ _ in .null }, reason: \.self)
        #expect(json["held"] == 10)
        let reasons = (json["messages"]?.array ?? []).filter { $0["rule"] == "once" }.map { $0["reason"]?.string ?? "" }
        #expect(reasons.count == 4 && reasons[0].isEmpty && reasons[2].isEmpty)
        #expect(reasons[1].hasPrefix("the same is told by msg_") && reasons[3].contains(teller.id.rawValue))
        #expect(plan.text.contains("2 would not leave: another message tells the same, and the rule tells it once"))
        #expect(plan.text.contains("4 would not leave: too late by now; with --as-of now expiries count from now"))
        let order = JobOrder(.replay(scope, why: "mended"), by: "asha", rate: 60)
        let done = try #require(try await replayer.step(try await store.begin(order, at: late), at: late))
        #expect(done.tally == [.events: 4, .made: 2, .held: 10], "\(done.tally)")
        let again = try await replayer.plan(scope, rules: ["once", "late", "still"], at: late)
        #expect(again.told == 2 && again.kept[.repeated] == 2 && again.made.isEmpty)
    }

    @Test("a plan evaluates rules on the threads for that, and never on those that serve everybody")
    func threads() async throws {
        try await accept("order.unpaid", 1)
        let rules = try #require(RuleFolder.load(texts: [("orders.yaml", Self.rules)]).rules)
        let names = NIOLockedValueBox<[String]>([])
        let replayer = Replayer(try await settings(), store: store) { event, context in
            names.withLockedValue { $0.append(Self.threadName) }
            return rules.evaluate(event, in: context).consequences(accounts: ["main"], at: context.now, in: context)
        }
        _ = try await replayer.plan(ReplayScope(type: "order.unpaid"), rules: ["dunning"], at: now)
        let own = Self.threadName
        let pool = await EvaluationThreads.shared.runInTurn(of: "test") { Self.threadName }
        // Threads of a pool are called by it, with their number behind.
        #expect(pool.prefix(4) != own.prefix(4))
        #expect(names.withLockedValue { $0.map { $0.prefix(4) } } == [pool.prefix(4)])
    }

    /// How the thread is called that runs this.
    private static var threadName: String {
        let name = FileManager.default.contents(atPath: "/proc/thread-self/comm") ?? Data()
        return String(decoding: name, as: UTF8.self)
    }

    @Test("keeps what it read for the jobs that run, and reads it once more for one that was paused")
    func forgets() async throws {
        try await accept("order.unpaid", 1)
        for number in 0..<Self.others { try await accept("order.other", number) }
        let (replayer, job) = (try await replayer(), try await begin())
        #expect(try await replayer.step(job, at: now) == job)
        replayer.forget(allBut: [])
        #expect(try await replayer.step(job, at: now) == job, "from the beginning")
        replayer.forget(allBut: [job.id])
        #expect(try await replayer.step(job, at: now)?.state == .done)
    }

    @Test("asks nothing more in a task that was cancelled, as of a service that stops")
    func cancelled() async throws {
        try await accept("order.unpaid", 1)
        try await accept("order.paid", 1)
        let (replayer, job) = (try await replayer(), try await begin())
        let step = Task { [now] in
            withUnsafeCurrentTask { $0?.cancel() }
            return try await replayer.step(job, at: now)
        }
        #expect(try await step.value == job)
        #expect(try await replayer.step(job, at: now)?.state == .done)
    }
}
