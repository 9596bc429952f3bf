// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

@Suite("When a message is tried again")
struct RetryPolicyTests {
    private let now = TestClock().now
    private let policy = RetryPolicy(base: .seconds(5), cap: .seconds(60), maxAttempts: 6, maxAge: .seconds(3_600))

    private func verdict(
        after attempts: Int,
        retryAfter: Duration? = nil,
        age: Duration = .zero,
        expiresIn: Duration? = nil,
        using generator: inout some RandomNumberGenerator
    ) -> RetryPolicy.Verdict {
        let query = RetryPolicy.Query(
            attempts: attempts,
            now: now,
            agesFrom: now.advanced(by: .zero - age),
            expiresAt: expiresIn.map(now.advanced),
            retryAfter: retryAfter
        )
        return policy.next(query, using: &generator)
    }

    @Test("the longest wait doubles with every attempt, up to the cap")
    func ceilings() {
        let ceilings = [1, 2, 3, 4, 5, 6, 100].map(policy.ceiling)
        #expect(ceilings == [5, 10, 20, 40, 60, 60, 60].map { .seconds($0) })
    }

    @Test("the wait is drawn from the whole range: full jitter")
    func fullJitter() {
        var top = TopGenerator()
        var bottom = BottomGenerator()
        #expect(verdict(after: 3, using: &top) == .again(now.advanced(by: .seconds(20))))
        #expect(verdict(after: 3, using: &bottom) == .again(now))
    }

    @Test("the partner's Retry-After wins, even over the cap, and draws nothing")
    func retryAfterWins() {
        var none = CountingGenerator()
        #expect(verdict(after: 1, retryAfter: .seconds(300), using: &none) == .again(now.advanced(by: .seconds(300))))
        #expect(none.drawn == 0)
    }

    @Test("it ends with the last attempt, with the age, and before the expiry")
    func ends() {
        var top = TopGenerator()
        #expect(verdict(after: 6, using: &top) == .enough("all 6 attempts are used up"))
        #expect(verdict(after: 1, age: .seconds(3_595), using: &top) == .enough("it has been tried for long enough"))
        #expect(verdict(after: 1, age: .seconds(3_594), using: &top) == .again(now.advanced(by: .seconds(5))))
        let expired = verdict(after: 1, expiresIn: .seconds(5), using: &top)
        #expect(expired == .enough("it would expire before another attempt"))
    }
}

/// Draws the lowest number of every range.
private struct BottomGenerator: RandomNumberGenerator {
    /// Zero itself would be drawn again and again where a range does not divide 2^64.
    mutating func next() -> UInt64 { 1 }
}

/// Counts how often it was asked.
private struct CountingGenerator: RandomNumberGenerator {
    var drawn = 0

    mutating func next() -> UInt64 {
        drawn += 1
        return 1
    }
}
