// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// Keeps an account to its rate: a token bucket that is told the time.
///
/// It is the virtual scheduling form of the algorithm (GCRA): one number, the time at which the bucket would be full.
/// Over any window of length *t* at most `burst + rate · t` messages leave.
///
/// Who shares a rate with others takes places ahead (``reserve(_:ahead:at:)``), each of which has its time; so the same holds
/// for all of them together, whoever of them uses which place.
///
/// - SeeAlso: [Generic cell rate algorithm](https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm)
package struct Pacer: Hashable, Sendable {
    /// How many messages may leave at once after a pause; a tenth of a second's worth unless said otherwise.
    package let burst: Int
    /// The time between two messages, in nanoseconds.
    private let interval: Int64
    /// When the bucket is full again, in nanoseconds since 1970.
    package var fullAt: Int64

    package init(_ rate: Rate, burst: Int? = nil, fullAt: Int64 = 0) {
        self.fullAt = fullAt
        let nanoseconds = rate.period.microseconds * 1_000
        interval = max(1, nanoseconds / Int64(rate.count))
        self.burst = max(1, burst ?? Int(100_000_000 / max(1, interval)))
    }

    /// The pace of a pair, or of a number.
    package init(_ limit: PairLimit, fullAt: Int64 = 0) {
        self.init(Rate(1, per: limit.interval), burst: limit.burst, fullAt: fullAt)
    }

    /// From when on one message more may leave.
    package func turn(at now: Timestamp) -> Timestamp {
        max(now, Timestamp(microseconds: (first(at: now) + 999) / 1_000))
    }

    /// How many messages may leave now.
    package func available(at now: Timestamp) -> Int { places(ahead: .zero, at: now) }

    /// Notes that messages leave; the caller asked ``available(at:)`` before.
    package mutating func take(_ count: Int, at now: Timestamp) {
        guard count > 0 else { return }
        fullAt = max(fullAt, nanoseconds(now)) + Int64(count) * interval
    }

    /// Gives back what was taken for messages that did not leave.
    package mutating func giveBack(_ count: Int) {
        guard fullAt > 0, count > 0 else { return }
        fullAt -= Int64(count) * interval
    }

    /// When it is worth asking again: half the burst, at least one message, may leave then.
    package func nextRefill(after now: Timestamp) -> Timestamp {
        let wanted = Int64(max(1, burst / 2))
        guard available(at: now) < wanted else { return now }
        let time = fullAt - (Int64(burst) - wanted) * interval
        return Timestamp(microseconds: (time + 999) / 1_000)
    }

    /// Takes places ahead, the next ones that nobody has.
    ///
    /// - Parameters:
    ///   - count: How many are wanted.
    ///   - ahead: How long before its time a place may be taken.
    ///   - now: The time now.
    /// - Returns: Places in a row, as many as there are; `nil` for none before ``chance(ahead:at:)``.
    package mutating func reserve(_ count: Int, ahead: Duration, at now: Timestamp) -> PaceSlice? {
        let count = min(count, places(ahead: ahead, at: now))
        guard count > 0 else { return nil }
        let slice = PaceSlice(from: first(at: now), count: count, interval: interval, burst: burst)
        take(count, at: now)
        return slice
    }

    /// Takes places back that nobody used, where nobody has taken one behind them; else they are lost.
    ///
    /// They may have been taken at another pace.
    package mutating func giveBack(_ slice: PaceSlice) {
        guard slice.end == fullAt - slack else { return }
        fullAt -= slice.span
    }

    /// From when on the next place can be taken ahead.
    package func chance(ahead: Duration, at now: Timestamp) -> Timestamp {
        Timestamp(microseconds: (first(at: now) + 999) / 1_000).advanced(by: .zero - ahead)
    }

    /// So many places at least are worth that time.
    package func count(in span: Duration) -> Int { Int(min(span.microseconds * 1_000 / interval, 1_000_000)) }

    /// How many places have a time up to so long from now on.
    private func places(ahead: Duration, at now: Timestamp) -> Int {
        let span = nanoseconds(now) + ahead.microseconds * 1_000 - first(at: now)
        return span < 0 ? 0 : Int(span / interval) + 1
    }

    /// The time of the next place: a burst's worth before what has leaked out of the bucket by then.
    private func first(at now: Timestamp) -> Int64 { max(fullAt, nanoseconds(now)) - slack }

    private var slack: Int64 { Int64(burst - 1) * interval }

    private func nanoseconds(_ time: Timestamp) -> Int64 { time.microseconds * 1_000 }
}
