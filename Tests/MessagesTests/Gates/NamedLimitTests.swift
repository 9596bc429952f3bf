// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

@Suite("Limits of the configuration, over all rules (32)")
struct NamedLimitTests {
    private let now = TestClock().now
    private let weekly = SendLimit(count: 2, every: .seconds(7 * 86_400))

    private func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    private func record(
        _ category: MessageCategory,
        _ limits: [NamedLimit],
        rule: String = "cart",
        own: SendLimit? = nil
    ) throws -> MessageRecord {
        let terms = SendTerms(limit: own).under(limits, category)
        let message = NewMessage(
            id: MessageID(at: now),
            rule: rule,
            account: "main",
            request: try Make.template("t"),
            terms: terms,
            category: category
        )
        let beginning = Beginning.of(terms, cause: "why", at: now, keys: now)
        return MessageRecord(message, of: (EventID(at: now), "shop"), beginning, at: now)
    }

    /// Claims a message as every store does.
    private func claim(_ record: inout MessageRecord, _ book: inout FactBook, at time: Timestamp) throws {
        let hold = record.hold(at: time, keys: time) { book.departure($0) }
        _ = try record.claim(until: time.advanced(by: .seconds(60)), at: time, held: hold)
        book.depart(record.departing(at: time))
        if record.message.state == .deferred { book.wait(for: hold?.turn) } else { book.takeBack(record.turns) }
    }

    @Test("a limit counts the messages of all rules to a recipient, and its name is in the reason")
    func acrossRules() throws {
        let limit = NamedLimit(name: "promotions", limit: weekly, categories: [.marketing])
        var book = FactBook()
        var records = try ["cart", "sale", "news"].map { try record(.marketing, [limit], rule: $0) }
        for index in records.indices { try claim(&records[index], &book, at: later(index)) }
        #expect(records.map(\.message.state) == [.sending, .sending, .suppressed])
        let (since, next) = (now.rfc3339, later(7 * 86_400).rfc3339)
        #expect(records[2].message.reason == "limit: 'promotions', 2 of 2 since \(since), next at \(next)")
        var utility = try record(.utility, [limit])
        try claim(&utility, &book, at: later(3))
        #expect(utility.message.state == .sending && utility.claimed?.departures == [])
    }

    @Test("a code is counted by a limit that names it and held only by one that is about codes alone")
    func codes() throws {
        let one = SendLimit(count: 1, every: .seconds(60))
        let all = NamedLimit(name: "all", limit: one, categories: [.marketing, .utility, .authentication])
        var book = FactBook()
        var records = [
            try record(.authentication, [all]), try record(.authentication, [all]), try record(.marketing, [all]),
        ]
        for index in records.indices { try claim(&records[index], &book, at: now) }
        #expect(records.map(\.message.state) == [.sending, .sending, .suppressed])
        let codes = NamedLimit(name: "codes", limit: one, categories: [.authentication])
        var others = [try record(.authentication, [codes]), try record(.authentication, [codes])]
        for index in others.indices { try claim(&others[index], &book, at: now) }
        #expect(others.map(\.message.state) == [.sending, .suppressed])
    }

    @Test("a message is counted under its rule's limit and every named one, and held by the first that is used up")
    func several() throws {
        let other = NamedLimit(name: "b", limit: SendLimit(count: 1, every: .seconds(60)), categories: [.marketing])
        let first = NamedLimit(name: "a", limit: weekly, categories: [.marketing])
        var book = FactBook()
        var record = try record(.marketing, [first, other], own: weekly)
        try claim(&record, &book, at: now)
        let claimed = try #require(record.claimed)
        #expect(claimed.departures.map(\.rule) == ["cart", "limit:a", "limit:b"])
        var machine = claimed.machine()
        var random = SeededGenerator(seed: 1)
        try machine.attemptEnded(.refused(Make.detail(422)), at: now, policy: RetryPolicy(), using: &random)
        #expect(Settlement(of: claimed, machine, attempt: nil, at: now).takesBack == claimed.departures)
        var next = try self.record(.marketing, [first, other])
        try claim(&next, &book, at: later(1))
        #expect(next.message.reason.hasPrefix("limit: 'b', 1 of 1 since"))
    }

    @Test("what a store keeps of gates reads as it was, with and without named limits; what does not read is no gate")
    func kept() throws {
        let named = NamedLimit(name: "a", limit: weekly, categories: [.marketing, .authentication])
        for limits in [[], [named]] {
            let gates = try #require(SendTerms(limit: weekly).under(limits, .authentication).gates)
            #expect(SendGates(gates.json) == gates)
        }
        #expect(SendTerms().under([named], .utility).gates == nil)
        #expect(SendGates(["quiet": .null, "limit": .null, "named": [["name": "a"]]]) == nil)
    }

    @Test("eight dispatchers, 100,000 interleavings: never one promotion too many, and no code ever waits")
    func interleavings() throws {
        let window: Duration = .seconds(100)
        var random = SeededGenerator(seed: 32)
        var (steps, codesSent, promotionsDeferred) = (0, 0, 0)
        while steps < 100_000 {
            let limits = [
                NamedLimit(
                    name: "all",
                    limit: SendLimit(count: 3, every: window, excess: .defer),
                    categories: [.marketing, .authentication]
                )
            ]
            var records: [MessageRecord] = []
            for index in 0..<16 {
                let isCode = index % 4 == 0
                records.append(try record(isCode ? .authentication : .marketing, limits, rule: "r\(index % 3)"))
            }
            var (book, time, arrivals) = (FactBook(), now, [[Timestamp]](repeating: [], count: 16))
            var hands = [Int?](repeating: nil, count: 8)
            for _ in 0..<200 {
                steps += 1
                time = time.advanced(by: .milliseconds(Int64.random(in: 0...4_000, using: &random)))
                let dispatcher = Int.random(in: 0..<8, using: &random)
                if let index = hands[dispatcher] {
                    hands[dispatcher] = nil
                    let claimed = try #require(records[index].claimed)
                    let isRefused = Bool.random(using: &random)
                    var machine = claimed.machine()
                    let outcome = isRefused ? Outcome.refused(Make.detail(422)) : .accepted(partnerID: "w")
                    try machine.attemptEnded(outcome, at: time, policy: RetryPolicy(), using: &random)
                    let settlement = Settlement(of: claimed, machine, attempt: nil, at: time)
                    _ = records[index].settle(settlement)
                    book.takeBack(settlement.takesBack)
                    if isRefused { arrivals[index].removeLast() }
                } else {
                    let due = records.indices.filter { records[$0].message.dueAt.map { $0 <= time } ?? false }
                    guard let index = due.randomElement(using: &random) else { continue }
                    try claim(&records[index], &book, at: time)
                    let isSending = records[index].message.state == .sending
                    if isSending {
                        arrivals[index].append(time)
                        hands[dispatcher] = index
                    }
                    if index % 4 == 0 {
                        try #require(isSending, "a code waits for nothing")
                        codesSent += 1
                        continue
                    }
                    guard isSending else {
                        try #require(records[index].message.state == .deferred)
                        promotionsDeferred += 1
                        continue
                    }
                    let told = arrivals.flatMap(\.self).count { time < $0.advanced(by: window) }
                    try #require(told <= 3, "a promotion left as one too many")
                }
            }
        }
        #expect(codesSent > 0 && promotionsDeferred > 0)
    }
}
