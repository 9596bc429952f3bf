// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
package import PostgresConnection

// What whoever opens a store can choose, and what a process says of itself that is one of its nodes.

extension PostgresOutbox {
    /// What can be chosen when a store is opened.
    package struct Options: Sendable {
        /// How the connections talk.
        package var session = PostgresSession.Options()
        /// In which pieces the tables are made, and have to be; whatever the database says, or weeks, where it is `nil`.
        package var partitions: PostgresPartitions?
        /// Whether tables are made in an empty database.
        package var makesTables = true
        /// How long a write may take that a sender waits for.
        package var patience: Duration = .seconds(2)
        /// How long an exchange, or something that is read, may take.
        package var answersWithin: Duration = .seconds(15)
        /// Whose clock says what is due and which leases have run out: the database's, or that of who calls.
        package var usesDatabaseClock = true
        /// How often claims look through all that waits, and not only from where the last one began.
        package var looksThroughEvery: Duration = .seconds(5)
        /// Whether sources tell what becomes of messages: those that are stored now can be found by the partner's id, for
        /// one row each.
        package var linksReports = false
        /// Whether sources pass on what recipients write: texts are held against that before they leave.
        package var knowsWindows = false
        /// Whether sends are traced: claims say where their events were accepted.
        package var readsTraces = false
        /// What time it is; set by the database, where its clock counts.
        package var clock = DatabaseClock()
        /// Under which name this node claims; each process has its own.
        package var node = "\(ProcessInfo.processInfo.hostName)/\(UUID().uuidString.prefix(8).lowercased())"
        /// How this process is one of the nodes; `nil` for a tool beside them.
        package var membership: Membership?

        /// How the connections talk that write: what they say is about keys, again and again.
        var writing: PostgresSession.Options {
            var options = session
            options.plansOnce = true
            return options
        }

        /// The same for what senders wait for: what a node that is gone has locked must not take the time of all others.
        var atTheDoors: PostgresSession.Options {
            var options = writing
            options.waitsForLocks = patience / 2
            return options
        }

        package init() {}

        var hearing: Effects.Hearing { Effects.Hearing(linksReports: linksReports, knowsWindows: knowsWindows) }
    }

    /// How a process is one of the nodes of a store.
    package struct Membership: Sendable {
        /// The database without the pooler that stands before it; the store's address where none does.
        package var listen: PostgresAddress?
        /// Which build this is.
        package var build: String
        /// Where it listens for senders, for whoever looks after the nodes.
        package var address = ""
        /// How often it tries whether calls of others arrive, and how long one may take.
        package var trials: Duration = .seconds(60)
        package var patience: Duration = .seconds(10)
        /// How often it says that it lives.
        package var beats: Duration = .seconds(5)
        /// How long whoever leads does so without a further beat.
        package var term: Duration = .seconds(15)

        package init(build: String) {
            self.build = build
        }
    }
}
