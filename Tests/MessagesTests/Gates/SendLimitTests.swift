// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

@Suite("How many messages may leave")
struct SendLimitTests {
    private let now = TestClock().now

    private func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    private func record(_ limit: SendLimit, expiresAt: Timestamp? = nil) throws -> MessageRecord {
        let message = try Make.message(expiresAt: expiresAt, limit: limit)
        var book = FactBook()
        let beginning = book.begin(message.id, of: message.rule, telling: nil, message.terms, at: now, keys: now)
        return MessageRecord(message, of: (EventID(rawValue: "evt_1"), "shop"), beginning, at: now)
    }

    /// Claims a message as every store does.
    private func claim(_ record: inout MessageRecord, _ book: inout FactBook, at time: Timestamp) throws {
        let hold = record.hold(at: time, keys: time) { book.departure($0) }
        _ = try record.claim(until: time.advanced(by: .seconds(60)), at: time, held: hold)
        book.depart(record.departing(at: time))
        if record.message.state == .deferred { book.wait(for: hold?.turn) } else { book.takeBack(record.turns) }
    }

    /// Ends a claim as every store does.
    private func end(_ record: inout MessageRecord, _ book: inout FactBook, _ outcome: Outcome, at time: Timestamp)
        throws
    {
        let claimed = try #require(record.claimed)
        var machine = claimed.machine()
        var generator = SeededGenerator(seed: 1)
        try machine.attemptEnded(outcome, at: time, policy: RetryPolicy(), using: &generator)
        let settlement = Settlement(of: claimed, machine, attempt: nil, at: time)
        guard record.settle(settlement).result == .settled else { return }
        book.takeBack(settlement.takesBack)
    }

    @Test("one more is dropped, and the reason says how many, since when and until when (33)")
    func drops() throws {
        let limit = SendLimit(count: 2, every: .seconds(86_400))
        var book = FactBook()
        var records = try (0..<3).map { _ in try record(limit) }
        for (number, time) in [now, later(60), later(120)].enumerated() {
            try claim(&records[number], &book, at: time)
        }
        #expect(records.map(\.message.state) == [.sending, .sending, .suppressed])
        let (since, next) = (now.rfc3339, later(86_400).rfc3339)
        #expect(records[2].message.reason == "limit: 2 of 2 since \(since), next at \(next)")
    }

    @Test("one more that may wait is due exactly when the oldest leaves the window, and expires then if it must (33)")
    func defers() throws {
        let limit = SendLimit(count: 1, every: .seconds(3_600), excess: .defer)
        var book = FactBook()
        var records = try [record(limit), record(limit), record(limit, expiresAt: later(3_000))]
        for number in records.indices { try claim(&records[number], &book, at: later(number)) }
        #expect(records.map(\.message.dueAt) == [nil, later(3_600), later(7_200)])
        #expect(records[1].message.reason.hasSuffix("next at \(later(3_600).rfc3339)"))
        #expect(records[2].message.reason.hasSuffix("; it expires before that, at \(later(3_000).rfc3339)"))
        try claim(&records[1], &book, at: later(3_599))
        #expect(records[1].message.dueAt == later(3_600), "a microsecond early is early")
        try claim(&records[1], &book, at: later(3_600))
        try claim(&records[2], &book, at: later(7_200))
        #expect(records.map(\.message.state) == [.sending, .sending, .suppressed])
        #expect(records[2].message.reason == "expired at \(later(3_000).rfc3339), before it could be sent")
    }

    @Test("each of those that wait has a turn of its own and is looked at once more, in their order (33)")
    func turns() throws {
        let limit = SendLimit(count: 2, every: .seconds(100), scope: .rule, excess: .defer)
        var book = FactBook()
        var records = try (0..<50).map { _ in try record(limit) }
        for number in records.indices { try claim(&records[number], &book, at: later(number)) }
        let dues = records.dropFirst(2).compactMap(\.message.dueAt)
        #expect(dues == (2..<50).map { later($0 / 2 * 100 + $0 % 2) })
        let reason = "limit: 2 of 2, and others wait before it, next at \(dues[2].rfc3339)"
        #expect(records[4].message.reason == reason)
        for number in records.indices.dropFirst(2) {
            try claim(&records[number], &book, at: later(number / 2 * 100 + number % 2))
            #expect(records[number].message.state == .sending)
        }
    }

    @Test("who is called off gives its turn back: the next one that comes does not go behind it")
    func givesBack() throws {
        let limit = SendLimit(count: 1, every: .seconds(100), excess: .defer)
        var book = FactBook()
        var records = try (0..<3).map { _ in try record(limit) }
        for number in 0..<2 { try claim(&records[number], &book, at: now) }
        let caller = CallingEvent(id: EventID(at: now), type: "paid", receivedAt: later(1))
        _ = records[1].callOff(by: caller, at: later(1))
        book.takeBack(records[1].turns)
        try claim(&records[2], &book, at: later(2))
        #expect(records[2].message.dueAt == later(100))
    }

    @Test("a window rolls: no two halves of fixed windows add up to twice the count (33)")
    func rolls() throws {
        let limit = SendLimit(count: 2, every: .seconds(3_600), excess: .defer)
        var book = FactBook()
        var records = try (0..<6).map { _ in try record(limit) }
        var left: [Int] = []
        // Two leave at the end of an hour of the clock; the next two may not at the beginning of the following one.
        for (number, second) in [3_500, 3_599, 3_601, 3_602, 7_100, 7_199].enumerated() {
            try claim(&records[number], &book, at: later(second))
            if records[number].message.state == .sending { left.append(second) }
        }
        #expect(left == [3_500, 3_599, 7_100, 7_199])
    }

    @Test(
        "counted is what may have reached the customer (31)",
        arguments: [
            (Outcome.accepted(partnerID: "wamid.1"), true), (.uncertain(Make.detail()), true),
            (.refused(Make.detail(422)), false), (.retryable(Make.detail(503), retryAfter: nil), false),
            (.unauthorized(Make.detail(401)), false), (.held(Make.detail(400), for: .seconds(8)), false),
        ]
    )
    func counts(outcome: Outcome, isCounted: Bool) throws {
        let limit = SendLimit(count: 1, every: .seconds(3_600))
        var book = FactBook()
        var (first, second) = (try record(limit), try record(limit))
        try claim(&first, &book, at: now)
        try end(&first, &book, outcome, at: later(1))
        try claim(&second, &book, at: later(2))
        #expect(second.message.state == (isCounted ? .suppressed : .sending))
    }

    @Test("what is sent again since nobody knows is not held by itself (31)")
    func ownDoubt() throws {
        let limit = SendLimit(count: 1, every: .seconds(3_600))
        var book = FactBook()
        var first = try record(limit)
        try claim(&first, &book, at: now)
        try end(&first, &book, .uncertain(Make.detail()), at: later(1))
        try claim(&first, &book, at: later(60))
        #expect(first.message.state == .sending)
        // That attempt certainly did not arrive; the one before still may have.
        try end(&first, &book, .refused(Make.detail(422)), at: later(61))
        var second = try record(limit)
        try claim(&second, &book, at: later(62))
        #expect(second.message.state == .suppressed)
    }

    @Test("500 deferrals spend nothing: no attempt, no age, no entry but the first (1, 2)")
    func deferrals() throws {
        let limit = SendLimit(count: 1, every: .seconds(3_600), excess: .defer)
        var book = FactBook()
        var waiting = try record(limit)
        var entries: [TimelineEntry] = []
        for number in 0..<500 {
            var other = try record(limit)
            let time = later(number * 3_600)
            try claim(&other, &book, at: time)
            #expect(other.message.state == .sending)
            let hold = waiting.hold(at: time, keys: time) { book.departure($0) }
            entries += try waiting.claim(until: time.advanced(by: .seconds(60)), at: time, held: hold)
        }
        #expect(entries.map(\.to) == [.deferred])
        #expect(waiting.timelineLength == 2)
        #expect(waiting.message.attempts == 0 && waiting.claims == 0)
        let time = later(500 * 3_600)
        #expect(waiting.message.dueAt == time)
        #expect(waiting.agesFrom == time, "its age begins when it may leave")
        try claim(&waiting, &book, at: time)
        try end(&waiting, &book, .accepted(partnerID: "wamid.1"), at: time)
        #expect(waiting.message.state == .accepted && waiting.message.attempts == 1)
    }

    @Test("a message that meets three gates in a row has three entries (1)")
    func threeGates() throws {
        // It begins within quiet hours, is held by the limit when they end, and by quiet hours when that is over.
        let start = try #require(Timestamp(rfc3339: "2026-01-15T08:30:00Z"))
        let quiet = QuietHours(from: 11 * 60, to: 9 * 60, zones: ["Etc/UTC"], spread: .zero, place: 0)
        let limit = SendLimit(count: 1, every: .seconds(4 * 3_600), excess: .defer)
        var book = FactBook()
        var other = try record(limit)
        try claim(&other, &book, at: start)
        let message = try Make.message(quiet: quiet, limit: limit)
        let beginning = book.begin(message.id, of: message.rule, telling: nil, message.terms, at: start, keys: start)
        var record = MessageRecord(message, of: (EventID(rawValue: "evt_1"), "shop"), beginning, at: start)
        var story = [record.firstEntry.why]
        while record.message.state != .sending {
            let time = try #require(record.message.dueAt)
            let hold = record.hold(at: time, keys: time) { book.departure($0) }
            story += try record.claim(until: time.advanced(by: .seconds(60)), at: time, held: hold).map(\.why)
        }
        #expect(
            story == [
                "the rule matched; quiet hours: 11:00 to 09:00 in Etc/UTC until 2026-01-15T09:00:00.000Z",
                "limit: 1 of 1 since 2026-01-15T08:30:00.000Z, next at 2026-01-15T12:30:00.000Z",
                "quiet hours: 11:00 to 09:00 in Etc/UTC until 2026-01-16T09:00:00.000Z", "due",
            ]
        )
    }

    @Test("limits are kept for recipients, rules and accounts apart (32)")
    func scopes() throws {
        func left(_ scope: SendLimit.Scope, _ messages: [(rule: String, account: String, to: String)]) throws -> [Bool]
        {
            var book = FactBook()
            let limit = SendLimit(count: 1, every: .seconds(3_600), scope: scope)
            return try messages.map { rule, account, phone in
                let message = try Make.message(rule: rule, account: account, to: phone, limit: limit)
                let beginning = book.begin(
                    message.id,
                    of: message.rule,
                    telling: nil,
                    message.terms,
                    at: now,
                    keys: now
                )
                var record = MessageRecord(message, of: (EventID(rawValue: "evt_1"), "shop"), beginning, at: now)
                try claim(&record, &book, at: now)
                return record.message.state == .sending
            }
        }
        let (asha, ravi) = ("919812345670", "919812345671")
        #expect(
            try left(.recipient, [("a", "x", asha), ("a", "y", asha), ("a", "x", ravi), ("b", "x", asha)]) == [
                true, false, true, true,
            ]
        )
        #expect(try left(.rule, [("a", "x", asha), ("a", "y", ravi), ("b", "x", asha)]) == [true, false, true])
        #expect(try left(.account, [("a", "x", asha), ("a", "x", ravi), ("a", "y", ravi)]) == [true, false, true])
    }
}

/// 31: eight dispatchers, 100,000 interleavings of their claims and answers: never one more than the count.
@Suite("Eight dispatchers under one limit")
struct SendLimitPropertyTests {
    private static let start = TestClock().now
    private static let window: Duration = .seconds(100)

    /// Messages under one limit, eight that claim and end them in any order, and what each may have told the customer.
    private struct World {
        var book = FactBook()
        var records: [MessageRecord]
        var time = SendLimitPropertyTests.start
        /// For each message when it may have reached the customer; the limit's own book is not asked.
        var arrivals: [[Timestamp]]
        /// Which message each dispatcher holds.
        var hands: [Int?] = Array(repeating: nil, count: 8)

        /// A dispatcher does its next step: it claims what is due, or its attempt ends.
        mutating func step(_ dispatcher: Int, _ generator: inout SeededGenerator) throws {
            guard let index = hands[dispatcher] else { return try claim(dispatcher, &generator) }
            hands[dispatcher] = nil
            try end(index, &generator)
        }

        private mutating func claim(_ dispatcher: Int, _ generator: inout SeededGenerator) throws {
            let due = records.indices.filter { records[$0].message.dueAt.map { $0 <= time } ?? false }
            guard let index = due.randomElement(using: &generator) else { return }
            let hold = records[index].hold(at: time, keys: time) { book.departure($0) }
            _ = try records[index].claim(until: time.advanced(by: .seconds(600)), at: time, held: hold)
            book.depart(records[index].departing(at: time))
            if records[index].message.state == .deferred {
                book.wait(for: hold?.turn)
            } else {
                book.takeBack(records[index].turns)
            }
            guard records[index].message.state == .sending else { return }
            arrivals[index].append(time)
            hands[dispatcher] = index
        }

        private mutating func end(_ index: Int, _ generator: inout SeededGenerator) throws {
            guard let claimed = records[index].claimed else { return }
            var machine = claimed.machine()
            let outcomes: [Outcome] = [
                .accepted(partnerID: "w"), .uncertain(Make.detail()), .refused(Make.detail(422)),
                .retryable(Make.detail(503), retryAfter: nil), .held(Make.detail(400), for: .seconds(5)),
            ]
            let outcome = outcomes.randomElement(using: &generator) ?? outcomes[0]
            if outcome.name != .accepted && outcome.name != .uncertain { arrivals[index].removeLast() }
            let policy = RetryPolicy(base: .seconds(4), cap: .seconds(10), maxAttempts: 3)
            try machine.attemptEnded(outcome, at: time, policy: policy, using: &generator)
            let settlement = Settlement(of: claimed, machine, attempt: nil, at: time)
            _ = records[index].settle(settlement)
            book.takeBack(settlement.takesBack)
        }

        /// How many messages may have reached the customer within the window that ends now.
        var told: Int {
            arrivals.count { $0.contains { time < $0.advanced(by: SendLimitPropertyTests.window) } }
        }
    }

    private func world(_ count: Int, _ excess: SendLimit.Excess) throws -> World {
        let limit = SendLimit(count: count, every: Self.window, excess: excess)
        var book = FactBook()
        let records = try (0..<6).map { number in
            let message = try Make.message(id: MessageID(rawValue: "msg_\(number)"), limit: limit)
            let beginning = book.begin(
                message.id,
                of: message.rule,
                telling: nil,
                message.terms,
                at: Self.start,
                keys: Self.start
            )
            return MessageRecord(message, of: (EventID(rawValue: "evt_1"), "shop"), beginning, at: Self.start)
        }
        return World(book: book, records: records, arrivals: Array(repeating: [], count: records.count))
    }

    @Test(
        "the customer is never told one more than the count, in any order of claims and answers (31)",
        arguments: 0..<8
    )
    func neverOneMore(shard: Int) throws {
        var generator = SeededGenerator(seed: UInt64(shard))
        let fresh = try (1...3).map { try world($0, shard.isMultiple(of: 2) ? .defer : .drop) }
        var most = 0
        for run in 0..<12_500 {
            let count = run % 3 + 1
            var world = fresh[count - 1]
            for _ in 0..<14 {
                try world.step(Int.random(in: 0..<8, using: &generator), &generator)
                #expect(world.told <= count)
                most = max(most, world.told)
                world.time = world.time.advanced(by: .seconds(Int.random(in: 0...20, using: &generator)))
            }
        }
        #expect(most == 3, "the limit was reached, so it could have been passed")
    }
}
