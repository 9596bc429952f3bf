// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
import PartnerAPI

/// Whether it is worth asking the partner at all: it opens after failures in a row, and then one message after a
/// growing pause finds out whether the partner is back.
///
/// Only the partner's own failures count: answers of 5xx, time-outs, connections that fail or break. Every other
/// answer, also one that refuses, proves that the partner is there. Pure; time is a parameter.
///
/// - SeeAlso: [Circuit breaker](https://martinfowler.com/bliki/CircuitBreaker.html)
package struct CircuitBreaker: Hashable, Sendable {
    /// When the circuit opens, and how long it stays open.
    package struct Settings: Hashable, Sendable {
        /// So many failures in a row open the circuit; at least 1.
        package let threshold: Int
        /// How long the first probe waits.
        package let firstPause: Duration
        /// The longest wait between two probes; each failed one doubles it up to that.
        package let longestPause: Duration

        package init(
            threshold: Int = 10,
            firstPause: Duration = .seconds(5),
            longestPause: Duration = .seconds(120)
        ) {
            precondition(threshold >= 1 && firstPause > .zero, "a circuit needs a failure and a pause to open")
            self.threshold = threshold
            self.firstPause = firstPause
            self.longestPause = max(firstPause, longestPause)
        }
    }

    /// A circuit that is not closed.
    package struct Opening: Hashable, Sendable {
        /// When it opened.
        package let since: Timestamp
        /// How the last attempt failed.
        package fileprivate(set) var reason: String
        /// When the next probe may leave.
        package fileprivate(set) var nextProbe: Timestamp
        /// How long the wait for that probe is.
        package fileprivate(set) var pause: Duration
        /// Whether a probe is on its way: the circuit is half open.
        package fileprivate(set) var isProbing: Bool
    }

    /// What an attempt's end did to the circuit.
    package enum Change: Hashable, Sendable {
        /// Nothing.
        case none
        /// It opened.
        case opened
        /// It closed: the partner is back.
        case closed
    }

    /// When the circuit opens, and how long it stays open.
    package let settings: Settings
    /// Failures in a row; 0 after every answer.
    package private(set) var failures = 0
    /// What holds while it is open or half open; `nil` while it is closed.
    package private(set) var opening: Opening?

    package init(_ settings: Settings = Settings()) {
        self.settings = settings
    }

    /// Whether messages may leave as if there were no circuit.
    package var isClosed: Bool { opening == nil }

    /// Whether one message may leave now to find out.
    ///
    /// The caller waits until nothing else is on its way, so that what ends next is the probe.
    package func allowsProbe(at now: Timestamp) -> Bool {
        guard let opening else { return false }
        return !opening.isProbing && opening.nextProbe <= now
    }

    /// Notes that the probe leaves.
    package mutating func probeLeaves() {
        opening?.isProbing = true
    }

    /// Notes that the probe came back without having left; another one may leave at once.
    package mutating func probeMissed() {
        opening?.isProbing = false
    }

    /// Notes how an attempt ended.
    ///
    /// A failure of what left before the circuit opened changes nothing; an answer closes it, whenever it comes.
    ///
    /// - Parameters:
    ///   - outcome: How it ended.
    ///   - now: When.
    /// - Returns: What changed.
    package mutating func attemptEnded(_ outcome: Outcome, at now: Timestamp) -> Change {
        guard let reason = outcome.partnerFailure else {
            defer { (failures, opening) = (0, nil) }
            return isClosed ? .none : .closed
        }
        failures += 1
        guard var opening else { return open(reason, at: now) }
        guard opening.isProbing else { return .none }
        opening.isProbing = false
        opening.reason = reason
        opening.pause = min(opening.pause * 2, settings.longestPause)
        opening.nextProbe = now.advanced(by: opening.pause)
        self.opening = opening
        return .none
    }

    /// The circuit for others to take over; `nil` while it is closed.
    package var failure: AccountCondition.Failure? {
        opening.map { .init(since: $0.since, reason: $0.reason, nextProbe: $0.nextProbe, pause: $0.pause) }
    }

    /// Takes over what others learnt; a probe that is on its way stays so.
    ///
    /// - Parameters:
    ///   - failure: What opened it; `nil` while it is closed.
    ///   - failures: So many failures in a row opened none yet.
    package mutating func adopt(_ failure: AccountCondition.Failure?, after failures: Int) {
        guard let failure else {
            (self.failures, opening) = (failures, nil)
            return
        }
        opening = Opening(
            since: failure.since,
            reason: failure.reason,
            nextProbe: failure.nextProbe,
            pause: failure.pause,
            isProbing: opening?.isProbing ?? false
        )
    }

    private mutating func open(_ reason: String, at now: Timestamp) -> Change {
        guard failures >= settings.threshold else { return .none }
        let pause = settings.firstPause
        let probe = now.advanced(by: pause)
        opening = Opening(since: now, reason: reason, nextProbe: probe, pause: pause, isProbing: false)
        return .opened
    }
}

extension Outcome {
    /// Whether it is counted, as a failure or as one that leaves it open whether the message was taken.
    package var isCounted: Bool { name == .uncertain || partnerFailure != nil }

    /// The reason, when the partner failed rather than answered: 5xx, no answer, no connection.
    fileprivate var partnerFailure: String? {
        switch self {
        case .accepted, .refused, .unauthorized, .held: nil
        case .retryable(let detail, _) where detail.metaCode?.tellsOfOutage == false: nil
        case .retryable(let detail, _), .uncertain(let detail):
            detail.status.map { $0 >= 500 || (200...299).contains($0) } ?? true ? detail.reason : nil
        }
    }
}
