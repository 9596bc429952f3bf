// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// How often those who wait for something ask the store by themselves, beside the calls that wake them.
///
/// A file of this machine is asked for next to nothing. Nodes that share a database each ask it, over a network and beside
/// all others: one look a second (``look``) asks for whoever may have something to do and wakes them, so that they themselves ask
/// more rarely; all of it together is less than two statements a second and node (docs/postgres.md has the table).
package struct Polling: Hashable, Sendable {
    /// What others have written, and whether a job runs.
    package var look: Duration = .seconds(1)
    /// By which share of itself that pause is longer or shorter, by chance.
    package var spread = 0.0
    /// Messages that are due.
    package var messages: Duration = .seconds(5)
    /// Digests that are due.
    package var digests: Duration = .seconds(5)
    /// How many digests are open, for the metrics.
    package var openDigests: Duration = .seconds(15)
    /// Events that wait for a look-up.
    package var lookUps: Duration = .seconds(5)
    /// Leases that ran out.
    package var leases: Duration = .seconds(5)
    /// How many messages stand in which state, and wait for turns, for the metrics.
    package var depth: Duration = .seconds(10)

    /// With a store that one process serves.
    package static let ofOneProcess = Polling()

    /// With a store that nodes share.
    package static let ofNodes = {
        var polling = Polling()
        (polling.spread, polling.messages, polling.digests) = (0.2, .seconds(30), .seconds(30))
        (polling.lookUps, polling.openDigests, polling.depth) = (.seconds(10), .seconds(30), .seconds(30))
        return polling
    }()
}
