// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Messages
package import Outbox
package import PartnerAPI

/// How the delivery fares, for `/readyz` and the console.
package struct DeliveryStatus: Hashable, Sendable {
    /// The accounts, by name.
    package var accounts: [String: Account] = [:]
    /// What the store last refused; `nil` when the last call went well.
    package var storeFailure: StoreError?
    /// Whether the dispatcher runs and claims messages.
    package var isRunning = false

    /// How one account fares.
    package struct Account: Hashable, Sendable {
        /// How many of its requests are on their way.
        package let inFlight: Int
        /// Since when its credentials are refused; `nil` while it sends.
        package let pausedSince: Timestamp?
        /// What the partner said when it refused them.
        package let pauseReason: String?
        /// Since when the partner fails again and again; `nil` while it answers.
        package let failingSince: Timestamp?
        /// How it failed last.
        package let failure: String?
        /// What waits for a person.
        package let stops: [Stop]
        /// The time between two messages while the partner throttles it; `nil` at its usual pace.
        package let slowedTo: Duration?
        /// Until when nothing of the account leaves, and why; `nil` while it may send.
        package let wait: Wait?
    }

    /// A part of an account that waits until a person lets it go on.
    package struct Stop: Hashable, Sendable {
        /// What stopped.
        package let part: MetaCode.Part
        /// Since when.
        package let since: Timestamp
        /// What the partner said.
        package let reason: String

        /// The part as the subject of a sentence.
        package var subject: String { part.subject }
        /// The part in a word: `account`, `marketing` or `templates`.
        package var name: String { part.rawValue }
    }

    /// Why an account's messages wait, and until when.
    package struct Wait: Hashable, Sendable {
        /// When the next one may leave.
        package let until: Timestamp
        /// Why not before.
        package let cause: Cause

        /// Why an account's messages wait.
        package enum Cause: Hashable, Sendable {
            /// Its `rate` is used up.
            case rate
            /// The partner throttled it, and it goes slower.
            case slowed
            /// The partner asked for peace: 429 with `Retry-After`, or a code that says so.
            case retryAfter
            /// Its credentials are refused, and a probe asks again then.
            case pause
            /// The partner fails again and again, and a probe asks again then.
            case circuit
        }
    }
}

extension DeliveryStatus.Account {
    /// How an account stands, in wall time.
    init(_ throttle: AccountThrottle, at steady: Timestamp, on clock: any WallClock) {
        let (pause, opening) = (throttle.pause.pause, throttle.circuit.opening)
        inFlight = throttle.inFlight
        pausedSince = (pause?.since).map(clock.wallTime(ofSteady:))
        pauseReason = pause?.reason
        failingSince = (opening?.since).map(clock.wallTime(ofSteady:))
        failure = opening?.reason
        stops = MetaCode.Part.allCases.compactMap { part in
            throttle.holds.stops[part].map {
                .init(part: part, since: clock.wallTime(ofSteady: $0.since), reason: $0.reason)
            }
        }
        slowedTo = throttle.slowdown.interval
        wait = throttle.wait(at: steady).map { .init(until: clock.wallTime(ofSteady: $0.until), cause: $0.cause) }
    }
}
