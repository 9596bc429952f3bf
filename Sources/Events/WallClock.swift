// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A clock that knows what time it is for people: what due times, leases and time stamps are measured on.
///
/// Production uses ``SystemClock``; tests use a clock that they move by hand.
///
/// Somebody may set it: a person, a time server, a machine that wakes up. What was reckoned in spans (a pause, a pace,
/// a lease) is therefore measured on ``steadyNow``, which only passes.
public protocol WallClock: Clock<Duration> where Instant == Timestamp {
    /// What the clock would show had nobody set it since the process began.
    ///
    /// Two of its readings tell how much time passed between them; it is compared with nothing else.
    var steadyNow: Timestamp { get }

    /// Suspends until a point in time of ``steadyNow``, whatever the wall clock does meanwhile.
    ///
    /// - Parameter deadline: When to resume; a past one resumes at once.
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(untilSteady deadline: Timestamp) async throws
}

extension WallClock {
    /// A clock that nobody sets.
    public var steadyNow: Timestamp { now }

    /// Suspends for the rest of the time.
    public func sleep(untilSteady deadline: Timestamp) async throws {
        try await sleep(until: wallTime(ofSteady: deadline), tolerance: nil)
    }

    /// A point in time of ``steadyNow`` as the wall clock calls it now.
    ///
    /// - Parameter steady: A reading of ``steadyNow``, or one to come.
    /// - Returns: The same moment for people.
    public func wallTime(ofSteady steady: Timestamp) -> Timestamp {
        now.advanced(by: steadyNow.duration(to: steady))
    }
}

/// The machine's clock.
public struct SystemClock: WallClock {
    /// The machine's clock.
    public init() {}

    /// The time now.
    public var now: Timestamp { Timestamp(Date()) }

    /// The time since the process's first look at the clock, added to what the clock showed then.
    public var steadyNow: Timestamp {
        let (wall, start) = Self.anchor
        return wall.advanced(by: start.duration(to: ContinuousClock.now))
    }

    private static let anchor = (wall: Timestamp(Date()), start: ContinuousClock.now)

    /// The clock's resolution.
    public var minimumResolution: Duration { .microseconds(1) }

    /// Suspends until a point in time of ``steadyNow``.
    ///
    /// - Parameter deadline: When to resume; a past one resumes at once.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(untilSteady deadline: Timestamp) async throws {
        try await ContinuousClock().sleep(for: steadyNow.duration(to: deadline))
    }

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
