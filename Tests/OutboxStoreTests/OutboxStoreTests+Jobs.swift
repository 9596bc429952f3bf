// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

/// What a person decides about many messages at once.
extension OutboxStoreTests {
    /// Messages that the partner refused, one for each of the names of rules.
    private func failed(
        _ store: any OutboxStore,
        _ rules: [String],
        to phone: String = "919812345670",
        at time: Timestamp? = nil
    ) async throws -> [MessageID] {
        let time = time ?? now
        let messages = try rules.map { try Make.message(rule: $0, to: phone) }
        _ = try await store.accept(Make.submission(messages: messages, at: time))
        for claimed in try await store.claim(1_000, at: time) {
            _ = try await store.settle(claimed, .refused(Make.detail(422)), at: time)
        }
        return messages.map(\.id)
    }

    /// Carries a job out to its end, a second a step.
    private func finish(_ job: Job, _ store: any ServiceStore) async throws -> Job {
        var job = job
        for second in 1...1_000 where job.state == .running {
            job = try #require(try await store.step(job.id, at: later(second)))
        }
        return job
    }

    private func states(_ store: any OutboxStore, _ ids: [MessageID]) async throws -> [MessageState?] {
        var states: [MessageState?] = []
        for id in ids { states.append(try await store.state(of: id)) }
        return states
    }

    @Test("a job is found by the key of its order", arguments: StoreUnderTest.all)
    func byKey(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let work = JobOrder.Work.decide(Decision(.cancel, why: "wrong"), MessageSelection(rule: "paid"))
            let job = try await store.begin(JobOrder(work, by: "asha", key: "k-1"), at: now)
            _ = try await store.begin(JobOrder(work, by: "asha"), at: now)
            #expect(try await store.job(ofKey: "k-1") == job)
            #expect(try await store.job(ofKey: "k-2") == nil)
        }
    }

    @Test(
        "37, 53: a job counts first, and is about what was there then; what comes meanwhile stays out",
        arguments: StoreUnderTest.all
    )
    func bounded(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let ids = try await failed(store, ["paid", "cart", "paid"])
            let selection = MessageSelection(rule: "paid")
            let counts = [SelectionCount(rule: "paid", state: .failed, count: 2)]
            #expect(try await store.counts(selection, for: .retry) == counts)
            // Stored before the click, and failed after it.
            let early = try Make.message(rule: "paid")
            _ = try await store.accept(Make.submission(messages: [early], at: now))
            let order = JobOrder(Decision(.retry, why: "mended"), selection, by: "asha", rate: 1_000)
            let job = try await store.begin(order, at: now)
            #expect(job.total == 2 && job.state == .running)
            let claimed = try #require(try await store.claim(at: later(1)).first)
            _ = try await store.settle(claimed, .refused(Make.detail(422)), at: later(1))
            let late = try await failed(store, ["paid"], at: later(1))
            let done = try await finish(job, store)
            #expect(done.state == .done && done.tally == [.done: 2] && done.passedBy == 0)
            #expect(try await states(store, ids) == [.queued, .failed, .queued])
            #expect(try await states(store, [early.id] + late) == [.failed, .failed])
            let entry = try #require(try await store.message(ids[0])?.timeline.last)
            #expect(entry.who == "asha" && entry.why == "asha wants it sent: mended")
            #expect(try await store.job(job.id) == done)
        }
    }

    @Test(
        "53: the same order given twice under a key is one job, and another order under it is refused",
        arguments: StoreUnderTest.all
    )
    func doubleClick(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            _ = try await failed(store, ["paid"])
            func order(_ kind: Decision.Kind, key: String?) -> JobOrder {
                JobOrder(Decision(kind), MessageSelection(rule: "paid"), by: "asha", key: key)
            }
            let first = try await store.begin(order(.retry, key: "click"), at: now)
            #expect(try await store.begin(order(.retry, key: "click"), at: later(1)) == first)
            let reason = "the key 'click' was used for \(first.id), which does something else"
            await #expect(throws: StoreError(.conflict, reason)) {
                try await store.begin(order(.cancel, key: "click"), at: later(1))
            }
            let second = try await store.begin(order(.retry, key: nil), at: later(2))
            #expect(try await store.jobs(JobFilter()).elements == [second, first])
            #expect(try await store.jobs(JobFilter(limit: 1)).elements == [second])
        }
    }

    @Test(
        "53: a job that would be about another number than was looked at does not begin",
        arguments: StoreUnderTest.all
    )
    func stale(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            _ = try await failed(store, ["paid", "paid", "cart"])
            let order = JobOrder(.retry, MessageSelection(rule: "paid"), by: "asha", key: "click")
            await #expect(throws: StoreError(.conflict, "it would be about 2 messages now, and not about 3")) {
                try await store.begin(order, ifAbout: 3, at: now)
            }
            let replay = JobOrder(.replay(ReplayScope(), why: nil), by: "asha")
            await #expect(throws: StoreError(.conflict, "it would be about 1 event now, and not about 2")) {
                try await store.begin(replay, ifAbout: 2, at: now)
            }
            #expect(try await store.jobs(JobFilter()).elements.isEmpty)
            #expect(try await store.audit(AuditFilter()).elements.map(\.result) == [.refused, .refused])
            let job = try await store.begin(order, ifAbout: 2, at: now)
            #expect(try await finish(job, store).tally == [.done: 2])
            #expect(try await store.begin(order, ifAbout: 2, at: later(9)).id == job.id, "it had begun")
        }
    }

    @Test(
        "37, 53: a job is paused, goes on where it was, and ends when it is cancelled",
        arguments: StoreUnderTest.all
    )
    func changes(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let ids = try await failed(store, ["paid", "paid", "paid"])
            let order = JobOrder(.retry, MessageSelection(rule: "paid"), by: "asha", rate: 1)
            let job = try await store.begin(order, at: now)
            _ = try await store.step(job.id, at: now)
            let paused = try await store.change(.pause, of: job.id, by: "ravi", at: now)
            #expect(paused.state == .paused && paused.note == "paused by ravi")
            #expect(try await store.step(job.id, at: later(60)) == paused)
            #expect(try await store.jobs(JobFilter(state: .running)).elements.isEmpty)
            _ = try await store.change(.resume, of: job.id, by: "ravi", at: later(60))
            _ = try await store.step(job.id, at: later(60))
            let reason = "\(job.id) is running; it does not take 'resume'"
            await #expect(throws: StoreError(.conflict, reason)) {
                try await store.change(.resume, of: job.id, by: "ravi", at: later(60))
            }
            let cancelled = try await store.change(.cancel, of: job.id, by: "ravi", at: later(60))
            #expect(cancelled.tally == [.done: 2])
            #expect(try await store.step(job.id, at: later(120)) == cancelled)
            #expect(try await states(store, ids) == [.queued, .queued, .failed])
            await #expect(throws: StoreError.self) {
                try await store.change(.pause, of: JobID(at: now), by: "ravi", at: now)
            }
        }
    }

    @Test(
        "53: what a job puts into the queue is spread, and leaves room for live messages",
        arguments: StoreUnderTest.all
    )
    func pacedBehindLiveTraffic(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            _ = try await failed(store, Array(repeating: "paid", count: 60))
            let order = JobOrder(.retry, MessageSelection(rule: "paid"), by: "asha", rate: 50)
            let job = try await store.begin(order, at: now)
            var stepped = try #require(try await store.step(job.id, at: now))
            #expect(stepped.tally == [.done: 10] && stepped.nextAt == now.advanced(by: .milliseconds(200)))
            #expect(try await store.step(job.id, at: now.advanced(by: .milliseconds(199))) == stepped, "it is not due")
            // Nothing leaves: the queue of the account is full, and a live message waits behind one step alone.
            stepped = try #require(try await store.step(job.id, at: later(1)))
            #expect(stepped.tally == [.done: 10])
            #expect(stepped.note == "waits, because account 'main' has as much to send as it can")
            #expect(try await store.claim(4, at: later(1)).count == 4)
            stepped = try #require(try await store.step(job.id, at: later(2)))
            #expect(stepped.tally == [.done: 14])
        }
    }

    @Test(
        "53: what the law refuses by then is counted with its reason, and does not end the job",
        arguments: StoreUnderTest.all
    )
    func refusals(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let failure = FailedMessage(id: MessageID(at: now), rule: "paid", reason: "name is undefined")
            _ = try await store.accept(Make.submission(failures: [failure]))
            let ids = try await failed(store, ["paid", "paid"])
            let unwanted = try await failed(store, ["paid"], to: "919812345679")[0]
            let optOut = ConsentEntry("phone:919812345679", .optedOut, .all, origin: .operator, at: now, who: "asha")
            _ = try await store.record([optOut], at: now)
            let selection = MessageSelection(rule: "paid")
            let counts = [SelectionCount(rule: "paid", state: .failed, count: 3, unsayable: 1)]
            #expect(try await store.counts(selection, for: .retry) == counts)
            let job = try await store.begin(JobOrder(.retry, selection, by: "asha", rate: 1_000), at: now)
            _ = try await store.decide(.retry, on: ids[1], by: "ravi", at: now)
            let done = try await finish(job, store)
            // What was never built cannot be sent, and is neither counted nor tried.
            #expect(job.total == 3 && done.tally == [.done: 1, .refused: 1] && done.passedBy == 1)
            let refusal = "\(unwanted): a message in state failed does not take 'retry': consent: "
            #expect(done.note?.hasPrefix(refusal) == true)
            #expect(try await states(store, [failure.id]) == [.failed])
        }
    }

    @Test(
        "8, 53: all that waits of a rule is called off at once, whatever it waits for by then",
        arguments: StoreUnderTest.all
    )
    func cancelsWaiting(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let messages = try (0..<450).map { number in
                try Make.message(
                    rule: number.isMultiple(of: 3) ? "off" : "on",
                    dueAt: number < 300 ? nil : later(3_600)
                )
            }
            _ = try await store.accept(Make.submission(messages: messages, at: now))
            let selection = MessageSelection(rule: "off")
            let expected = [
                SelectionCount(rule: "off", state: .queued, count: 100),
                SelectionCount(rule: "off", state: .scheduled, count: 50),
            ]
            #expect(try await store.counts(selection, for: .cancel) == expected)
            let job = try await store.begin(JobOrder(.cancel, selection, by: "asha"), at: now)
            let claimed = try #require(try await store.claim(1, at: later(1)).first)
            _ = try await store.settle(claimed, .retryable(Make.detail(503), retryAfter: nil), at: later(1))
            let first = try #require(try await store.step(job.id, at: later(2)))
            let handled = first.handled
            #expect(first.state == .running && (1...Job.largestStep).contains(handled), "a few in one transaction")
            let done = try await finish(first, store)
            #expect(done.tally == [.done: 150] && done.passedBy == 0)
            #expect(try await store.countsByState() == [.cancelled: 150, .queued: 200, .scheduled: 100])
        }
    }

    @Test(
        "53: a job about messages by their ids is about these alone, as far as they stand so",
        arguments: StoreUnderTest.all
    )
    func byIDs(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let messages = try (0..<4).map { number in
                try Make.message(rule: number == 3 ? "other" : "paid", dueAt: later(3_600))
            }
            _ = try await store.accept(Make.submission(messages: messages, at: now))
            _ = try await store.decide(.cancel, on: messages[1].id, by: "ravi", at: now)
            let ids = [messages[0].id, messages[1].id, messages[3].id, MessageID(rawValue: "msg_none")]
            let selection = MessageSelection(messages: ids)
            let counts = ["other", "paid"].map { SelectionCount(rule: $0, state: .scheduled, count: 1) }
            #expect(try await store.counts(selection, for: .cancel) == counts)
            let done = try await finish(store.begin(JobOrder(.cancel, selection, by: "asha"), at: later(1)), store)
            #expect(done.total == 2 && done.tally == [.done: 2])
            #expect(try await states(store, messages.map(\.id)) == [.cancelled, .cancelled, .scheduled, .cancelled])
            let narrowed = MessageSelection(messages: ids, rule: "nothing")
            #expect(try await store.counts(narrowed, for: .retry).isEmpty)
        }
    }

    @Test(
        "39, 53: uncertain messages are marked as sent by a filter, those of others stay",
        arguments: StoreUnderTest.all
    )
    func marksMany(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let messages = try ["main", "main", "other"].map { try Make.message(account: $0, onUncertain: .hold) }
            _ = try await store.accept(Make.submission(messages: messages, at: now))
            let quotas = ["main", "other"].map { ClaimQuota(account: $0, limit: 10) }
            for claimed in try await store.claim(quotas, lease: .seconds(60), now: now) {
                _ = try await store.settle(claimed, .uncertain(Make.detail()), at: now)
            }
            let selection = MessageSelection(account: "main", since: now, until: later(1))
            let order = JobOrder(Decision(.markSent, why: "seen in the chats"), selection, by: "asha")
            let done = try await finish(store.begin(order, at: now), store)
            #expect(done.tally == [.done: 2] && done.nextAt == later(1))
            #expect(try await states(store, messages.map(\.id)) == [.accepted, .accepted, .uncertain])
            let none = MessageSelection(account: "main", until: now)
            #expect(try await store.counts(none, for: .release).isEmpty)
        }
    }
}
