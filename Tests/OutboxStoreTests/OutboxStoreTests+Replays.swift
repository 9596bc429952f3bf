// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

/// Events of the past that go through the rules once more.
extension OutboxStoreTests {
    /// Stores an event with a message in a state; `nil` for a message that could not be built.
    private func past(
        _ store: any ServiceStore,
        _ state: MessageState?,
        _ message: NewMessage? = nil,
        at time: Timestamp? = nil
    ) async throws -> (event: EventID, message: MessageID) {
        let time = time ?? now
        guard let state else {
            let failure = FailedMessage(id: MessageID(at: time), rule: "order-paid", reason: "name is undefined")
            let receipt = try await store.accept(Make.submission(failures: [failure], at: time))
            return (receipt.event, failure.id)
        }
        let isLater = state == .scheduled || state == .cancelled
        let due = isLater ? time.advanced(by: .seconds(90_000)) : nil
        let expiry = state == .suppressed ? time : nil
        let message = try message ?? Make.message(dueAt: due, expiresAt: expiry, onUncertain: .hold)
        let receipt = try await store.accept(Make.submission(messages: [message], at: time))
        if state == .cancelled { _ = try await store.decide(.cancel, on: message.id, by: "asha", at: time) }
        let outcomes: [MessageState: Outcome] = [
            .accepted: .accepted(partnerID: "wamid.1"), .failed: .refused(Make.detail(422)),
            .uncertain: .uncertain(Make.detail()),
        ]
        if let outcome = outcomes[state], let claimed = try await store.claim(at: time).first {
            _ = try await store.settle(claimed, outcome, at: time)
        }
        #expect(try await store.state(of: message.id) == state)
        return (receipt.event, message.id)
    }

    private func begin(
        _ store: any ServiceStore,
        _ scope: ReplayScope = ReplayScope(),
        rate: Int = 1_000,
        at time: Timestamp
    ) async throws -> Job {
        try await store.begin(JobOrder(.replay(scope, why: "mended"), by: "asha", rate: rate), at: time)
    }

    /// What a rule makes of an event now.
    private func replayed(
        _ event: EventID,
        _ store: any ServiceStore,
        _ messages: [NewMessage],
        _ effects: SideEffects = .none,
        calledOff: [Fact: EventID] = [:]
    ) async throws -> ReplayedEvent {
        let scope = ReplayScope(events: [event])
        let placed = try #require(try await store.events(scope, after: 0, upTo: .max, limit: 2).first)
        let made = Consequences(disposition: .matched, messages: messages, failures: [], sideEffects: effects)
        return ReplayedEvent(event, at: placed.place, made, calledOff: calledOff)
    }

    @Test(
        "35: a batch of a replay that is stored twice adds nothing, and its messages say which replay made them",
        arguments: StoreUnderTest.all
    )
    func replayedOnce(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let old = try await past(store, nil)
            let job = try await begin(store, at: later(60))
            #expect(job.total == 1)
            let message = try Make.message()
            let batch = ReplayBatch(from: 0, [try await replayed(old.event, store, [message])], isLast: true)
            let done = try #require(try await store.replay(batch, of: job.id, at: later(61)))
            #expect(done.state == .done && done.tally == [.events: 1, .made: 1])
            let twin = ReplayBatch(from: 0, [try await replayed(old.event, store, [Make.message()])], isLast: true)
            #expect(try await store.replay(twin, of: job.id, at: later(62)) == done)
            #expect(try await store.countsByState() == [.failed: 1, .queued: 1])
            let detail = try #require(try await store.message(message.id))
            #expect(detail.replay == job.id && detail.message.event == old.event)
            #expect(detail.message.reason == "replayed by \(job.id): the rule matched")
            #expect(detail.message.createdAt == later(61))
            #expect(try await store.message(old.message)?.replay == nil)
        }
    }

    @Test(
        "36: what was told, or is about to be, is not told again but by its person's word; what never left is",
        arguments: StoreUnderTest.all
    )
    func toldOnce(kind: StoreUnderTest) async throws {
        let rows: [(MessageState?, once: Bool, again: Bool)] = [
            (nil, true, true), (.failed, true, true), (.suppressed, true, true), (.accepted, false, true),
            (.uncertain, false, true), (.cancelled, false, true), (.queued, false, false), (.scheduled, false, false),
        ]
        for (state, once, again) in rows {
            for (isAgain, isMade) in [(false, once), (true, again)] {
                try await kind.withStore { store in
                    let old = try await past(store, state)
                    let job = try await begin(store, ReplayScope(again: isAgain), at: later(60))
                    let event = try await replayed(old.event, store, [Make.message()])
                    let batch = ReplayBatch(from: 0, [event], isLast: true)
                    let done = try await store.replay(batch, of: job.id, at: later(60))
                    let row = "\(state.map(\.rawValue) ?? "not built"), again: \(isAgain)"
                    #expect(done?.tally[.made] ?? 0 == (isMade ? 1 : 0), "\(row)")
                    #expect(done?.tally[.told] == (isMade ? nil : 1), "\(row)")
                }
            }
        }
    }

    @Test(
        "17, 36: a replayed message takes over the once_per key of its own event's failed message, and of no other",
        arguments: StoreUnderTest.all
    )
    func takesKeyOver(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let once = OncePer(key: "1001")
            let refused = try await past(store, .failed, Make.message(once: once))
            let other = try await past(store, nil)
            let job = try await begin(store, at: later(60))
            let mine = try Make.message(once: once)
            let foreign = try Make.message(once: once)
            let events = [
                try await replayed(refused.event, store, [mine]), try await replayed(other.event, store, [foreign]),
            ]
            let batch = ReplayBatch(from: 0, events, isLast: true)
            let done = try await store.replay(batch, of: job.id, at: later(60))
            #expect(done?.tally == [.events: 2, .made: 1, .held: 1])
            #expect(try await store.state(of: mine.id) == .queued)
            #expect(try await store.message(foreign.id)?.message.reason.contains("\(mine.id)") == true)
            #expect(try await store.message(refused.message)?.successor == mine.id)
            // 18: the failed one cannot be sent beside it.
            let reason =
                "\(refused.message): a message in state failed does not take 'retry': \(mine.id) tells the same "
                + "(replayed) and is about to: leave this one, or cancel that one first"
            await #expect(throws: StoreError(.conflict, reason)) {
                try await store.decide(.retry, on: refused.message, by: "asha", at: later(61))
            }
        }
    }

    @Test(
        "17, 36: a replayed message that does not leave takes no once_per key over, so that no other event tells the same",
        arguments: StoreUnderTest.all
    )
    func leavesKey(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let once = OncePer(key: "1001")
            let refused = try await past(store, .failed, Make.message(once: once))
            let other = try await past(store, nil)
            let job = try await begin(store, at: later(60))
            let foreign = try Make.message(once: once)
            let events = [
                try await replayed(refused.event, store, [Make.message(once: once, expiresAt: later(30))]),
                try await replayed(other.event, store, [foreign]),
            ]
            let done = try await store.replay(ReplayBatch(from: 0, events, isLast: true), of: job.id, at: later(60))
            #expect(done?.tally == [.events: 2, .held: 2])
            #expect(try await store.message(foreign.id)?.message.reason.contains("\(refused.message)") == true)
        }
    }

    @Test("17: a store tells who tells what, until that is over", arguments: StoreUnderTest.all)
    func holders(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let mine = try Make.message(once: OncePer(key: "1001", window: .seconds(60)))
            let shadow = try Make.message(once: OncePer(key: "1001"), mode: .shadow)
            _ = try await store.accept(Make.submission(messages: [mine, shadow]))
            let other = try Make.message(once: OncePer(key: "1002"))
            let facts = [mine, shadow, other].compactMap(\.fact)
            let held = try await store.holders(of: facts + facts, at: later(59))
            #expect(held.mapValues(\.value) == [facts[0]: mine.id, facts[1]: shadow.id])
            #expect(held[facts[0]]?.until == later(60))
            #expect(try await store.holders(of: facts, at: later(60)).keys.map(\.self) == [facts[1]])
            #expect(try await store.holders(of: [], at: later(60)).isEmpty)
        }
    }

    @Test(
        "12: an old canceller that is replayed calls off what came before it, and not today's message",
        arguments: StoreUnderTest.all
    )
    func replayedCanceller(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let far = later(90_000)
            let before = try Make.message(key: "1", dueAt: far)
            _ = try await store.accept(Make.submission(messages: [before], at: now))
            let payment = try await store.accept(Make.submission(at: later(1)))
            let today = try Make.message(key: "1", dueAt: far)
            _ = try await store.accept(Make.submission(messages: [today], at: later(2)))
            let job = try await begin(store, at: later(60))
            let effects = SideEffects(cancellations: [Cancellation(rule: "order-paid", key: "1", delay: .seconds(900))])
            let event = try await replayed(payment.event, store, [], effects)
            _ = try await store.replay(ReplayBatch(from: 0, [event], isLast: true), of: job.id, at: later(60))
            #expect(try await store.state(of: before.id) == .cancelled)
            #expect(try await store.state(of: today.id) == .scheduled)
            let next = try Make.message(key: "1")
            _ = try await store.accept(Make.submission(messages: [next], at: later(61)))
            #expect(try await store.state(of: next.id) == .queued, "nothing is remembered of it")
        }
    }

    @Test(
        "10, 35: a replayed message whose key a later event called off begins as cancelled",
        arguments: StoreUnderTest.all
    )
    func calledOffLater(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let old = try await past(store, nil)
            let job = try await begin(store, at: later(60))
            let message = try Make.message(key: "1")
            let payment = EventID(at: later(5))
            let fact = Fact(kind: .calledOff, rule: "order-paid", key: "1")
            let event = try await replayed(old.event, store, [message], calledOff: [fact: payment])
            let done = try await store.replay(ReplayBatch(from: 0, [event], isLast: true), of: job.id, at: later(60))
            #expect(done?.tally == [.events: 1, .held: 1])
            #expect(try await store.state(of: message.id) == .cancelled)
            let next = try Make.message(key: "1")
            _ = try await store.accept(Make.submission(messages: [next], at: later(61)))
            #expect(try await store.state(of: next.id) == .queued)
        }
    }

    @Test(
        "15: a replay tells a change that its event made, tells no older one, and turns no value back",
        arguments: StoreUnderTest.all
    )
    func changesStay(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            func change(_ value: String) -> Change { Change(rule: "order-paid", key: "1", value: value, time: nil) }
            func effects(_ value: String) -> SideEffects { SideEffects(changes: [change(value)]) }
            func accept(_ value: String, at time: Timestamp) async throws -> EventID {
                let failure = FailedMessage(id: MessageID(at: time), rule: "order-paid", reason: "name is undefined")
                let submission = Make.submission(failures: [failure], sideEffects: effects(value), at: time)
                return try await store.accept(submission).event
            }
            let paid = try await accept("paid", at: now)
            let shipped = try await accept("shipped", at: later(1))
            let job = try await begin(store, at: later(60))
            let messages = [try Make.message(change: change("paid")), try Make.message(change: change("shipped"))]
            let events = [
                try await replayed(paid, store, [messages[0]], effects("paid")),
                try await replayed(shipped, store, [messages[1]], effects("shipped")),
            ]
            _ = try await store.replay(ReplayBatch(from: 0, events, isLast: true), of: job.id, at: later(60))
            #expect(try await store.state(of: messages[0].id) == .suppressed, "it is shipped by now")
            #expect(try await store.state(of: messages[1].id) == .queued)
            let same = try Make.message(change: change("shipped"))
            let submission = Make.submission(messages: [same], sideEffects: effects("shipped"), at: later(61))
            #expect(try await store.accept(submission).messages.map(\.state) == [.suppressed])
        }
    }

    @Test(
        "38: an expiry counts as the rule set it, and a replay leaves room for live messages",
        arguments: StoreUnderTest.all
    )
    func replayLane(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            var events: [ReplayedEvent] = []
            for _ in 0..<20 {
                let old = try await past(store, nil)
                events.append(try await replayed(old.event, store, [Make.message()]))
            }
            let late = try await past(store, nil)
            events.append(try await replayed(late.event, store, [Make.message(expiresAt: later(30))]))
            let job = try await begin(store, rate: 50, at: later(60))
            var batch = ReplayBatch(from: 0, events, isLast: true)
            var stepped = try #require(try await store.replay(batch, of: job.id, at: later(60)))
            #expect(stepped.tally[.made] == 10 && stepped.nextAt == later(60).advanced(by: .milliseconds(200)))
            batch = ReplayBatch(from: stepped.place, Array(events.dropFirst(10)), isLast: true)
            stepped = try #require(try await store.replay(batch, of: job.id, at: later(61)))
            #expect(stepped.tally[.made] == 10, "nothing has left, so the lane is full")
            #expect(stepped.note == "waits, because account 'main' has as much to send as it can")
            #expect(try await store.claim(10, at: later(61)).count == 10)
            stepped = try #require(try await store.replay(batch, of: job.id, at: later(62)))
            #expect(try await store.claim(10, at: later(62)).count == 10)
            batch = ReplayBatch(from: stepped.place, Array(events.dropFirst(20)), isLast: true)
            stepped = try #require(try await store.replay(batch, of: job.id, at: later(63)))
            #expect(stepped.state == .done && stepped.tally == [.events: 21, .made: 20, .held: 1])
        }
    }

    @Test(
        "35: a replay is about the events of its filters, and none that comes later",
        arguments: StoreUnderTest.all
    )
    func scopes(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let unbuilt = try await past(store, nil)
            let told = try await past(store, .accepted, at: later(10))
            let foreign = try await store.accept(Make.submission(source: "erp", at: later(20))).event
            let rows: [(ReplayScope, [EventID])] = [
                (ReplayScope(), [unbuilt.event, told.event, foreign]),
                (ReplayScope(isFailedOnly: true), [unbuilt.event]), (ReplayScope(source: "erp"), [foreign]),
                (ReplayScope(since: later(10)), [told.event, foreign]),
                (ReplayScope(until: later(10)), [unbuilt.event]),
                (ReplayScope(events: [told.event], type: "orders/paid"), [told.event]), (ReplayScope(type: "x"), []),
            ]
            for (scope, expected) in rows {
                let found = try await store.events(scope, after: 0, upTo: .max, limit: 10)
                #expect(found.map(\.archived.event.id) == expected, "\(scope.words)")
                #expect(try await store.count(scope) == expected.count)
                #expect(ReplayScope(scope.json) == scope)
            }
            let job = try await begin(store, at: later(60))
            _ = try await past(store, nil, at: later(61))
            let bounded = try await store.events(ReplayScope(), after: 0, upTo: job.bound, limit: 10)
            #expect(bounded.count == 3)
            #expect(
                try await store.events(ReplayScope(), after: bounded[0].place, upTo: .max, limit: 1) == [bounded[1]]
            )
        }
    }
}
