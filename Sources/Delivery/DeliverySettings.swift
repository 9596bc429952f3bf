// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

/// How one account may be used.
package struct AccountLimits: Hashable, Sendable {
    /// The account's name in the configuration.
    package let name: String
    /// Its pace; `nil` for as fast as it goes.
    package let rate: Rate?
    /// How many of its requests may be on their way at the same time; at least 1.
    package let maxInFlight: Int
    /// The pace of each of its numbers; `nil` for as fast as they go.
    package let numberRate: Rate?
    /// How close together messages from one number to one recipient may leave; `nil` for as close as they come.
    package let pair: PairLimit?
    /// So many uncertain answers within a minute are left to the rules; more wait for a person.
    package let uncertainLimit: Int

    package init(
        name: String,
        rate: Rate? = nil,
        maxInFlight: Int = 32,
        numberRate: Rate? = nil,
        pair: PairLimit? = nil,
        uncertainLimit: Int = 20
    ) {
        precondition(maxInFlight >= 1, "an account that may send nothing is no account")
        self.name = name
        self.rate = rate
        self.maxInFlight = maxInFlight
        self.numberRate = numberRate
        self.pair = pair
        self.uncertainLimit = uncertainLimit
    }
}

/// How messages are dispatched.
package struct DeliverySettings: Hashable, Sendable {
    /// How many requests of all accounts may be on their way at the same time; at least 1.
    package let maxInFlight: Int
    /// How long a claim holds; must be longer than any attempt can take, or messages are taken for lost.
    package let lease: Duration
    /// How long an attempt may take at most, however often its connection is tried.
    package let longestAttempt: Duration
    /// How long the dispatcher sleeps at most, so that a lost wake-up heals.
    package let poll: Duration
    /// How long requests may still run after the service was asked to stop.
    package let drain: Duration
    /// How long a paused account waits between two probes.
    package let probe: Duration
    /// When an account stops asking a partner that fails, and how it finds out that it is back.
    package let circuit: CircuitBreaker.Settings
    /// When a message is tried again.
    package let retry: RetryPolicy
    /// How many people may be begun to be written to in a day, by the accounts that share that.
    package let portfolios: [PortfolioLimit]

    /// How long after its claim began a message may still be handed to the sender: the rest of the lease is for the attempt.
    ///
    /// A process may stand still between the two, and then others take its leases over. It is measured on the clock that
    /// only passes.
    package var trust: Duration { min(lease / 2, lease - longestAttempt) }

    package init(
        maxInFlight: Int = 256,
        lease: Duration = .seconds(120),
        longestAttempt: Duration = .zero,
        poll: Duration = .seconds(5),
        drain: Duration = .seconds(20),
        probe: Duration = .seconds(60),
        circuit: CircuitBreaker.Settings = CircuitBreaker.Settings(),
        retry: RetryPolicy = RetryPolicy(),
        portfolios: [PortfolioLimit] = []
    ) {
        precondition(maxInFlight >= 1 && poll > .zero && lease > .zero, "delivery needs room, a poll and a lease")
        precondition(longestAttempt < lease, "a claim holds longer than any attempt can take")
        self.longestAttempt = longestAttempt
        self.maxInFlight = maxInFlight
        self.lease = lease
        self.poll = poll
        self.drain = drain
        self.probe = probe
        self.circuit = circuit
        self.retry = retry
        self.portfolios = portfolios
    }
}
