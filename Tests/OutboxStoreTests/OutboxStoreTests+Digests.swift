// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import TestSupport
import Testing

/// Events that share a message, through the store's door; the numbers are those of the decisions.
extension OutboxStoreTests {
    @Test("what leaves of digests is as the law says", arguments: StoreUnderTest.all, DigestLaw.rows)
    func digests(kind: StoreUnderTest, law: DigestLaw) async throws {
        try await kind.withStore { store in
            var line = DigestLine(store, limits: law.limits)
            for (number, step) in law.steps.enumerated() {
                try await line.pass(until: step.at)
                let submission = Make.submission(
                    digests: try law.item(step).map { [$0] } ?? [],
                    sideEffects: law.sideEffects(step),
                    payload: Array("\(number)".utf8),
                    at: DigestLaw.start.advanced(by: .seconds(step.at))
                )
                _ = try await store.accept(submission)
            }
            try await line.pass(until: 100_000)
            #expect(line.told == law.leaves)
            #expect(try await store.openDigests() == 0)
        }
    }

    @Test(
        "19: 64 writers in the same millisecond make one message with 64 events in the order of acceptance",
        arguments: StoreUnderTest.all
    )
    func writers(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let receipts = try await withThrowingTaskGroup { group in
                for number in 0..<64 {
                    let item = try Make.item(at: now)
                    let payload = Array("\(number)".utf8)
                    group.addTask {
                        try await store.accept(Make.submission(digests: [item], payload: payload, at: self.now))
                    }
                }
                return try await group.reduce(into: [Receipt]()) { $0.append($1) }
            }
            let ids = Set(receipts.flatMap(\.messages).map(\.id))
            #expect(ids.count == 1)
            let due = try await store.dueDigests(at: later(900), limit: 10)
            let order = try #require(due.orders.first)
            #expect(due.orders.count == 1 && due.next == nil && order.size == 64 && order.items.count == 64)
            let detail = try #require(try await store.message(order.message))
            #expect(detail.digest?.events == order.items.map(\.event.id))
            // Pages of events are by acceptance, the newest first.
            let events = try await store.events(EventFilter(limit: 100)).elements.map(\.id)
            #expect(order.items.map(\.event.id) == events.reversed())
        }
    }

    @Test(
        "24: at most 1,000 events are kept with what they say, and all are counted",
        arguments: StoreUnderTest.all
    )
    func manyEvents(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            for batch in 0..<11 {
                let submissions = try (0..<100).map { number in
                    let payload = Array("\(batch * 100 + number)".utf8)
                    return Make.submission(digests: [try Make.item(at: now)], payload: payload, at: now)
                }
                _ = try await store.accept(submissions)
            }
            let order = try #require(try await store.dueDigests(at: later(900), limit: 10).orders.first)
            #expect(order.size == 1_100)
            #expect(order.items.map { String(decoding: $0.payload, as: UTF8.self) } == (0..<1_000).map(String.init))
            let detail = try #require(try await store.message(order.message)?.digest)
            #expect(detail.size == 1_100 && detail.events.count == 1_000 && detail.isOpen)
        }
    }

    @Test("22: what was built of other events is not taken", arguments: StoreUnderTest.all)
    func changedMeanwhile(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            _ = try await store.accept(Make.submission(digests: [Make.item(at: now)], at: now))
            let order = try #require(try await store.dueDigests(at: later(900), limit: 1).orders.first)
            // It came before the window's end, and its transaction after the reading.
            _ = try await store.accept(Make.submission(digests: [Make.item(at: later(899))], at: later(899)))
            let closing = DigestClosing(order, try Make.digest(order))
            #expect(try await store.close([closing], at: later(900)) == [.changed])
            let again = try #require(try await store.dueDigests(at: later(900), limit: 1).orders.first)
            #expect(again.size == 2)
            let result = try await store.close([DigestClosing(again, try Make.digest(again))], at: later(900))
            #expect(result == [.became(.queued)])
            #expect(try await store.close([closing], at: later(900)) == [.over])
            #expect(try await store.claim(at: later(900)).map(\.id) == [order.message])
        }
    }

    @Test(
        "23: an event that comes while the digest waits to be built, or is being sent, opens a new one",
        arguments: StoreUnderTest.all
    )
    func newOne(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let first = try await store.accept(Make.submission(digests: [Make.item(at: now)], at: now)).messages[0].id
            let late = Make.submission(digests: [try Make.item(at: later(900))], at: later(900))
            let second = try await store.accept(late).messages[0].id
            #expect(second != first)
            #expect(try await store.openDigests() == 1)
            var line = DigestLine(store, from: now)
            try await line.pass(until: 10_000)
            #expect(line.told.map(\.at) == [900, 1_800])
            #expect(try await store.event(late.event.id)?.messages.map(\.id) == [second])
        }
        try await kind.withStore { store in
            let first = try await store.accept(Make.submission(digests: [Make.item(at: now)], at: now)).messages[0].id
            let order = try #require(try await store.dueDigests(at: later(900), limit: 1).orders.first)
            _ = try await store.close([DigestClosing(order, try Make.digest(order))], at: later(900))
            #expect(try await store.claim(at: later(900)).map(\.id) == [first])
            #expect(try await store.state(of: first) == .sending)
            let late = Make.submission(digests: [try Make.item(at: later(901))], at: later(901))
            let second = try await store.accept(late).messages[0].id
            #expect(second != first)
            let sending = try #require(try await store.message(first)?.digest)
            #expect(sending.size == 1 && !sending.events.contains(late.event.id))
            #expect(try await store.message(second)?.digest?.events == [late.event.id])
        }
    }

    @Test(
        "23: a digest that cannot be built has failed with its events, and is built anew when a person retries it",
        arguments: StoreUnderTest.all
    )
    func failing(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let submission = Make.submission(digests: [try Make.item(at: now)], payload: Array("a".utf8), at: now)
            let id = try await store.accept(submission).messages[0].id
            let order = try #require(try await store.dueDigests(at: later(900), limit: 1).orders.first)
            let closing = DigestClosing(order, .failed("the rule is not there any more"))
            #expect(try await store.close([closing], at: later(900)) == [.became(.failed)])
            let failed = try #require(try await store.message(id))
            #expect(failed.message.reason == "could not be built: the rule is not there any more")
            #expect(failed.digest?.events == [submission.event.id] && failed.digest?.isOpen == false)
            #expect(try await store.dueDigests(at: later(2_000), limit: 1).orders.isEmpty)
            _ = try await store.decide(.retry, on: id, by: "asha", at: later(1_000))
            var line = DigestLine(store, from: now)
            try await line.pass(until: 1_000)
            #expect(line.told == [DigestLaw.Told(1_000, "1: a")])
        }
    }

    @Test(
        "10, 24: what is called off of a digest that has its text is not told: it is built anew",
        arguments: StoreUnderTest.all
    )
    func builtAnew(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            for (subject, number) in [("x", 0), ("y", 1)] {
                let item = try Make.item(subject: subject, at: now)
                _ = try await store.accept(Make.submission(digests: [item], payload: Array("\(number)".utf8), at: now))
            }
            let order = try #require(try await store.dueDigests(at: later(900), limit: 1).orders.first)
            _ = try await store.close([DigestClosing(order, try Make.digest(order))], at: later(900))
            let cancellation = Cancellation(rule: "alerts", key: "x", delay: .zero, collects: true)
            let payment = Make.submission(sideEffects: SideEffects(cancellations: [cancellation]), at: later(901))
            #expect(try await store.accept(payment).calledOff?.total == CallOffCount(cancelled: 1))
            #expect(try await store.claim(at: later(901)).isEmpty)
            var line = DigestLine(store, from: now)
            try await line.pass(until: 2_000)
            #expect(line.told.map(\.text) == ["1: 1"])
            let story = try #require(try await store.message(order.message)?.timeline.map(\.why))
            #expect(story.contains("1 of 2 called off by \(payment.event.id) (orders/paid); 1 is left"))
        }
    }

    @Test(
        "who builds is woken by an event that joins, by a retry, and by what throws a text away",
        .timeLimit(.minutes(10)),
        arguments: StoreUnderTest.all
    )
    func wakesBuilder(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            var calls = store.digestCalls().makeAsyncIterator()
            let submissions = try ["x", "y"].map { subject in
                Make.submission(digests: [try Make.item(subject: subject, at: now)], at: now)
            }
            _ = try await store.accept(submissions)
            #expect(await calls.next() != nil)
            let order = try #require(try await store.dueDigests(at: later(900), limit: 1).orders.first)
            _ = try await store.close([DigestClosing(order, .failed("the rule is gone"))], at: later(900))
            _ = try await store.decide(.retry, on: order.message, by: "asha", at: later(901))
            #expect(await calls.next() != nil)
            let again = try #require(try await store.dueDigests(at: later(901), limit: 1).orders.first)
            let built = DigestClosing(again, try Make.digest(again))
            #expect(try await store.close([built], at: later(901)) == [.became(.queued)])
            let cancellation = Cancellation(rule: "alerts", key: "x", delay: .zero, collects: true)
            let payment = Make.submission(sideEffects: SideEffects(cancellations: [cancellation]), at: later(902))
            #expect(try await store.accept(payment).calledOff?.total == CallOffCount(cancelled: 1))
            #expect(await calls.next() != nil)
            await store.close()
            #expect(await calls.next() == nil, "and by nothing else")
        }
    }

    @Test(
        "47: of somebody erased no digest is left, and in those of others nothing of their events",
        arguments: StoreUnderTest.all
    )
    func erased(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let items = try ["919812345670", "919812345671", "919812345672"].map { try Make.item(to: $0, at: now) }
            let hers = Array(#"{"phone": "919812345670"}"#.utf8)
            let ids = try await store.accept(Make.submission(digests: items, payload: hers, at: now)).messages.map(\.id)
            let other = try Make.item(to: "919812345671", at: later(1))
            _ = try await store.accept(Make.submission(digests: [other], payload: Array("1".utf8), at: later(1)))
            let before = try await store.dueDigests(at: later(900), limit: 10).orders
            let built = try before.map { DigestClosing($0, try Make.digest($0)) }
            let order = ErasureOrder(by: Operator(.user, "asha"), because: "she asked", at: later(2))
            let joined = Make.event(at: later(2), body: #"{"phone":"919812345670"}"#)
            let item = try Make.item(to: "919812345670", at: later(2))
            _ = try await store.accept(Submission(event: joined, digests: DigestItems([item], payload: hers)))
            let erased = try await store.erase("phone:919812345670", searchingBodies: false, on: order)
            #expect(erased.messages == 1 && erased.events == 2)
            #expect(try await store.event(joined.id)?.event.rawBody.isEmpty == true)
            let results = try await store.close(built, at: later(900))
            #expect(results == [.over, .changed, .over], "what was built tells what was erased")
            let left = try await store.dueDigests(at: later(900), limit: 10).orders
            #expect(left.map(\.message) == [ids[1]] && left.map(\.size) == [1])
            #expect(left.flatMap(\.items).map { String(decoding: $0.payload, as: UTF8.self) } == ["1"])
            let emptied = try #require(try await store.message(ids[2])?.message)
            #expect(emptied.state == .cancelled && emptied.reason == "1 of 1 event erased: nothing is left to tell")
        }
    }

    @Test(
        "33: digests that a limit lets wait have turns in its line, and what is called off gives its turn back",
        arguments: StoreUnderTest.all,
        [SendLimit.Scope.recipient, .account]
    )
    func turns(kind: StoreUnderTest, scope: SendLimit.Scope) async throws {
        try await kind.withStore { store in
            let limit = SendLimit(count: 1, every: .seconds(3_600), scope: scope, excess: .defer)
            let limits = [NamedLimit(name: "news", limit: limit, categories: [.service])]
            func due(_ key: String, _ second: Int) async throws -> Timestamp? {
                let item = try Make.item(key: key, subject: key, at: later(second))
                let receipt = try await store.accept(Make.submission(digests: [item], at: later(second)))
                let orders = try await store.dueDigests(at: later(second + 900), limit: 10).orders
                let closings = try orders.map { DigestClosing($0, try Make.digest($0, limits: limits)) }
                _ = try await store.close(closings, at: later(second + 900))
                for claimed in try await store.claim(at: later(second + 900)) {
                    _ = try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: later(second + 900))
                }
                return try await store.message(receipt.messages[0].id)?.message.dueAt
            }
            var turns: [Timestamp?] = []
            for (second, key) in ["a", "b", "c", "d"].enumerated() { turns.append(try await due(key, second)) }
            #expect(turns == [nil, later(4_500), later(8_100), later(11_700)], "the first one leaves")
            let cancellation = Cancellation(rule: "alerts", key: "d", delay: .zero, collects: true)
            let payment = Make.submission(sideEffects: SideEffects(cancellations: [cancellation]), at: later(904))
            #expect(try await store.accept(payment).calledOff?.total == CallOffCount(cancelled: 1))
            let next = try await due("e", 5)
            #expect(next == later(11_700))
        }
    }

    @Test(
        "24: no more is kept with what it says than can be in memory at once; the rest is counted",
        arguments: StoreUnderTest.all
    )
    func bytes(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            for (number, size) in [5 << 20, 5 << 20, 1 << 10].enumerated() {
                let item = try Make.item(subject: "\(number)", at: later(number))
                let payload = [UInt8](repeating: UInt8(ascii: "0") + UInt8(number), count: size)
                _ = try await store.accept(Make.submission(digests: [item], payload: payload, at: later(number)))
            }
            let order = try #require(try await store.dueDigests(at: later(900), limit: 10).orders.first)
            #expect(order.size == 3 && order.items.map(\.payload.count) == [5 << 20, 1 << 10])
            // What is taken out makes room.
            let cancellation = Cancellation(rule: "alerts", key: "0", delay: .zero, collects: true)
            let side = SideEffects(cancellations: [cancellation])
            let item = try Make.item(subject: "9", at: later(3))
            let payload = [UInt8](repeating: UInt8(ascii: "9"), count: 5 << 20)
            _ = try await store.accept(
                Make.submission(digests: [item], sideEffects: side, payload: payload, at: later(3))
            )
            let left = try #require(try await store.dueDigests(at: later(900), limit: 10).orders.first)
            #expect(left.size == 3 && left.items.map(\.payload.count) == [1 << 10, 5 << 20])
        }
    }

    @Test(
        "43: an opt-out suppresses a digest that is open, and what comes after it",
        arguments: StoreUnderTest.all
    )
    func optedOut(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let id = try await store.accept(Make.submission(digests: [Make.item(at: now)], at: now)).messages[0].id
            let subject = ConsentEntry.subject("phone:919812345670")
            let entry = ConsentEntry(subject, .optedOut, .all, origin: .operator, at: later(1), who: "asha")
            #expect(try await store.record([entry], at: later(1)).suppressed == 1)
            #expect(try await store.state(of: id) == .suppressed)
            let next = try await store.accept(Make.submission(digests: [Make.item(at: later(2))], at: later(2)))
            #expect(next.messages.map(\.state) == [.suppressed])
            #expect(try await store.openDigests() == 0)
        }
    }

    @Test(
        "a digest of a rule in shadow mode is recorded, beside that of a live one",
        arguments: StoreUnderTest.all
    )
    func shadow(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            for mode in [Mode.shadow, .live, .shadow] {
                let payload = Array(mode.rawValue.utf8)
                let item = try Make.item(mode: mode, at: now)
                _ = try await store.accept(Make.submission(digests: [item], payload: payload, at: now))
            }
            var line = DigestLine(store, from: now)
            try await line.pass(until: 900)
            #expect(line.told == [DigestLaw.Told(900, "1: live")])
            let recorded = try await store.messages(MessageFilter(state: .suppressed)).elements
            #expect(recorded.map(\.reason) == ["shadow mode: otherwise it would be sent"])
            #expect(
                recorded[0].request.map { String(decoding: $0.body, as: UTF8.self) }?.contains("2: shadow shadow")
                    == true
            )
        }
    }
}

/// Builds what is due of a store, sends it and has it taken, in the order of the due times.
struct DigestLine {
    private let store: any ServiceStore
    private let start: Timestamp
    private let limits: [NamedLimit]
    private var clock: Timestamp
    /// What left, and when.
    private(set) var told: [DigestLaw.Told] = []

    init(_ store: any ServiceStore, from start: Timestamp = DigestLaw.start, limits: [NamedLimit] = []) {
        self.store = store
        self.limits = limits
        self.start = start
        clock = start
    }

    mutating func pass(until seconds: Int) async throws {
        let end = start.advanced(by: .seconds(seconds))
        let before = start.advanced(by: .seconds(-1))
        while true {
            let digests = try await store.dueDigests(at: before, limit: 1).next
            let messages = try await store.nextDue(at: before)
            guard let next = [digests, messages].compactMap(\.self).min(), next <= end else { break }
            clock = max(clock, next)
            let due = try await store.dueDigests(at: clock, limit: 10)
            let closings = try due.orders.map { DigestClosing($0, try Make.digest($0, limits: limits)) }
            _ = try await store.close(closings, at: clock)
            for claimed in try await store.claim(100, at: clock) {
                _ = try await store.settle(claimed, .accepted(partnerID: "wamid.\(claimed.id)"), at: clock)
                guard let text = claimed.request.message?.text else { continue }
                told.append(DigestLaw.Told(Int(start.duration(to: clock).microseconds / 1_000_000), text))
            }
        }
        clock = max(clock, end)
    }
}
