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

    /// What a STOP met, by what the message's timeline says of it.
    private enum Met: Hashable {
        case suppressed, tooLate, leftForItsTurn, settled
    }

    /// One message with all that happens to it, as a store lets it happen.
    private struct Life {
        var record: MessageRecord
        var open: [ClaimedMessage] = []
        var optOuts: [ConsentEntry] = []
        var timeline: [TimelineEntry]
        /// The entries that a STOP wrote; `nil` before it.
        var stop: Range<Int>?
        /// From which entry on a person had it sent all the same; `nil` when nobody did.
        var overridden: Int?
        var refusedReleases = 0
        let now: Timestamp

        init(_ record: MessageRecord, at now: Timestamp) {
            self.record = record
            self.now = now
            timeline = [record.firstEntry]
        }

        mutating func step(_ random: inout SeededGenerator) throws {
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1, 2: try claim()
            case 3, 4: try answer(&random)
            case 5: try loseLease(&random)
            case 6: report(&random)
            case 7: try release(anyway: Bool.random(using: &random))
            default: try stopWord()
            }
            #expect(record.timelineLength == timeline.count)
            #expect(record.message.state == timeline.last?.to)
            #expect((record.message.dueAt != nil) == record.message.state.isWaiting)
        }

        /// What the STOP met; `nil` before it.
        var met: Met? {
            get throws {
                guard let stop else { return nil }
                let (before, said) = (timeline[stop.lowerBound - 1].to, timeline[stop])
                let words = "consent: the recipient wants no messages but codes to sign in, since "
                switch before {
                case .sending:
                    try #require(said.map(\.to) == [.sending])
                    try #require(said.allSatisfy { $0.why.hasPrefix("too late: \(words)") })
                    return .tooLate
                case .scheduled, .retrying, .deferred:
                    try #require(said.count == 1)
                    try #require(said.allSatisfy { $0.why.hasPrefix(words) })
                    return .suppressed
                default:
                    try #require(said.isEmpty)
                    return before == .queued ? .leftForItsTurn : .settled
                }
            }
        }

        /// How often it was taken to be sent after the STOP, and how often after somebody had overridden that.
        var sends: (unwanted: Int, overridden: Int) {
            guard let stop else { return (0, 0) }
            let end = overridden ?? timeline.endIndex
            func sends(_ entries: ArraySlice<TimelineEntry>) -> Int {
                entries.count { $0.to == .sending && $0.from != .sending }
            }
            return (sends(timeline[stop.upperBound..<end]), sends(timeline[end...]))
        }

        private mutating func claim() throws {
            guard record.message.state.isWaiting else { return }
            let held = record.hold(against: optOuts, at: now)
            timeline += try record.claim(until: now, at: now, held: held)
            if let claimed = record.claimed { open.append(claimed) }
        }

        private mutating func answer(_ random: inout SeededGenerator) throws {
            guard !open.isEmpty else { return }
            let claimed = open.remove(at: Int.random(in: 0..<open.count, using: &random))
            let outcome = ConsentInterleavingTests.outcomes[Int.random(in: 0..<5, using: &random)]
            var machine = claimed.machine()
            try machine.attemptEnded(outcome, at: now, policy: RetryPolicy(), using: &random)
            let attempt = Attempt(number: claimed.claim, startedAt: now, duration: .zero, outcome: outcome)
            timeline += record.settle(Settlement(of: claimed, machine, attempt: attempt, at: now)).entries
        }

        /// The worker is lost; its answer may come all the same.
        private mutating func loseLease(_ random: inout SeededGenerator) throws {
            guard record.message.state == .sending, let claimed = record.claimed else { return }
            var machine = claimed.machine()
            try machine.leaseExpired(at: now, policy: RetryPolicy(), using: &random)
            timeline += record.settle(Settlement(of: claimed, machine, attempt: nil, at: now)).entries
        }

        private mutating func report(_ random: inout SeededGenerator) {
            guard record.message.partnerID != nil else { return }
            let status = DeliveryReport.Status.allCases[Int.random(in: 0..<4, using: &random)]
            let report = DeliveryReport(status, of: "wamid.1", code: 131_056, at: now, source: "wa")
            timeline += record.take(report, from: EventID(rawValue: "evt_9"), at: now).entries
        }

        /// After a STOP it is refused, unless a person does it anyway, which the timeline says.
        private mutating func release(anyway: Bool) throws {
            guard record.message.state == .uncertain else { return }
            let before = record
            let isUnwanted = stop != nil && overridden == nil
            do {
                let decision = Decision(.release, anyway: anyway)
                let entries = try record.decide(decision, by: "asha", at: now, optOuts: optOuts)
                try #require(anyway || !isUnwanted, "released although its recipient wants nothing")
                let overrides = "asha overrides that the message is not wanted: consent: "
                try #require(entries.contains { $0.why.hasPrefix(overrides) } == isUnwanted)
                if isUnwanted { overridden = timeline.endIndex }
                timeline += entries
            } catch is MessageStateMachine.IllegalTransition {
                try #require(isUnwanted && !anyway && record == before)
                refusedReleases += 1
            }
        }

        private mutating func stopWord() throws {
            guard stop == nil else { return }
            // What was tried before has failed.
            let end: MessageState = record.message.attempts == 0 ? .suppressed : .failed
            optOuts = [ConsentInterleavingTests.stop]
            let late = record.noteTooLate(optOuts, at: now)
            let gone = record.message.state == .queued ? [] : record.suppress(by: optOuts, at: now)
            try #require(gone.allSatisfy { $0.to == end })
            stop = timeline.endIndex..<timeline.endIndex + late.count + gone.count
            timeline += late + gone
        }
    }

    @Test("in 100,000 orders nothing leaves after it, and each message is met once (46)")
    func interleavings() throws {
        let now = TestClock().now
        var random = SeededGenerator(seed: 46)
        var counts: [Met: Int] = [:]
        var (cases, refused, overridden, sentAnyway) = (0, 0, 0, 0)
        while cases < Self.cases {
            let new = try Make.message(onUncertain: Bool.random(using: &random) ? .retry : .hold, at: now)
            let beginning = Beginning.of(new.terms, cause: new.cause, at: now, keys: now)
            let record = MessageRecord(new, of: (EventID(rawValue: "evt_1"), "shop"), beginning, at: now)
            var life = Life(record, at: now)
            for _ in 0..<Int.random(in: 4...16, using: &random) { try life.step(&random) }
            guard let met = try life.met else { continue }
            cases += 1
            counts[met, default: 0] += 1
            let sends = life.sends
            try #require(sends.unwanted == 0, "\(life.timeline.map(\.why))")
            refused += life.refusedReleases
            overridden += life.overridden == nil ? 0 : 1
            sentAnyway += sends.overridden
        }
        #expect(counts.count == 4, "each case was met: \(counts)")
        #expect(refused > 0 && overridden > 0 && sentAnyway > 0, "\((refused, overridden, sentAnyway))")
    }
}
