// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import ExtremeNumbers
import Foundation
import Testing

@Suite("Times and spans at their ends")
struct ExtremeTimeTests {
    private static let edges: [Int64] = [.min, .min + 1, -1, 0, 1, 1_767_225_600_000_000_000, .max - 1, .max]

    @Test("a sum, a difference and a product that do not fit are the end that they passed")
    func saturating() {
        for left in Self.edges {
            for right in Self.edges {
                let (sum, product) = (Int128(left) + Int128(right), Int128(left) * Int128(right))
                #expect(left.adding(saturating: right) == Int64(clamping: sum))
                #expect(left.subtracting(saturating: right) == Int64(clamping: Int128(left) - Int128(right)))
                #expect(left.multiplied(saturating: right) == Int64(clamping: product))
            }
        }
    }

    @Test("what no whole number is becomes the nearest one")
    func doubles() {
        #expect(Int64(saturating: 0.6) == 1)
        #expect(Int64(saturating: -1e300) == .min)
        #expect(Int64(saturating: .infinity) == .max)
        #expect(Int64(saturating: 9_223_372_036_854_775_808) == .max)
        #expect(Int64(saturating: .nan) == 0)
    }

    @Test("no point in time and no span ends the process, and order in time is kept")
    func timestamps() {
        let times = Self.edges.flatMap { [Timestamp(seconds: $0), Timestamp(microseconds: $0)] }
        for time in times {
            #expect(!time.rfc3339.isEmpty)
            #expect(time.seconds <= Int64.max / 1_000_000 + 1)
            for other in times {
                let way = time.duration(to: other)
                #expect((way > .zero) == (other > time))
                #expect(time.advanced(by: way) <= max(time, other))
            }
        }
        for seconds in [-1e300, -1e15, 0, 1e12, 1e15, 1e300, .infinity, -.infinity, .nan] {
            #expect(!Timestamp(Date(timeIntervalSince1970: seconds)).rfc3339.isEmpty)
        }
        #expect(Duration.seconds(Int64.max).microseconds == .max)
        #expect(Duration.seconds(Int64.min).microseconds == .min)
    }

    @Test("our century has its first and its last second in it, and no number of nanoseconds")
    func century() {
        let times = [946_684_799, 946_684_800, 4_102_444_799, 4_102_444_800].map { Timestamp(seconds: $0) }
        #expect(times.map(Timestamp.century.contains) == [false, true, true, false])
        #expect(Timestamp(rfc3339: "2099-12-31T23:59:59Z").map(Timestamp.century.contains) == true)
        #expect(!Timestamp.century.contains(Timestamp(seconds: 1_767_225_600_000_000_000)))
    }

    @Test("spans, rates, Retry-After and dates are read or refused", arguments: ExtremeNumbers.all)
    func reading(_ text: String) {
        let now = Timestamp(seconds: 1_768_451_400)
        for unit in ["", "ms", "s", "w", "w\(text)w"] {
            if let span = DurationText.parse(text + unit) { #expect(span <= .seconds(10 * 366 * 86_400)) }
        }
        for period in ["s", "m", "min", "h"] {
            if let rate = Rate("\(text)/\(period)") { #expect(rate.count >= 1) }
        }
        if let delay = RetryAfter.delay(text, now: now) { #expect((.zero...RetryAfter.longest).contains(delay)) }
        for date in [
            "Sun, \(text) Nov 1994 08:49:37 GMT", "Sun, 06 Nov \(text) 08:49:37 GMT", "Sun Nov 6 08:\(text):37 1994",
        ] {
            if let time = RetryAfter.date(date) { #expect(time.seconds < 300_000_000_000) }
        }
        for date in ["\(text)-01-01T00:00:00Z", "2026-01-01T00:00:00.\(text)Z", "2026-01-01T00:00:00+\(text):00"] {
            if let time = Timestamp(rfc3339: date) { #expect(!time.rfc3339.isEmpty) }
        }
    }
}
