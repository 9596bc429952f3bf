// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

/// Number 10: whatever the order of claims, answers, lost leases and cancellations, nothing is sent after it was called
/// off, and every message is counted once.
@Suite("Messages that are called off at any moment", .timeLimit(.minutes(10)))
struct InterleavingTests {
    private static let cases = 100_000
    private static let outcomes: [Outcome] = [
        .accepted(partnerID: "wamid.1"), .retryable(Make.detail(503), retryAfter: .seconds(1)),
        .uncertain(Make.detail(0)), .refused(Make.detail(422)), .unauthorized(Make.detail(401)),
    ]
    private let now = TestClock().now

    /// One message with all that happens to it.
    private struct Life {
        var record: MessageRecord
        /// Claims whose answer has not come, some of them lost.
        var open: [ClaimedMessage] = []
        /// The first cancellation that met the message somewhere.
        var effect: CallOff?
        var claimsAfter = 0
        let now: Timestamp

        mutating func step(_ random: inout SeededGenerator) throws {
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1, 2: try claim()
            case 3, 4: try answer(&random)
            case 5: try loseLease(&random)
            default: callOff()
            }
        }

        private mutating func claim() throws {
            guard record.message.state.isWaiting else { return }
            _ = try record.claim(until: now, at: now)
            if effect != nil { claimsAfter += 1 }
            if let claimed = record.claimed { open.append(claimed) }
        }

        private mutating func answer(_ random: inout SeededGenerator) throws {
            guard !open.isEmpty else { return }
            let claimed = open.remove(at: Int.random(in: 0..<open.count, using: &random))
            let outcome = InterleavingTests.outcomes[Int.random(in: 0..<5, using: &random)]
            var machine = claimed.machine()
            try machine.attemptEnded(outcome, at: now, policy: RetryPolicy(), using: &random)
            let attempt = Attempt(number: claimed.claim, startedAt: now, duration: .zero, outcome: outcome)
            _ = record.settle(Settlement(of: claimed, machine, attempt: attempt, at: now))
        }

        /// The worker is lost; its answer may come all the same.
        private mutating func loseLease(_ random: inout SeededGenerator) throws {
            guard record.message.state == .sending, let claimed = record.claimed else { return }
            var machine = claimed.machine()
            try machine.leaseExpired(at: now, policy: RetryPolicy(), using: &random)
            _ = record.settle(Settlement(of: claimed, machine, attempt: nil, at: now))
        }

        private mutating func callOff() {
            let event = CallingEvent(id: EventID(rawValue: "evt_1"), type: "", receivedAt: now)
            let (effect, _) = record.callOff(by: event, at: now)
            if self.effect == nil { self.effect = effect }
        }
    }

    @Test("10: of a hundred thousand lives, none has a send after its cancellation, and the counts add up")
    func lives() throws {
        var random = SeededGenerator(seed: 10)
        var count = CallOffCount()
        var untouched = 0
        let fresh = try [OnUncertain.retry, .hold].map(fresh)
        for number in 0..<Self.cases {
            var life = Life(record: fresh[number % 2], now: now)
            for _ in 0..<Int.random(in: 1...10, using: &random) { try life.step(&random) }
            count.add(life.effect)
            if life.effect == nil { untouched += 1 }
            guard life.claimsAfter == 0, possible(life) else {
                Issue.record("life \(number): \(String(describing: life.effect)) ended as \(life.record)")
                return
            }
        }
        #expect(count.cancelled + count.leaving + count.tooLate + untouched == Self.cases)
        #expect(min(count.cancelled, count.leaving, count.tooLate, untouched) > Self.cases / 50)
    }

    private func fresh(_ onUncertain: OnUncertain) throws -> MessageRecord {
        let new = try Make.message(key: "1", onUncertain: onUncertain)
        let beginning = Beginning.of(new.terms, cause: new.cause, at: now, keys: now)
        return MessageRecord(new, of: (EventID(rawValue: "evt_0"), "shop"), beginning, at: now)
    }

    /// Whether a message may stand there, after what a cancellation did to it.
    private func possible(_ life: Life) -> Bool {
        let record = life.record
        guard (record.message.dueAt != nil) == record.message.state.isWaiting,
            (record.leaseEnds != nil) == (record.message.state == .sending)
        else { return false }
        let states: [MessageState] =
            switch life.effect {
            case .cancelled: [.cancelled, .accepted]
            case .leaving: [.sending, .accepted, .cancelled, .uncertain, .failed]
            case .tooLate: [.accepted, .uncertain]
            case nil: MessageState.allCases
            }
        return states.contains(record.message.state)
    }
}
