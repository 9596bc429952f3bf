// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import NIOConcurrencyHelpers
internal import Outbox

/// Keeps a source to its rate.
///
/// Only what was verified is counted, so that a stranger's flood never uses up what its sender may post. Whether
/// anything is left is asked twice: before a request's body is read, and after its signature was found good. Each
/// event of a batch counts; a batch is taken whole when one event may come, and the next ones wait for it.
final class RateLimit: Sendable {
    private let bucket: NIOLockedValueBox<RateBucket>

    init(_ rate: Rate) {
        bucket = NIOLockedValueBox(RateBucket(rate))
    }

    /// How long the source must wait before its next event; `nil` when one may come now.
    func wait(at now: Timestamp) -> Duration? {
        bucket.withLockedValue { $0.wait(at: now) }
    }

    /// Counts events that the source may post now.
    ///
    /// - Returns: How long it must wait instead, and nothing was counted; `nil` when they may come.
    func take(_ count: Int, at now: Timestamp) -> Duration? {
        bucket.withLockedValue { bucket in
            let wait = bucket.wait(at: now)
            if wait == nil { bucket.take(count, at: now) }
            return wait
        }
    }
}

/// A source's rate as a bucket: a minute's worth may come at once after a pause.
///
/// Shops send in bursts, and a burst does no harm here; what a limit is for is the hour that never ends.
struct RateBucket {
    private static let burstTime = Duration.seconds(60)
    private static let minBurst = 10
    private static let maxBurst = 1_000_000

    private let rate: Rate
    private var pacer: Pacer
    private var last = Timestamp(microseconds: 0)

    init(_ rate: Rate) {
        self.rate = rate
        pacer = Pacer(rate, burst: Self.burst(of: rate))
    }

    /// How many may come at once after a pause.
    static func burst(of rate: Rate) -> Int {
        let worth = Double(rate.count) * (burstTime / rate.period)
        return Int(min(Double(maxBurst), max(Double(minBurst), worth)))
    }

    /// How long until half of the burst may come again, at least a second; `nil` when one may come now.
    mutating func wait(at now: Timestamp) -> Duration? {
        // After the machine's clock was set back the bucket would stay empty until that time comes again.
        if now < last { pacer = Pacer(rate, burst: pacer.burst) }
        last = now
        guard pacer.available(at: now) < 1 else { return nil }
        return max(.seconds(1), now.duration(to: pacer.nextRefill(after: now)))
    }

    mutating func take(_ count: Int, at now: Timestamp) {
        pacer.take(count, at: now)
    }
}
