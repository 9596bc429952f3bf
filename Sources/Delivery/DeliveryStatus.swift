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
    /// How many recipients of each portfolio count, by its name.
    package var portfolios: [String: Portfolio] = [:]
    /// What the store last refused; `nil` when the last call went well.
    package var storeFailure: StoreError?
    /// Whether the dispatcher runs and claims messages.
    package var isRunning = false

    /// How many different recipients of a day count in a portfolio.
    package struct Portfolio: Hashable, Sendable {
        /// So many do.
        package let used: Int
        /// So many may.
        package let limit: Int
    }

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
        /// Since when uncertain messages wait for a person, because there are too many; `nil` while rules decide.
        package let uncertainHeldSince: Timestamp?
        /// What the partner's answers hold for a time: templates, recipients; as of the last second.
        package let held: [Held]
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

    /// What of an account waits for a time that the partner's answers gave.
    package struct Held: Hashable, Sendable {
        /// What: `template NAME`, `recipients`, `marketing to recipients`.
        package let what: String
        /// How many.
        package let count: Int
        /// Until when the last of them waits.
        package let until: Timestamp
        /// Why, in words.
        package let reason: String
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
        held = throttle.waits.map { held in
            let until = clock.wallTime(ofSteady: held.until)
            return DeliveryStatus.Held(what: held.what, count: held.count, until: until, reason: held.reason)
        }
        uncertainHeldSince = throttle.brake.since.map(clock.wallTime(ofSteady:))
        slowedTo = throttle.slowdown.interval
        wait = throttle.wait(at: steady).map { .init(until: clock.wallTime(ofSteady: $0.until), cause: $0.cause) }
    }
}
