// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

/// The law of jobs and replays, asked alone; what stores make of it is in OutboxStoreTests.
@Suite("Jobs and replays")
struct JobTests {
    private let now = TestClock().now

    private func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    @Test("what a person wants is kept whole: action, filters, why and pace")
    func keepsOrders() {
        let selection = MessageSelection(
            messages: [MessageID(rawValue: "msg_1"), MessageID(rawValue: "msg_2")],
            states: [.scheduled, .queued],
            rule: "order-paid",
            source: "shop",
            account: "main",
            since: now,
            until: later(60)
        )
        let scope = ReplayScope(
            events: [EventID(rawValue: "evt_1")],
            since: now,
            until: later(60),
            source: "shop",
            type: "orders/paid",
            rule: "order-paid",
            isFailedOnly: true,
            again: true,
            isAsOfNow: true
        )
        let orders = [
            JobOrder(Decision(.cancel, why: "switched off"), selection, by: "asha", key: "k", rate: 7),
            JobOrder(.retry, MessageSelection(), by: "ravi"), JobOrder(.replay(scope, why: "mended"), by: "asha"),
            JobOrder(.replay(ReplayScope(), why: nil), by: "asha", key: "k"),
        ]
        for order in orders {
            let kept = JobOrder(order.json, key: order.key)
            #expect(kept == order)
            #expect(kept?.asksForTheSame(as: order) == true)
        }
        #expect(!orders[0].asksForTheSame(as: orders[1]) && !orders[2].asksForTheSame(as: orders[3]))
        #expect(!orders[1].asksForTheSame(as: orders[2]))
        #expect(JobOrder(["action": "shred"], key: nil) == nil)
        #expect(
            selection.words
                == "2 messages by id, state queued or scheduled, rule order-paid, source shop, account main, since \(now.rfc3339), "
                + "until \(later(60).rfc3339)"
        )
        #expect(MessageSelection().words == "all" && ReplayScope().words == "all")
    }

    @Test(
        "53: a job that sends waits as its pace says, one that does not goes on at once, and a clock set back holds neither"
    )
    func pace() {
        let orders = [
            (Decision.retry, 10, later(1)), (.cancel, 10, now),
            (.release, 1_000, later(0).advanced(by: .milliseconds(10))),
        ]
        for (decision, rate, next) in orders {
            var job = Job(
                JobID(at: now),
                JobOrder(decision, MessageSelection(), by: "asha", rate: rate),
                total: 10,
                bound: 9,
                at: now
            )
            var step = Job.Step(of: job)
            for _ in 0..<10 { step.add(.done) }
            step.place = 9
            job.follow(step, at: now)
            #expect(job.nextAt == next && job.state == .running && job.place == 9 && job.handled == 10)
            #expect(job.isDue(at: next) && (next == now || !job.isDue(at: next.advanced(by: .microseconds(-1)))))
            #expect(job.isDue(at: later(-3_600)), "the clock was set back")
            step = Job.Step(of: job)
            step.isLast = true
            job.follow(step, at: next)
            #expect(job.state == .done && job.passedBy == 0 && !job.isDue(at: later(60)))
        }
    }

    @Test("53: a job takes what its state allows, and says who paused or ended it")
    func changes() throws {
        let allowed: [JobState: [JobChange: JobState]] = [
            .running: [.pause: .paused, .cancel: .cancelled], .paused: [.resume: .running, .cancel: .cancelled],
            .done: [:], .cancelled: [:],
        ]
        for state in JobState.allCases {
            for change in JobChange.allCases {
                var job = Job(
                    id: JobID(rawValue: "job_1"),
                    order: JobOrder(.retry, MessageSelection(), by: "asha"),
                    createdAt: now,
                    total: 1,
                    bound: 1,
                    state: state,
                    place: 0,
                    tally: [:],
                    note: nil,
                    nextAt: now,
                    updatedAt: now
                )
                guard let next = allowed[state]?[change] else {
                    let refusal = #expect(throws: Job.Refusal.self) { try job.change(change, by: "ravi", at: now) }
                    #expect(refusal?.description == "job_1 is \(state.rawValue); it does not take '\(change.rawValue)'")
                    continue
                }
                try job.change(change, by: "ravi", at: later(5))
                #expect(job.state == next && job.updatedAt == later(5))
                #expect(job.note == (next == .running ? nil : "\(next.rawValue) by ravi"))
            }
        }
    }

    @Test("15: compared once more, a value that its event brought has changed, an older one is old, a newer one counts")
    func judgesAgain() throws {
        func change(_ value: String) -> Change { Change(rule: "r", key: "1", value: value, time: nil) }
        var known: Held<KnownValue>?
        for (value, second) in [("paid", 1), ("paid", 2), ("shipped", 3)] {
            known = change(value).judge(known, at: later(second), keys: later(second)).1
        }
        func again(_ value: String, _ second: Int) -> (Bool, Held<KnownValue>?) {
            let (verdict, next) = change(value).judgeAgain(known, at: later(second), keys: later(60))
            return (verdict == .itself || verdict == .first, next)
        }
        #expect(again("shipped", 3) == (true, nil), "it was this event")
        #expect(again("paid", 1) == (false, nil), "it is shipped by now")
        #expect(again("paid", 2) == (false, nil))
        let (verdict, next) = change("delivered").judgeAgain(known, at: later(4), keys: later(60))
        let last = try #require(known?.value)
        #expect(verdict == .changed(from: last) && next?.value.value == "delivered")
        let first = change("paid").judgeAgain(nil, at: later(1), keys: later(60))
        #expect(first.0 == .first && first.1?.value.since == later(1))
    }
}
