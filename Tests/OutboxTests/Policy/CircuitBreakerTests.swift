// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

@Suite("The circuit breaker of an account")
struct CircuitBreakerTests {
    private let start = TestClock().now
    private let failure = Outcome.retryable(Make.detail(503), retryAfter: nil)
    private let success = Outcome.accepted(partnerID: "wamid.1")

    private func breaker(after outcomes: [Outcome] = []) -> CircuitBreaker {
        let settings = CircuitBreaker.Settings(threshold: 3, firstPause: .seconds(5), longestPause: .seconds(15))
        var breaker = CircuitBreaker(settings)
        for outcome in outcomes { _ = breaker.attemptEnded(outcome, at: start) }
        return breaker
    }

    private var open: CircuitBreaker { breaker(after: [failure, failure, failure]) }

    /// An outcome, and whether it says that the partner failed.
    static let rows: [(outcome: Outcome, isFailure: Bool)] = [
        (.accepted(partnerID: "wamid.1"), false),
        (.refused(Make.detail(422)), false),
        (.refused(Make.detail(200)), false),
        (.unauthorized(Make.detail(401)), false),
        (.retryable(Make.detail(429), retryAfter: .seconds(1)), false),
        (.retryable(Make.detail(408), retryAfter: nil), false),
        (.retryable(Make.detail(425), retryAfter: nil), false),
        (.retryable(Make.detail(500), retryAfter: nil), true),
        (.retryable(Make.detail(503), retryAfter: .seconds(9)), true),
        (.retryable(Make.detail(nil, "refused"), retryAfter: nil), true),
        (.retryable(Make.detail(nil, "dns"), retryAfter: nil), true),
        (.held(Make.detail(500, "meta_131057"), for: .seconds(60)), false),
        (.retryable(Make.detail(503, "meta_2"), retryAfter: nil), true),
        (.retryable(Make.detail(500, "meta_131000"), retryAfter: nil), true),
        (.retryable(Make.detail(500, "meta_131052"), retryAfter: .seconds(60)), false),
        (.uncertain(Make.detail(nil, "timed_out")), true),
        (.uncertain(Make.detail(nil, "connection_lost")), true),
        (.uncertain(Make.detail(201, "connection_lost")), true),
    ]

    @Test("opens after failures of the partner in a row, and after nothing else", arguments: rows)
    func opens(_ row: (outcome: Outcome, isFailure: Bool)) {
        var breaker = breaker()
        #expect(breaker.attemptEnded(row.outcome, at: start) == .none)
        #expect(breaker.attemptEnded(row.outcome, at: start) == .none)
        #expect(breaker.attemptEnded(row.outcome, at: start) == (row.isFailure ? .opened : .none))
        #expect(breaker.isClosed == !row.isFailure)
        #expect(breaker.failures == (row.isFailure ? 3 : 0))
    }

    @Test("any answer between two failures begins the row anew", arguments: rows.filter { !$0.isFailure })
    func countsInARow(_ row: (outcome: Outcome, isFailure: Bool)) {
        var breaker = breaker(after: [failure, failure, row.outcome, failure, failure])
        #expect(breaker.isClosed)
        #expect(breaker.attemptEnded(failure, at: start) == .opened)
    }

    @Test("says since when it is open and why")
    func tells() {
        #expect(open.opening?.since == start)
        #expect(open.opening?.reason == "the partner answered 503")
        #expect(open.opening?.nextProbe == start.advanced(by: .seconds(5)))
    }

    @Test("lets one probe leave after the pause, and no second one beside it")
    func probes() {
        var breaker = open
        let due = start.advanced(by: .seconds(5))
        #expect(!breaker.allowsProbe(at: due.advanced(by: .microseconds(-1))))
        #expect(breaker.allowsProbe(at: due))
        breaker.probeLeaves()
        #expect(!breaker.allowsProbe(at: due))
        #expect(!breaker.isClosed)
    }

    @Test("waits twice as long after each failed probe, up to a limit")
    func growingPause() {
        var breaker = open
        var now = start
        for pause in [5, 10, 15, 15] as [Int64] {
            #expect(breaker.opening?.nextProbe == now.advanced(by: .seconds(pause)))
            now = now.advanced(by: .seconds(pause))
            breaker.probeLeaves()
            #expect(breaker.attemptEnded(failure, at: now) == .none)
        }
        #expect(breaker.opening?.since == start)
    }

    @Test("closes with the probe's answer, and begins with the first pause when it opens again")
    func closes() {
        var breaker = open
        breaker.probeLeaves()
        _ = breaker.attemptEnded(failure, at: start)
        breaker.probeLeaves()
        #expect(breaker.attemptEnded(success, at: start) == .closed)
        #expect(breaker == self.breaker())
        for _ in 0..<3 { _ = breaker.attemptEnded(failure, at: start) }
        #expect(breaker.opening?.pause == .seconds(5))
    }

    @Test("failures of what left before it opened do not lengthen the pause, an answer closes it")
    func latecomers() {
        var breaker = open
        #expect(breaker.attemptEnded(failure, at: start.advanced(by: .seconds(2))) == .none)
        #expect(breaker.opening == open.opening)
        #expect(breaker.attemptEnded(success, at: start) == .closed)
    }

    @Test("a probe that came back without having left may leave again at once")
    func missedProbe() {
        var breaker = open
        let due = start.advanced(by: .seconds(5))
        breaker.probeLeaves()
        breaker.probeMissed()
        #expect(breaker.allowsProbe(at: due))
    }
}
