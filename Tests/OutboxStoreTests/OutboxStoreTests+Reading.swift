// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import TestSupport
import Testing

extension OutboxStoreTests {
    @Test("a list is read in pages, the newest first, whatever comes meanwhile", arguments: StoreUnderTest.all)
    func pages(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            var ids: [EventID] = []
            for second in 0..<5 { ids.append(try await store.accept(Make.submission(at: later(second))).event) }
            let first = try await store.events(EventFilter(limit: 2))
            _ = try await store.accept(Make.submission(at: later(9)))
            let second = try await store.events(EventFilter(limit: 2, cursor: first.next))
            let third = try await store.events(EventFilter(limit: 2, cursor: second.next))
            let pages = [first, second, third].map { $0.elements.map(\.id) }
            #expect(pages == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]])
            #expect(third.next == nil)
        }
    }

    @Test(
        "of an event as many messages are read as are wanted, and it says how many there are",
        arguments: StoreUnderTest.all
    )
    func boundedEvent(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let messages = try (0..<4).map { _ in try Make.message() }
            let id = try await store.accept(Make.submission(messages: messages)).event
            for most in [0, 3, 4, 5] {
                let event = try #require(try await store.event(id, messages: most))
                #expect(event.messages.map(\.id) == messages.prefix(most).map(\.id))
                #expect(event.messageCount == 4)
            }
            #expect(try await store.event(id)?.messages.count == 4)
        }
    }

    @Test(
        "of bodies no more is read than is asked for; an event that nobody knows has none",
        arguments: StoreUnderTest.all
    )
    func bodies(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let long = Make.event(at: now, body: "{\"é\": 1}")
            let short = Make.event(at: later(1), body: "{}")
            for event in [long, short] { _ = try await store.accept(Submission(event: event)) }
            let bodies = try await store.bodies(of: [long.id, short.id, EventID(at: now)], first: 4)
            #expect(bodies == [long.id: Array("{\"é".utf8), short.id: Array("{}".utf8)])
        }
    }

    @Test("secrets have their first and last use among the newest events of a source", arguments: StoreUnderTest.all)
    func secretUses(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            for (second, label) in ["OLD", "OLD", "NEW", nil, "NEW"].enumerated() {
                let event = Make.event(source: "shop", at: later(second), secretLabel: label)
                _ = try await store.accept(Submission(event: event))
            }
            _ = try await store.accept(Submission(event: Make.event(source: "erp", at: later(9), secretLabel: "ERP")))
            let all = try await store.secretUses(of: "shop", newest: 9)
            #expect(all.looked == 5 && all.isWhole && all.byLabel.count == 2)
            #expect(all.byLabel["OLD"] == SecretUses.Use(first: now, last: later(1), events: 2))
            #expect(all.byLabel["NEW"] == SecretUses.Use(first: later(2), last: later(4), events: 2))
            let newest = try await store.secretUses(of: "shop", newest: 2)
            #expect(newest.looked == 2 && !newest.isWhole && newest.byLabel.keys.sorted() == ["NEW"])
            #expect(try await store.secretUses(of: "none", newest: 2).isWhole)
        }
    }

    @Test(
        "messages are found up to a time, and by the key that only 'when_changed' goes by",
        arguments: StoreUnderTest.available
    )
    func untilAndKey(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let change = Change(rule: "parcel", key: "4711", value: "shipped", time: now, number: 0)
            let first = try Make.message(rule: "parcel", change: change)
            let second = try Make.message(rule: "parcel")
            _ = try await store.accept(Make.submission(messages: [first], at: now))
            _ = try await store.accept(Make.submission(messages: [second], at: later(60)))
            func found(_ filter: MessageFilter) async throws -> [MessageID] {
                try await store.messages(filter).elements.map(\.id)
            }
            #expect(try await found(MessageFilter(until: later(60))) == [first.id])
            #expect(try await found(MessageFilter(since: now, until: later(61))) == [second.id, first.id])
            #expect(try await found(MessageFilter(until: now)).isEmpty)
            #expect(try await found(MessageFilter(key: "4711")) == [first.id])
        }
    }

    @Test("events are found by source, type and time", arguments: StoreUnderTest.all)
    func eventFilters(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let events = [
                Make.event(source: "shop", type: "orders/paid", at: now),
                Make.event(source: "erp", type: "orders/paid", at: later(10)),
                Make.event(source: "shop", type: "orders/cancelled", at: later(20)),
            ]
            for event in events { _ = try await store.accept(Submission(event: event)) }
            func found(_ filter: EventFilter) async throws -> [EventID] {
                try await store.events(filter).elements.map(\.id)
            }
            #expect(try await found(EventFilter(source: "shop")) == [events[2].id, events[0].id])
            #expect(try await found(EventFilter(type: "orders/paid")) == [events[1].id, events[0].id])
            #expect(try await found(EventFilter(since: later(10))) == [events[2].id, events[1].id])
            #expect(try await found(EventFilter(source: "erp", type: "orders/cancelled")).isEmpty)
            #expect(try await found(EventFilter(type: "orders/never")).isEmpty)
            #expect(try await store.count(EventFilter(type: "orders/never"), upTo: 9) == 0)
        }
    }

    @Test(
        "what waits is told in the order of leaving, whatever its account and state",
        arguments: StoreUnderTest.all
    )
    func leavingNext(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let late = try Make.message(dueAt: later(90))
            let soon = try Make.message(account: "second", dueAt: later(30))
            let due = try Make.message()
            let middle = try Make.message(dueAt: later(60))
            let shadow = try Make.message(mode: .shadow)
            _ = try await store.accept(Make.submission(messages: [late, soon, due, middle, shadow]))
            #expect(try await store.leavingNext(limit: 10).map(\.id) == [due.id, soon.id, middle.id, late.id])
            #expect(try await store.leavingNext(limit: 2).map(\.id) == [due.id, soon.id])
        }
    }

    @Test("messages are found by state, rule and source, and counted by state", arguments: StoreUnderTest.all)
    func messageFilters(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let paid = try Make.message(rule: "order-paid")
            let waiting = try Make.message(rule: "reminder", dueAt: later(60))
            let shadow = try Make.message(rule: "reminder", mode: .shadow)
            _ = try await store.accept(Make.submission(source: "shop", messages: [paid, waiting]))
            _ = try await store.accept(Make.submission(source: "erp", messages: [shadow]))
            func found(_ filter: MessageFilter) async throws -> [MessageID] {
                try await store.messages(filter).elements.map(\.id)
            }
            #expect(try await found(MessageFilter(state: .scheduled)) == [waiting.id])
            #expect(try await found(MessageFilter(rule: "reminder")) == [shadow.id, waiting.id])
            #expect(try await found(MessageFilter(source: "shop")) == [waiting.id, paid.id])
            #expect(try await found(MessageFilter(since: later(1))).isEmpty)
            #expect(try await store.countsByState() == [.queued: 1, .scheduled: 1, .suppressed: 1])
        }
    }

    @Test(
        "messages are found by who gets them, by key, by the partner's id and by event, also those that could not be built",
        arguments: StoreUnderTest.all
    )
    func search(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let (asha, meera) = ("919812345670", "919845061237")
            let first = try Make.message(to: asha, key: "1001")
            let second = try Make.message(rule: "reminder", to: meera, key: "1001", dueAt: later(60))
            let third = try Make.message(to: asha)
            let broken = FailedMessage(
                id: MessageID(at: now),
                rule: "broken",
                reason: "name is undefined",
                recipient: .phone(try PhoneNumberDigits(meera))
            )
            let events = [
                try await store.accept(Make.submission(messages: [first, second])).event,
                try await store.accept(Make.submission(messages: [third], failures: [broken], at: later(1))).event,
            ]
            let claimed = try #require(try await store.claim(at: later(2)).first { $0.id == first.id })
            _ = try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: later(3))
            func found(_ filter: MessageFilter) async throws -> [MessageID] {
                try await store.messages(filter).elements.map(\.id)
            }
            #expect(try await found(MessageFilter(recipients: ["phone:\(asha)"])) == [third.id, first.id])
            #expect(try await found(MessageFilter(recipients: ["phone:\(meera)"])) == [broken.id, second.id])
            let both = ["phone:\(asha)", "phone:\(meera)"]
            #expect(try await found(MessageFilter(recipients: both)) == [broken.id, third.id, second.id, first.id])
            #expect(try await found(MessageFilter(recipients: ["phone:91981234567", "contact:c1"])).isEmpty)
            #expect(try await found(MessageFilter(key: "1001")) == [second.id, first.id])
            #expect(try await found(MessageFilter(rule: "reminder", key: "1001")) == [second.id])
            #expect(try await found(MessageFilter(partnerID: "wamid.1")) == [first.id])
            #expect(try await found(MessageFilter(event: events[1])) == [broken.id, third.id])
            #expect(try await found(MessageFilter(event: EventID(rawValue: "evt_none"))).isEmpty)
            #expect(try await found(MessageFilter(source: "nobody")).isEmpty)
            #expect(try await found(MessageFilter(since: later(1))) == [broken.id, third.id])
            #expect(try await found(MessageFilter(since: later(864_000))).isEmpty)
            #expect(try await store.countsByState(of: "reminder", newest: 5) == [.scheduled: 1])
            #expect(try await store.countsByState(of: third.rule, newest: 1) == [.sending: 1])
            #expect(try await store.countsByState(of: "nobody", newest: 5).isEmpty)
            #expect(try await store.count(MessageFilter(recipients: both), upTo: 3) == 3)
            #expect(try await store.count(EventFilter(recipients: ["phone:\(meera)"]), upTo: 3) == 2)
            let page = try await store.events(EventFilter(recipients: ["phone:\(meera)"]))
            #expect(page.elements.map(\.id) == [events[1], events[0]])
            #expect(try await store.events(EventFilter(recipients: ["phone:91981234567"])).elements.isEmpty)
        }
    }

    @Test(
        "one looks back in the order of acceptance, at bodies, messages and their stories",
        arguments: StoreUnderTest.available
    )
    func archive(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let waits = try Make.message(rule: "reminder", dueAt: later(60))
            let leaves = try Make.message()
            let failure = FailedMessage(id: MessageID(at: now), rule: "broken", reason: "name is undefined")
            // Accepted later, though it came earlier.
            let submissions = [
                Make.submission(messages: [waits, leaves], failures: [failure], at: later(10)),
                Make.submission(source: "erp", at: now),
                Make.submission(messages: [try Make.message(mode: .shadow)], at: later(20)),
            ]
            for submission in submissions { _ = try await store.accept(submission) }
            _ = try await store.claim(at: later(10))
            _ = try await store.decide(.cancel, on: waits.id, by: "asha", at: later(11))
            let first = try await store.archive(after: nil, limit: 2)
            let second = try await store.archive(after: first.next, limit: 2)
            #expect((first.elements + second.elements).map(\.event) == submissions.map(\.event))
            #expect(second.next == nil)
            #expect(
                (first.elements + second.elements).allSatisfy { $0.hasBody && $0.payload == nil && $0.lookUp == nil }
            )
            let messages = first.elements[0].messages
            #expect(messages.map(\.message.id) == [waits.id, leaves.id, failure.id])
            #expect(messages[0].timeline.map(\.to) == [.scheduled, .cancelled])
            #expect(messages[0].timeline.map(\.who) == ["hookline", "asha"])
            let fates = (first.elements + second.elements).flatMap(\.messages).map(\.fate)
            #expect(
                fates == [
                    .leaves(.at(later(60))), .leaves(.atOnce), .notBuilt(why: "name is undefined"),
                    .held(why: "shadow mode: otherwise it would be sent"),
                ]
            )
        }
    }

    @Test("one looks back at what was looked up", arguments: StoreUnderTest.available)
    func archiveOfLookUps(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let event = Make.event(at: now, disposition: .pending(reason: "it waits for its look-up"))
            _ = try await store.accept(Submission(event: event, pendingPayload: Array(#"{"id":1}"#.utf8)))
            let found = Array(#"{"name":"Asha"}"#.utf8)
            let evaluation = LateEvaluation(
                event: event.id,
                disposition: .matched,
                messages: [try Make.message()],
                result: found
            )
            _ = try await store.conclude(evaluation, at: later(5))
            let archived = try #require(try await store.archive(after: nil, limit: 9).elements.first)
            #expect(archived.payload == Array(#"{"id":1}"#.utf8))
            #expect(archived.lookUp == LookUpRecord(failures: 0, dueAt: nil, result: found))
            #expect(archived.messages.map(\.message.createdAt) == [later(5)])
        }
    }

    @Test("what does not exist is nil", arguments: StoreUnderTest.all)
    func missing(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let event = try await store.event(EventID(at: now))
            let message = try await store.message(MessageID(at: now))
            #expect(event == nil && message == nil)
        }
    }

    @Test("rejections are kept, the newest first", arguments: StoreUnderTest.all)
    func rejections(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let rejections = [401, 404, 413].map { status in
                Rejection(at: now, source: "shop", status: status, code: "h_\(status)", reason: "away", count: status)
            }
            for rejection in rejections { store.recordRejection(rejection) }
            try await store.check()
            #expect(try await store.rejections(RejectionFilter()).elements == rejections.reversed())
            #expect(try await store.rejections(RejectionFilter(source: "erp")).elements.isEmpty)
        }
    }

    @Test("of what strangers caused the newest records are kept", arguments: StoreUnderTest.all)
    func boundedRejections(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let surplus = 200
            for number in 0..<(Rejection.capacity + surplus) {
                store.recordRejection(Rejection(at: now, source: "shop", status: number, code: "x", reason: "no"))
                // A store may drop records while too many wait to be written.
                if number % 500 == 0 { try await store.check() }
            }
            try await store.check()
            let kept = try await store.rejections(RejectionFilter(limit: 2 * Rejection.capacity)).elements
            #expect(kept.count == Rejection.capacity)
            #expect(kept.last?.status == surplus)
        }
    }

    @Test(
        "how much has come since a moment is counted, up to another one and to a bound",
        arguments: StoreUnderTest.all
    )
    func growth(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            func grown(_ start: ListEnds?, through end: ListEnds? = nil, upTo bound: Int = 100) async throws -> [Int] {
                let growth = try await store.growth(since: start, through: end, upTo: bound)
                return [growth.events, growth.messages]
            }
            let before = try await store.growth(since: nil, through: nil, upTo: 100)
            #expect(before == Growth(ends: ListEnds(event: 0, message: 0), events: 0, messages: 0))
            _ = try await store.accept(Make.submission(messages: [try Make.message(), try Make.message(rule: "b")]))
            let first = try await store.growth(since: before.ends, through: nil, upTo: 100)
            #expect([first.events, first.messages] == [1, 2])
            #expect(first.ends.event > 0 && first.ends.message > 0)
            for _ in 0..<3 { _ = try await store.accept(Make.submission(messages: [try Make.message()])) }
            #expect(try await grown(first.ends) == [3, 3])
            #expect(try await grown(nil) == [0, 0])
            #expect(try await grown(before.ends, through: first.ends) == [1, 2])
            #expect(try await grown(before.ends, upTo: 2) == [2, 2])
            #expect(try await grown(ListEnds(event: 99, message: 99)) == [0, 0])
        }
    }

    @Test("a closed store says so", arguments: StoreUnderTest.all)
    func closed(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            await store.close()
            let write = await #expect(throws: StoreError.self) { try await store.accept(Make.submission()) }
            let read = await #expect(throws: StoreError.self) { try await store.countsByState() }
            #expect(write?.code == .closed)
            #expect(read?.code == .closed)
        }
    }

    @Test(
        "pruning takes old settled events with their messages, and keeps what is not settled",
        arguments: StoreUnderTest.all
    )
    func prunes(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let settled = try Make.message(mode: .shadow)
            let waiting = try Make.message(dueAt: later(1_000_000))
            let old = try await store.accept(Make.submission(messages: [settled], dedupe: "evt-1")).event
            let held = try await store.accept(Make.submission(messages: [waiting])).event
            let recent = try await store.accept(Make.submission(at: later(3_000))).event
            store.recordRejection(Rejection(at: now, source: "shop", status: 401, code: "x", reason: "y"))
            let retention = Retention(events: .seconds(3_600), rejections: .seconds(60))
            let pruned = try await store.prune(retention, now: later(3_601), limit: 100)
            #expect(pruned == Pruned(events: 1, messages: 1, rejections: 1, keys: 0, isComplete: true))
            #expect(try await store.event(old) == nil)
            #expect(try await store.message(settled.id) == nil)
            #expect(try await store.event(held) != nil)
            #expect(try await store.event(recent) != nil)
            let again = try await store.accept(Make.submission(dedupe: "evt-1", at: later(3_602)))
            #expect(again == Receipt(event: old, isDuplicate: true, messages: []), "its key outlives it")
        }
    }

    @Test(
        "pruning goes on until it is complete, and takes keys whose window is over",
        arguments: StoreUnderTest.all
    )
    func prunesInParts(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            for key in ["a", "b", "c"] {
                let once = OncePer(key: key, window: .seconds(60))
                let dedupe = Submission.Dedupe(key: key, window: .seconds(60))
                let message = try Make.message(once: once, dueAt: later(100_000))
                _ = try await store.accept(Submission(event: Make.event(), messages: [message], dedupe: dedupe))
            }
            let first = try await store.prune(Retention(), now: later(100_060), limit: 2)
            #expect(first == Pruned(events: 0, messages: 0, rejections: 0, keys: 4, isComplete: false))
            let second = try await store.prune(Retention(), now: later(100_060), limit: 2)
            #expect(second == Pruned(events: 0, messages: 0, rejections: 0, keys: 2, isComplete: true))
        }
    }

    @Test(
        "events of a type come in the order of all, whichever sources they are from, a page at a time to and fro",
        arguments: StoreUnderTest.all
    )
    func eventsOfAType(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            var ids: [EventID] = []
            for number in 0..<40 {
                let source = ["shop", "erp", "shop", "crm"][number % 4]
                let event = Make.event(source: source, type: number % 3 == 0 ? "paid" : "sent", at: later(number))
                _ = try await store.accept(Submission(event: event))
                if number % 3 == 0 { ids.append(event.id) }
            }
            ids.reverse()
            var filter = EventFilter(type: "paid", limit: 5)
            var (found, pages): ([EventID], [Page<EventSummary>]) = ([], [])
            repeat {
                let page = try await store.events(filter)
                found += page.elements.map(\.id)
                pages.append(page)
                filter.cursor = page.next
            } while filter.cursor != nil
            #expect(found == ids && pages.count == 3)
            filter.cursor = pages[1].previous
            #expect(try await store.events(filter).elements.map(\.id) == Array(ids.prefix(5)))
            #expect(try await store.count(filter, upTo: 100) == ids.count)
            let since = EventFilter(type: "paid", disposition: .matched, since: later(30), limit: 2)
            #expect(try await store.events(since).elements.map(\.id) == Array(ids.prefix(2)))
        }
    }
}
