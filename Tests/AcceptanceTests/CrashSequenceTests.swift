// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Messages
import Outbox
import PartnerAPI
import SQLiteOutbox
import Sandbox
import TestSupport
import Testing

/// What rules say about when messages leave, kept against SIGKILL: `delay`, `cancel_when`, `when_changed`, `limit`,
/// `quiet_hours` and `digest` over sequences of events, while the service is killed again and again.
@Suite("A service that is killed amid sequences")
struct CrashSequenceTests {
    /// Each order has about thirteen events.
    static let orders = max(20, CrashSender.eventCount / 13)
    private static let connections = 20
    /// How long a failed payment waits for another one; the rule says the same.
    private static let delay: Duration = .seconds(4)

    /// Rules of which some messages must come, and others must not: quiet hours that have begun an hour ago, and some
    /// that begin in six.
    private static var rules: String {
        let hour = Int(SystemClock().now.seconds / 3_600 % 24)
        func clock(_ hours: Int) -> String { String(String(100 + (hour + hours + 24) % 24).dropFirst()) + ":00" }
        return """
            version: 1
            source: orders
            rules:
              - name: failed
                event: failed
                key: "{{ order }}"
                delay: 4s
                cancel_when: {event: paid, key: "{{ order }}"}
                once_per: "{{ order }}"
                to: "{{ phone }}"
                send: {text: "failed {{ order }}"}
              - name: status
                event: status
                key: "{{ order }}"
                when_changed: "{{ status }}"
                quiet_hours: {from: "\(clock(6))", to: "\(clock(7))", zone: UTC}
                to: "{{ phone }}"
                send: {text: "status {{ order }} {{ n }}"}
              - name: offer
                event: offer
                limit: {count: 1, every: 1d}
                to: "{{ phone }}"
                send: {text: "offer {{ order }} {{ n }}"}
              - name: night
                event: night
                quiet_hours: {from: "\(clock(-1))", to: "\(clock(2))", zone: UTC}
                to: "{{ phone }}"
                send: {text: "night {{ order }}"}
              - name: parts
                event: part
                digest: {every: 2s, key: "{{ order }}"}
                key: "{{ order }} {{ n }}"
                cancel_when: {event: drop, key: "{{ order }} {{ n }}"}
                to: "{{ phone }}"
                send: {text: "parts {{ order }} {{ items | map: 'n' | join: ' ' }}"}
            """
    }

    @Test(
        "what is wanted comes, nothing comes after its cancel was answered, nothing twice that is told once",
        .timeLimit(.minutes(60))
    )
    func sequences() async throws {
        try await withTemporaryFolder { folder in
            try await withSandbox(SandboxFaults(), clock: SystemClock()) { partner, port in
                try await ServiceProcess.with(folder: folder, rules: Self.rules, partnerPort: port) { process in
                    let answers = try await postEverything(to: process)
                    await untilDelivered(by: partner)
                    #expect(try await process.terminate() == 0)
                    #expect(process.killCount == CrashSender.kills)
                    let messages = await partner.received(atLeast: 0)
                    let store = try await SQLiteOutbox.open(folder.appending(path: "hookline.db").path, role: .tool)
                    try await closing(store) {
                        let stored = try await all(in: store)
                        try check(messages, answers.compactMapValues(\.paid), stored)
                        Self.checkParts(stored, answers)
                    }
                }
            }
        }
    }

    // MARK: Posting

    /// Posts all sequences, each in its order.
    ///
    /// - Returns: When what calls something off of an order was answered.
    private func postEverything(to process: ServiceProcess) async throws -> [Int: Answers] {
        try await CrashSender.with(process, events: Self.orders * 12) { sender in
            let answers = try await withThrowingTaskGroup(of: [Int: Answers].self) { group in
                for connection in 0..<Self.connections {
                    group.addTask {
                        var answers: [Int: Answers] = [:]
                        for order in stride(from: connection, to: Self.orders, by: Self.connections) {
                            answers[order] = try await Self.post(order, by: sender)
                        }
                        return answers
                    }
                }
                return try await group.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
            }
            // Due after all others, so that these have been tried when it comes.
            _ = try await Self.post(Self.lastOrder, by: sender)
            return answers
        }
    }

    /// What calls something off of an order.
    struct Answers: Sendable {
        /// When its payment was answered; `nil` where it is not paid.
        var paid: Timestamp?
        /// When it was answered that its second part is dropped; `nil` where it is not.
        var dropped: Timestamp?
    }

    /// Posts the events of one order; those of an even number are paid, and of every third one a part is dropped.
    private static func post(_ order: Int, by sender: CrashSender) async throws -> Answers {
        func post(_ event: String, _ n: Int = 1, _ status: String = "") async throws -> Timestamp {
            let id = "\(order)-\(event)-\(n)"
            let fields = #""id":"\#(id)","event":"\#(event)","order":"\#(order)","n":\#(n),"status":"\#(status)""#
            return try await sender.post(id, "{\(fields),\"phone\":\"\(9_812_300_000 + order)\"}")
        }
        _ = try await post("failed")
        for (n, status) in ["open", "open", "packed", "open"].enumerated() {
            _ = try await post("status", n + 1, status)
        }
        for n in 1...3 { _ = try await post("offer", n) }
        _ = try await post("night")
        var answers = Answers()
        for n in 1...3 {
            _ = try await post("part", n)
            if n == 2, order.isMultiple(of: 3) { answers.dropped = try await post("drop", n) }
        }
        if order.isMultiple(of: 2) { answers.paid = try await post("paid") }
        return answers
    }

    /// The order that comes after all others; a part of it is dropped.
    static let lastOrder = orders * 6 + 3

    // MARK: What came

    /// The texts that have to come.
    private static var wanted: Set<String> {
        let all = Array(0..<orders) + [lastOrder]
        return Set(
            all.filter { !$0.isMultiple(of: 2) }.map { "failed \($0)" }
                + all.flatMap { order in
                    [1, 3, 4].map { "status \(order) \($0)" }
                }
        )
    }

    private func untilDelivered(by partner: SandboxState) async {
        var count = Self.wanted.count
        while !Task.isCancelled {
            let messages = await partner.received(atLeast: count)
            let texts = Set(messages.compactMap(\.request.text))
            let offers = Set(texts.filter { $0.hasPrefix("offer ") }.map { $0.split(separator: " ")[1] })
            let parts = Self.parts(in: texts)
            if Self.wanted.isSubset(of: texts), offers.count > Self.orders, Self.wantedParts.isSubset(of: parts) {
                return
            }
            count = messages.count + 1
        }
    }

    private func check(_ received: [ReceivedMessage], _ cancels: [Int: Timestamp], _ stored: [Stored]) throws {
        let texts = received.compactMap(\.request.text)
        let counts = Dictionary(texts.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(Self.wanted.subtracting(texts) == [], "lost")
        #expect(texts.filter { $0.hasPrefix("night ") || $0.hasPrefix("status ") && $0.hasSuffix(" 2") } == [])
        let offers = Dictionary(grouping: Set(texts.filter { $0.hasPrefix("offer ") })) { $0.split(separator: " ")[1] }
        #expect(offers.count == Self.orders + 1)
        #expect(offers.filter { $0.value.count > 1 }.isEmpty, "one of several offers")

        let uncertain = Set(stored.filter(\.wasUncertain).map(\.text))
        #expect(Set(counts.filter { $0.value > 1 }.keys).subtracting(uncertain) == [], "twice, and not as uncertain")
        // A claim is on disk before its request leaves; the sandbox may read that later than the cancel was answered.
        for (order, answered) in cancels {
            let message = stored.first { $0.text == "failed \(order)" }
            let late = (message?.sendings ?? []).filter { $0 > answered }
            let story = message?.story ?? []
            #expect(late == [], "order \(order), paid at \(answered.rfc3339): \(story)")
            let left = message?.sendings.count ?? 0
            #expect(counts["failed \(order)", default: 0] <= left, "order \(order): \(story)")
            let isInTime = message?.timeline.first.map { answered < $0.at.advanced(by: Self.delay) } == true
            #expect(message?.state == .cancelled || !isInTime, "order \(order): \(story)")
        }
        let states = stored.filter { $0.rule == "failed" && cancels[$0.order] != nil }.map(\.state)
        #expect(states.count == cancels.count)
        #expect(states.filter(\.isWaiting) == [])
        #expect(Set(stored.filter { $0.rule == "night" }.map(\.state)) == [.deferred])
        let called = states.count { $0 == .cancelled }
        #expect(called > 0, "every payment came too late")
        print(
            "crash test of sequences: \(texts.count) messages, \(CrashSender.kills) kills, \(called) of \(states.count) called off in time"
        )
    }

    /// A message as the store has it.
    struct Stored {
        let rule: String
        let order: Int
        let text: String
        let state: MessageState
        let timeline: [TimelineEntry]

        var wasUncertain: Bool { timeline.contains { $0.to == .uncertain } }
        /// When it left, or was about to.
        var sendings: [Timestamp] { timeline.filter { $0.to == .sending && $0.from != .sending }.map(\.at) }
        var story: [String] { timeline.map { "\($0.at.rfc3339) \($0.to.rawValue): \($0.why)" } }
    }

    private func all(in store: SQLiteOutbox) async throws -> [Stored] {
        var (found, filter): ([Stored], MessageFilter) = ([], MessageFilter(limit: 500))
        repeat {
            let page = try await store.messages(filter)
            for message in page.elements {
                let text = message.request?.message?.text ?? ""
                let timeline = try await store.message(message.id)?.timeline ?? []
                found.append(
                    Stored(
                        rule: message.rule,
                        order: text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? -1,
                        text: text,
                        state: message.state,
                        timeline: timeline
                    )
                )
            }
            filter.cursor = page.next
        } while filter.cursor != nil
        return found
    }
}
