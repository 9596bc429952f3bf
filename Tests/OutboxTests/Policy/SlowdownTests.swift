// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox
import TestSupport
import Testing

@Suite("The pace of an account that the partner throttles")
struct SlowdownTests {
    private let start = TestClock().now

    private func later(_ seconds: Double) -> Timestamp { start.advanced(by: .milliseconds(Int64(seconds * 1_000))) }

    /// An account that sent so many messages a second for ten seconds.
    private func busy(_ perSecond: Int, rate: Rate? = nil) -> Slowdown {
        var slowdown = Slowdown(usual: rate)
        for second in 0..<10 { slowdown.take(perSecond, at: later(Double(second))) }
        return slowdown
    }

    @Test("a throttle halves the pace of the last seconds")
    func halves() {
        var slowdown = busy(20)
        #expect(slowdown.available(at: later(10)) == nil, "no bound of its own before")
        #expect(slowdown.throttled(later(9), at: later(10)) == true)
        #expect(slowdown.isSlow && slowdown.interval == .milliseconds(100))
        #expect(slowdown.available(at: later(10)) == 0)
        #expect(slowdown.available(at: later(10.1)) == 1)
        #expect(slowdown.nextRefill(after: later(10)) == later(10.1))
    }

    @Test("of several nodes each halves what all of them sent, not what it sent itself")
    func amongNodes() {
        var slowdown = busy(20)
        #expect(slowdown.throttled(later(9), at: later(10), among: 4) && slowdown.interval == .milliseconds(25))
        var configured = busy(20, rate: Rate(40, per: .seconds(1)))
        #expect(configured.throttled(later(9), at: later(10), among: 4) && configured.interval == .milliseconds(50))
    }

    @Test("a configured pace is the one that is halved when it is the slower one")
    func configured() {
        var slowdown = busy(1, rate: Rate(6, per: .seconds(60)))
        #expect(slowdown.throttled(later(9), at: later(10)) && slowdown.interval == .seconds(20))
    }

    @Test("requests that had left before say nothing new; one that left since halves again, to a bound")
    func again() {
        var slowdown = busy(20)
        _ = slowdown.throttled(later(9), at: later(10))
        #expect(slowdown.throttled(later(9.9), at: later(10.1)) == false)
        #expect(slowdown.interval == .milliseconds(100))
        #expect(slowdown.throttled(later(10.1), at: later(10.2)) == true)
        #expect(slowdown.interval == .milliseconds(200))
        for second in 11..<40 { _ = slowdown.throttled(later(Double(second)), at: later(Double(second))) }
        #expect(slowdown.interval == Slowdown.slowest)
    }

    @Test("it recovers by half in each span of accepted messages, and is forgotten at its usual pace")
    func recovers() {
        var slowdown = busy(20)
        _ = slowdown.throttled(later(9), at: later(10))
        _ = slowdown.throttled(later(11), at: later(12))
        var intervals: [Duration?] = []
        for second in stride(from: 13.0, through: 60, by: 1) {
            let before = slowdown.interval
            if slowdown.accepted(at: later(second)) { #expect(!slowdown.isSlow) }
            if slowdown.interval != before { intervals.append(slowdown.interval) }
        }
        #expect(intervals.map { $0.map { Int($0 / .milliseconds(1)) } } == [133, 88, 59, nil])
        #expect(slowdown.available(at: later(61)) == nil)
    }

    @Test("a single message that is throttled again and again asks ever more rarely, and a day sees few tries")
    func patience() {
        var slowdown = Slowdown(usual: nil)
        var (now, tries) = (start, 0)
        while start.duration(to: now) < .seconds(86_400) {
            slowdown.take(1, at: now)
            tries += 1
            #expect(slowdown.throttled(now, at: now) == true)
            now = now.advanced(by: slowdown.interval ?? .zero)
        }
        #expect((280...310).contains(tries))
    }
}
