// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// Keeps an account to a slower pace after the partner throttled it, and lets it recover: half as fast at once, half as
/// fast again when that was not enough, and faster by half after each span in which messages were accepted.
///
/// Pure; time is a parameter.
package struct Slowdown: Hashable, Sendable {
    /// The slowest pace: one message in that time.
    package static let slowest: Duration = .seconds(300)
    /// How long a pace is kept at least before it recovers a step.
    package static let step: Duration = .seconds(10)
    /// Over how long departures are counted.
    private static let window: Duration = .seconds(5)

    /// A pace that is slower than usual.
    private struct Pace: Hashable {
        /// The time between two messages.
        var interval: Duration
        /// The same as it was before anything was throttled.
        let usual: Duration
        /// Since when this pace holds.
        var since: Timestamp
        var pacer: Pacer

        init(_ interval: Duration, usual: Duration, at now: Timestamp) {
            self.interval = interval
            self.usual = usual
            since = now
            pacer = Pacer(Rate(1, per: interval), burst: 1)
            pacer.take(1, at: now)
        }
    }

    /// The pace of the configuration, as the time between two messages; `nil` for none.
    private let configured: Duration?
    private var pace: Pace?
    /// Departures of the window that runs, and of the one before.
    private var (current, previous) = (0, 0)
    private var windowBegan: Timestamp?

    /// An account at its usual pace.
    ///
    /// - Parameter rate: Its pace by configuration; `nil` for as fast as it goes.
    package init(usual rate: Rate?) {
        configured = rate.map { $0.period / $0.count }
    }

    /// Whether the account goes slower than usual.
    package var isSlow: Bool { pace != nil }

    /// The time between two messages now; `nil` at the usual pace.
    package var interval: Duration? { pace?.interval }

    /// How many messages may leave now; `nil` for as many as usual.
    package func available(at now: Timestamp) -> Int? { pace?.pacer.available(at: now) }

    /// When the next message may leave; `nil` at the usual pace.
    package func nextRefill(after now: Timestamp) -> Timestamp? { pace?.pacer.nextRefill(after: now) }

    /// Notes that messages leave.
    package mutating func take(_ count: Int, at now: Timestamp) {
        let began = windowBegan ?? now
        if now >= began.advanced(by: Self.window) {
            let isNext = now < began.advanced(by: Self.window * 2)
            (previous, current) = (isNext ? current : 0, 0)
            windowBegan = isNext ? began.advanced(by: Self.window) : now
        } else {
            windowBegan = began
        }
        current += count
        pace?.pacer.take(count, at: now)
    }

    /// Notes that messages did not leave after all.
    package mutating func giveBack(_ count: Int) {
        current = max(0, current - count)
        pace?.pacer.giveBack(count)
    }

    /// Notes that the partner throttled a request.
    ///
    /// - Parameters:
    ///   - began: When the request left; one that left before the last slowing down tells nothing new.
    ///   - now: The time now.
    ///   - nodes: How many nodes send of the account, of which this one counts its own departures.
    /// - Returns: Whether the account goes slower from now on.
    package mutating func throttled(_ began: Timestamp, at now: Timestamp, among nodes: Int = 1) -> Bool {
        if let pace, began < pace.since { return false }
        let usual = pace?.usual ?? observed(at: now, among: nodes)
        let next = min(Self.slowest, (pace?.interval ?? usual) * 2)
        pace = Pace(max(.milliseconds(1), next), usual: usual, at: now)
        return true
    }

    /// Notes that a message was accepted.
    ///
    /// - Returns: Whether the account is back at its usual pace.
    package mutating func accepted(at now: Timestamp) -> Bool {
        guard let pace, now >= pace.since.advanced(by: max(Self.step, pace.interval)) else { return false }
        let faster = pace.interval * 2 / 3
        self.pace = faster <= pace.usual ? nil : Pace(faster, usual: pace.usual, at: now)
        return self.pace == nil
    }

    /// The pace for others to take over; `nil` at the usual one.
    package var slowness: AccountCondition.Slowness? {
        pace.map { .init(interval: $0.interval, usual: $0.usual, since: $0.since) }
    }

    /// Takes over what others learnt.
    package mutating func adopt(_ slowness: AccountCondition.Slowness?) {
        guard slowness != self.slowness else { return }
        pace = slowness.map { Pace($0.interval, usual: $0.usual, at: $0.since) }
    }

    /// The time between two messages of all nodes as it was lately, taken that each sends as many, and never below what
    /// is configured.
    private func observed(at now: Timestamp, among nodes: Int) -> Duration {
        let span = windowBegan.map { $0.duration(to: now) } ?? .zero
        let counted = previous > 0 ? span + Self.window : max(.seconds(1), span)
        return max(configured ?? .zero, counted / (max(1, previous + current) * max(1, nodes)))
    }
}
