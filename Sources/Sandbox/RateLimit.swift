// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The partner's global rate limit: a bucket that fills evenly and holds one burst.
package struct RateLimit: Hashable, Sendable {
    /// A day, in seconds: a limit of next to nothing asks for no longer wait.
    private static let longestWait = 86_400.0

    /// How many requests a second in the long run.
    package let perSecond: Double
    /// How many requests may come at once after a pause.
    package let burst: Double
    private var tokens: Double
    private var last: Timestamp?

    /// A full bucket.
    ///
    /// - Parameters:
    ///   - perSecond: Requests a second, above 0.
    ///   - burst: How many may come at once; at least 1, as many as a second brings if left out.
    package init(perSecond: Double, burst: Double? = nil) {
        precondition(perSecond > 0, "a rate limit lets something through")
        self.perSecond = perSecond
        self.burst = max(1, burst ?? perSecond)
        tokens = self.burst
    }

    /// Takes one request out of the bucket.
    ///
    /// - Parameter now: The time; a clock that goes back fills nothing.
    /// - Returns: `nil` when the request may go, else how long until one may.
    package mutating func take(at now: Timestamp) -> Duration? {
        let passed = max(0, last?.duration(to: now).inSeconds ?? 0)
        tokens = min(burst, tokens + passed * perSecond)
        last = now
        guard tokens < 1 else {
            tokens -= 1
            return nil
        }
        return .seconds(min((1 - tokens) / perSecond, Self.longestWait))
    }
}
