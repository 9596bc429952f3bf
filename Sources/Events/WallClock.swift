// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A clock that knows what time it is for people: what due times, leases and time stamps are measured on.
///
/// Production uses ``SystemClock``; tests use a clock that they move by hand.
public protocol WallClock: Clock<Duration> where Instant == Timestamp {}

/// The machine's clock.
public struct SystemClock: WallClock {
    /// The machine's clock.
    public init() {}

    /// The time now.
    public var now: Timestamp { Timestamp(Date()) }

    /// The clock's resolution.
    public var minimumResolution: Duration { .microseconds(1) }

    /// Suspends until a point in time; a step of the machine's clock meanwhile is not noticed.
    ///
    /// - Parameters:
    ///   - deadline: When to resume; a past one resumes at once.
    ///   - tolerance: How much later it may be.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {
        let rest = now.duration(to: deadline)
        guard rest > .zero else { return try Task.checkCancellation() }
        try await ContinuousClock().sleep(for: rest, tolerance: tolerance)
    }
}
