// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// A store that fails, as a log tells it: at the beginning, then every half minute with how often, and when it is back.
///
/// Whoever asks a store that is away asks again and again: a line for each answer would bury everything else. One that comes
/// and goes is told of every half minute, too, with all its failures since the line before.
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

    /// When the first of the failures came that no ``Line/ended(failures:after:)`` has counted yet.
    private var begun: Timestamp?
    private var failures = 0
    /// Since when it works, if it does; the failures before may have to be told yet.
    private var backAt: Timestamp?
    private var toldAt: Timestamp?
    /// Whether a line said that it fails, and none that it works again.
    private var isTold = false

    /// A store that works.
    package init() {}

    private init(toldAt: Timestamp) {
        self.toldAt = toldAt
    }

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
        backAt = nil
        guard mayTell(at: steady) else { return nil }
        defer { (toldAt, isTold) = (steady, true) }
        return failures == 1 ? .began(error) : .goesOn(error, failures: failures, since: start.duration(to: steady))
    }

    /// Notes that the store does all that it is asked.
    ///
    /// - Parameter steady: When.
    /// - Returns: What is to be told; `nil` where no failure is left to tell of, or that was told just now.
    package mutating func worked(at steady: Timestamp) -> Line? {
        guard let start = begun else { return nil }
        let back = backAt ?? steady
        backAt = back
        guard isTold || mayTell(at: steady) else { return nil }
        defer { self = StoreOutage(toldAt: steady) }
        return .ended(failures: failures, after: start.duration(to: back))
    }

    private func mayTell(at steady: Timestamp) -> Bool {
        toldAt.map { $0.duration(to: steady) >= Self.pause } ?? true
    }
}
