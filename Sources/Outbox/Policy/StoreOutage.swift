// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// A store that fails, as a log tells it: at the beginning, then every half minute with how often, and when it is back.
///
/// Whoever asks a store that is away asks again and again: a line for each answer would bury everything else. One that comes
/// and goes is told of every half minute, too.
package struct StoreOutage: Sendable {
    /// A line for the log.
    package enum Line: Hashable, Sendable {
        /// It failed, and did not before.
        case began(StoreError)
        /// It still fails, or fails again.
        case goesOn(StoreError, failures: Int, since: Duration)
        /// It did what it was asked.
        case ended(failures: Int, after: Duration)
    }

    /// Between two lines about an outage.
    package static let pause: Duration = .seconds(30)

    private var begun: Timestamp?
    private var failures = 0
    private var toldAt: Timestamp?
    private var isTold = false

    /// A store that works.
    package init() {}

    /// Notes that the store has failed.
    ///
    /// - Parameters:
    ///   - error: How.
    ///   - steady: When, on a line that nobody sets.
    /// - Returns: What is to be told; `nil` where that was told just now.
    package mutating func failed(_ error: StoreError, at steady: Timestamp) -> Line? {
        let start = begun ?? steady
        begun = start
        failures += 1
        if let toldAt, toldAt.duration(to: steady) < Self.pause { return nil }
        defer { (toldAt, isTold) = (steady, true) }
        return failures == 1 ? .began(error) : .goesOn(error, failures: failures, since: start.duration(to: steady))
    }

    /// Notes that the store does all that it is asked.
    ///
    /// - Parameter steady: When.
    /// - Returns: What is to be told; `nil` where nothing was said of a failure.
    package mutating func worked(at steady: Timestamp) -> Line? {
        guard let start = begun else { return nil }
        defer { (begun, failures, isTold) = (nil, 0, false) }
        guard isTold else { return nil }
        toldAt = steady
        return .ended(failures: failures, after: start.duration(to: steady))
    }
}
