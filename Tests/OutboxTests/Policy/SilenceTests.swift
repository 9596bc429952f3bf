// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox
import TestSupport
import Testing

@Suite("Whether a sender has fallen silent")
struct SilenceTests {
    private let start = TestClock().now

    /// Times at these hours after the start.
    private func times(_ hours: [Int]) -> [Timestamp] { hours.map { start.advanced(by: .seconds($0 * 3_600)) } }

    private func silence(_ hours: [Int], at hour: Int) -> Silence? {
        Silence(times(hours), at: start.advanced(by: .seconds(hour * 3_600)))
    }

    @Test("a pause counts that is three times longer than any before it, in whatever order the times come")
    func pause() {
        let hours = [0, 1, 3, 4, 5, 6]
        #expect(silence(hours, at: 12) == nil)
        #expect(silence(hours, at: 13)?.longest == .seconds(2 * 3_600))
        #expect(silence(hours.reversed(), at: 13) == silence(hours, at: 13))
        #expect(
            silence(hours, at: 13)?.sentence
                == "has been silent for 7h, which is unlike it: between its last 6 events it never paused for more than 2h"
        )
    }

    @Test("a sender of few events, or one that paused for two hours at most, is not judged")
    func unknown() {
        #expect(silence([0, 1, 2, 3, 4], at: 1_000) == nil)
        #expect(silence([], at: 1_000) == nil)
        let burst = [start, start, start, start, start, start]
        #expect(Silence(burst, at: start.advanced(by: .seconds(7_200))) == nil)
        #expect(Silence(burst, at: start.advanced(by: .seconds(7_201)))?.pause == .seconds(7_201))
    }

    @Test("about how long something lasted leaves out what nobody wants beside it")
    func about() {
        let cases: [(Int, String)] = [
            (0, "0s"), (59, "59s"), (61, "1m1s"), (3_599, "59m59s"), (3_661, "1h1m"), (90_061, "1d1h"), (-5, "0s"),
        ]
        for (seconds, words) in cases { #expect(DurationText.about(.seconds(seconds)) == words) }
    }
}
