// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// How a store stands: what survives that a sender was told is stored, and of a store that nodes share, how they and the server fare.
package struct StoreStanding: Hashable, Sendable {
    /// What survives that was answered with 2xx.
    package let durability: Durability
    /// The server that has the store; `nil` for a file.
    package var server: Server?

    package init(durability: Durability, server: Server? = nil) {
        self.durability = durability
        self.server = server
    }

    /// What an event survives that was answered with 2xx.
    package enum Durability: Hashable, Sendable {
        /// Not even the end of the process.
        case memory
        /// A crash of the machine, by the way that is named, but not the loss of the disk.
        case disk(by: String)
        /// Nothing that can be counted on, because of a setting of the server.
        case doubtful(because: String)
        /// The loss of the server: standbys confirm each commit, as it was asked for.
        case standbys(asked: String)
        /// Standbys are to confirm, and there are too few: commits wait.
        case waits(asked: String)
        /// Standbys are to confirm, and the role may not see whether they do.
        case unseen(asked: String)
    }

    /// What can be lost with what was answered with 2xx surviving it.
    package enum Loss: String, CaseIterable, Sendable {
        case process, machine, server
    }

    /// What a server's standbys do.
    package struct Standbys: Hashable, Sendable {
        /// Those that confirm commits before they are answered.
        package var confirming: Int
        /// Those that follow behind.
        package var following: Int

        package init(confirming: Int, following: Int) {
            (self.confirming, self.following) = (confirming, following)
        }
    }

    /// A server, and who uses it.
    package struct Server: Hashable, Sendable {
        /// Such as `PostgreSQL 15.18`.
        package var version: String
        /// Whether it takes no writes: a standby.
        package var isStandby = false
        /// Its standbys; `nil` where the role may not see them.
        package var standbys: Standbys?
        /// So many standbys have to confirm each commit.
        package var standbysWanted = 0
        /// Whether the role may see what other sessions do; else no snapshot is known.
        package var seesSessions = true
        /// Who holds the oldest snapshot; `nil` where nobody does, or nobody may see it.
        package var oldestSnapshot: Snapshot?
        /// Rows that were deleted and still stand in the way, by table of the queue.
        package var deadRows: [String: Int] = [:]
        /// How many connections the server has, of how many.
        package var connections = Connections(used: 0, limit: 0)
        /// How the nodes hear of each other's messages, as far as this process knows; `nil` for a tool, which does not hear.
        package var calls: Calls?
        /// How far the database's clock is ahead of this process's; `nil` while nobody knows.
        package var clockOffset: Duration?
        /// All nodes, those too that are silent.
        package var nodes: [Node] = []
        /// Which node leads; `nil` where none does.
        package var leader: Leader?
        /// Whether this process leads; `nil` for a tool.
        package var leads: Bool?
        /// What this process has asked the server since it began, in statements.
        package var statements = 0

        package init(version: String) {
            self.version = version
        }
    }

    /// How many connections there are, of all clients, and how many there may be.
    package struct Connections: Hashable, Sendable {
        package var used: Int
        package var limit: Int

        package init(used: Int, limit: Int) {
            (self.used, self.limit) = (used, limit)
        }
    }

    /// What keeps the server from cleaning up what was deleted since.
    package struct Snapshot: Hashable, Sendable {
        /// Since when it is held; `nil` for one that has no time (a replication slot).
        package var age: Duration?
        /// How many transactions began since.
        package var transactions: Int
        /// Who holds it: a session's number and name, or what else it is.
        package var holder: String

        package init(age: Duration?, transactions: Int, holder: String) {
            (self.age, self.transactions, self.holder) = (age, transactions, holder)
        }
    }

    /// How nodes hear of what others store.
    package enum Calls: Hashable, Sendable {
        /// By a call, which came back after so long when it was tried last.
        case notify(roundTrip: Duration?)
        /// By looking: calls do not arrive.
        case poll
        /// Nobody knows yet.
        case unknown
    }

    /// One process that serves the store.
    package struct Node: Hashable, Sendable {
        package var name: String
        package var build: String
        /// Where it listens for senders, as its configuration says.
        package var address: String
        package var startedAt: Timestamp
        /// How long ago it said that it lives.
        package var silence: Duration
        /// How far the database's clock is ahead of its own.
        package var clockOffset: Duration
        /// Whether calls of other nodes reach it; `nil` while it does not know.
        package var hears: Bool?
        package var leads: Bool

        package init(
            name: String,
            build: String,
            address: String,
            startedAt: Timestamp,
            silence: Duration,
            clockOffset: Duration = .zero,
            hears: Bool? = nil,
            leads: Bool = false
        ) {
            (self.name, self.build, self.address, self.startedAt) = (name, build, address, startedAt)
            (self.silence, self.clockOffset, self.hears, self.leads) = (silence, clockOffset, hears, leads)
        }

        /// Whether it said so lately; one that ended in order is no node any more.
        package var isAlive: Bool { silence < Self.longestSilence }

        /// Three beats, and what they take; who is silent for longer does not count, neither here nor where nodes share a rate.
        package static let longestSilence: Duration = .seconds(20)
    }

    /// Who leads.
    package struct Leader: Hashable, Sendable {
        package var node: String
        /// Since when without a break.
        package var term: Timestamp

        package init(node: String, term: Timestamp) {
            (self.node, self.term) = (node, term)
        }
    }
}

extension StoreStanding.Durability {
    /// Whether what was answered with 2xx survives that; standbys that nobody sees are believed.
    package func survives(_ loss: StoreStanding.Loss) -> Bool {
        switch (self, loss) {
        case (.memory, _): false
        case (.doubtful, _): loss == .process
        case (.disk, _), (.waits, _): loss != .server
        case (.standbys, _), (.unseen, _): true
        }
    }
}
