// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
package import Outbox
import PostgresConnection

/// Looks whether anything waits, with one statement that takes nothing: what a node asks that has nothing to do.
///
/// A claim is a transaction of six statements, and each of those who wait (senders, builders of digests, jobs) would ask for
/// itself. So one look a second asks for all of them and wakes those who have something to do; it is what is left when calls between
/// nodes get lost. Who looked and found nothing looks once more this way before it claims.
struct IdleLook {
    /// The accounts that could take more, with the time from which on to look; `nil` looks through everything.
    let accounts: [(name: String, floor: Timestamp?)]
    /// The time by which something is due; `nil` for the database's own.
    var now: Timestamp?

    /// What waits.
    struct Found {
        /// What the database's clock showed.
        let time: Timestamp
        /// By which time it is due what is due.
        let dueBy: Timestamp
        /// When the first message of these accounts is due; `nil` when none waits.
        let due: Timestamp?
        /// Whether that is now.
        let isDue: Bool
        /// Whether a digest is to be built now.
        let hasDigest: Bool
        /// Whether a job runs.
        let hasJob: Bool
        /// How long the database looked.
        let took: Duration
    }

    /// Asks.
    func run(_ transaction: inout PostgresTransaction) throws -> Found {
        let query = PostgresQuery(Self.question) {
            $0.add(accounts.map(\.name))
            $0.add(accounts.map(\.floor))
            $0.add(now)
        }
        let begin = ContinuousClock.now
        guard let row = try transaction.rows(query).first else {
            throw PostgresError(.unreadable, "a look brought no row")
        }
        return Found(
            time: try row.time(0),
            dueBy: try row.time(1),
            due: try row.optionalTime(2),
            isDue: try row.flag(3),
            hasDigest: try row.flag(4),
            hasJob: try row.flag(5),
            took: begin.duration(to: .now)
        )
    }

    /// One step in an index for each account, for digests and for jobs.
    private static let question = """
        SELECT clock_timestamp(), coalesce($3, now()), w.due, coalesce(w.due <= coalesce($3, now()), false),
            EXISTS (SELECT 1 FROM hookline.waiting
                WHERE account = '\(DigestRows.account)' AND due_at <= coalesce($3, now())),
            EXISTS (SELECT 1 FROM hookline.jobs WHERE state = 'running')
        FROM (SELECT min(n.due_at) AS due
            FROM unnest($1::text[], $2::timestamptz[]) AS a(name, floor), LATERAL (
                SELECT due_at FROM hookline.waiting
                WHERE account = a.name AND due_at >= coalesce(a.floor, '-infinity'::timestamptz)
                ORDER BY due_at LIMIT 1) n) w
        """
}

extension PostgresOutbox {
    /// One look for all who wait on this node: wakes those who have something to do.
    ///
    /// Asked only for accounts that took everything that was due: others ask again by themselves.
    package func heedOthers() async throws(StoreError) -> Bool {
        let begin = ContinuousClock.now
        let look = standing(at: begin)
        let found = try await self.look(at: look, now: nil)
        if found.isDue {
            wakeUpCalls.heardOfMessages()
        } else {
            noteQuiet(look, dueBy: found.dueBy, from: begin, took: found.took)
        }
        if found.hasDigest { wakeUpCalls.heardOfDigests() }
        return found.hasJob
    }

    /// What an exchange would bring that has nothing to settle, where the last one found nothing and nobody rang since.
    ///
    /// - Returns: The exchange; `nil` when it has to be made.
    func idleExchange(_ quotas: [ClaimQuota], now: Timestamp) async throws(StoreError) -> Exchange? {
        let begin = ContinuousClock.now
        guard let look = quiet(before: quotas, at: begin) else { return nil }
        let found = try await self.look(at: look, now: now)
        guard !found.isDue else { return nil }
        noteQuiet(look, dueBy: found.dueBy, from: begin, took: found.took, for: quotas)
        return Exchange(results: [], claimed: [], nextDue: found.due)
    }

    private func look(
        at accounts: [(name: String, floor: Timestamp?)],
        now: Timestamp?
    ) async throws(StoreError) -> IdleLook.Found {
        let clock = options.usesDatabaseClock ? options.clock : nil
        let look = IdleLook(accounts: accounts, now: clock == nil ? now : nil)
        // Who sends must not wait behind what people read.
        return try await ask(on: work) { transaction in
            let asked = clock?.steadyNow
            let found = try look.run(&transaction)
            if let clock, let asked { clock.hear(found.time, asked: asked, answered: clock.steadyNow) }
            return found
        }
    }
}
