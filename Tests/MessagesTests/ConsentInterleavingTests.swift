// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

/// Number 46: whatever the order of claims, answers, lost leases, reports and a STOP, nothing leaves after it, and every
/// message is counted once.
@Suite("A STOP at any moment", .timeLimit(.minutes(10)))
struct ConsentInterleavingTests {
    private static let cases = 100_000
    private static let outcomes: [Outcome] = [
        .accepted(partnerID: "wamid.1"), .retryable(Make.detail(503), retryAfter: .seconds(1)),
        .uncertain(Make.detail(0)), .refused(Make.detail(422)), .unauthorized(Make.detail(401)),
    ]
    private static let stop = ConsentEntry(
        "phone:919812345670",
        .optedOut,
        .allButAuthentication,
        origin: .stopWord,
        at: TestClock().now,
        who: "wa"
    )

    /// What a STOP met.
    private enum Met: Hashable {
        case suppressed, tooLate, leftForItsTurn, settled
    }

    /// One message with all that happens to it, as a store lets it happen.
    private struct Life {
        var record: MessageRecord
        var open: [ClaimedMessage] = []
        var optOuts: [ConsentEntry] = []
        var met: Met?
        var sendsAfter = 0
        var timeline = 1
        let now: Timestamp

        mutating func step(_ random: inout SeededGenerator) throws {
            switch Int.random(in: 0..<9, using: &random) {
            case 0, 1, 2: try claim()
            case 3, 4: try answer(&random)
            case 5: try loseLease(&random)
            case 6: report(&random)
            default: stop()
            }
            #expect(record.timelineLength == timeline)
            #expect((record.message.dueAt != nil) == record.message.state.isWaiting)
        }

        private mutating func claim() throws {
            guard record.message.state.isWaiting else { return }
            let held = record.hold(against: optOuts, at: now)
            timeline += try record.claim(until: now, at: now, held: held).count
            guard let claimed = record.claimed else { return }
            if met != nil { sendsAfter += 1 }
            open.append(claimed)
        }

        private mutating func answer(_ random: inout SeededGenerator) throws {
            guard !open.isEmpty else { return }
            let claimed = open.remove(at: Int.random(in: 0..<open.count, using: &random))
            let outcome = ConsentInterleavingTests.outcomes[Int.random(in: 0..<5, using: &random)]
            var machine = claimed.machine()
            try machine.attemptEnded(outcome, at: now, policy: RetryPolicy(), using: &random)
            let attempt = Attempt(number: claimed.claim, startedAt: now, duration: .zero, outcome: outcome)
            timeline += record.settle(Settlement(of: claimed, machine, attempt: attempt, at: now)).entries.count
        }

        /// The worker is lost; its answer may come all the same.
        private mutating func loseLease(_ random: inout SeededGenerator) throws {
            guard record.message.state == .sending, let claimed = record.claimed else { return }
            var machine = claimed.machine()
            try machine.leaseExpired(at: now, policy: RetryPolicy(), using: &random)
            timeline += record.settle(Settlement(of: claimed, machine, attempt: nil, at: now)).entries.count
        }

        private mutating func report(_ random: inout SeededGenerator) {
            guard record.message.partnerID != nil else { return }
            let status = DeliveryReport.Status.allCases[Int.random(in: 0..<4, using: &random)]
            let report = DeliveryReport(status, of: "wamid.1", code: 131_056, at: now, source: "wa")
            timeline += record.take(report, from: EventID(rawValue: "evt_9"), at: now).entries.count
        }

        private mutating func stop() {
            guard met == nil else { return }
            optOuts = [ConsentInterleavingTests.stop]
            let late = record.noteTooLate(optOuts, at: now)
            let state = record.message.state
            let gone = state == .queued ? [] : record.suppress(by: optOuts, at: now)
            timeline += late.count + gone.count
            if !late.isEmpty {
                met = .tooLate
            } else if !gone.isEmpty {
                met = .suppressed
            } else {
                met = state == .queued ? .leftForItsTurn : .settled
            }
        }
    }

    @Test("in 100,000 orders nothing leaves after it, and each message is met once (46)")
    func interleavings() throws {
        let now = TestClock().now
        var random = SeededGenerator(seed: 46)
        var counts: [Met: Int] = [:]
        var cases = 0
        while cases < Self.cases {
            let new = try Make.message(onUncertain: Bool.random(using: &random) ? .retry : .hold, at: now)
            let beginning = Beginning.of(new.terms, cause: new.cause, at: now, keys: now)
            let record = MessageRecord(new, of: (EventID(rawValue: "evt_1"), "shop"), beginning, at: now)
            var life = Life(record: record, now: now)
            for _ in 0..<Int.random(in: 4...16, using: &random) { try life.step(&random) }
            guard let met = life.met else { continue }
            cases += 1
            counts[met, default: 0] += 1
            #expect(life.sendsAfter == 0)
        }
        #expect(counts.values.reduce(0, +) == Self.cases)
        #expect(counts.count == 4, "each case was met: \(counts)")
    }
}
