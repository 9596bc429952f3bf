// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages

/// Hands due messages to a worker, inside the caller's transaction.
struct Claiming {
    let database: Database

    func claim(_ quotas: [ClaimQuota], leaseEnds: Timestamp, now: Timestamp) throws -> [ClaimedMessage] {
        var claimed: [ClaimedMessage] = []
        for quota in quotas where quota.limit > 0 {
            for row in try due(quota, now: now) {
                if let message = try claim(row, leaseEnds: leaseEnds, now: now) { claimed.append(message) }
            }
        }
        return claimed
    }

    /// The messages whose lease has run out.
    func expired(at now: Timestamp, limit: Int) throws -> [ClaimedMessage] {
        try database.rows(
            "\(MessageRow.select) WHERE m.lease_ends IS NOT NULL AND m.lease_ends <= ? ORDER BY m.lease_ends, m.seq LIMIT ?",
            [now.microseconds, limit],
            MessageRow.init
        ).compactMap { $0.claimed() }
    }

    /// When the next message of the accounts is due: one step into an index for each.
    func nextDue(accounts: [String]) throws -> Timestamp? {
        try accounts.compactMap { account in
            try database.row(
                "SELECT due_at FROM messages WHERE account = ? AND due_at IS NOT NULL ORDER BY due_at LIMIT 1",
                [account]
            ) { $0.time(0) }
        }.min()
    }

    private func due(_ quota: ClaimQuota, now: Timestamp) throws -> [MessageRow] {
        try database.rows(
            """
            \(MessageRow.select) WHERE m.account = ? AND m.due_at IS NOT NULL AND m.due_at <= ?
            ORDER BY m.due_at, m.seq LIMIT ?
            """,
            [quota.account, now.microseconds, quota.limit],
            MessageRow.init
        )
    }

    /// Moves one message to `sending`; settles it instead when it has expired or cannot be read.
    private func claim(_ found: MessageRow, leaseEnds: Timestamp, now: Timestamp) throws -> ClaimedMessage? {
        var row = found
        var machine = row.machine()
        let action = try machine.claim(at: now)
        if action == .send {
            row.claims += 1
            row.claimedAt = now
            row.leaseEnds = leaseEnds
            if row.message.request == nil {
                let unreadable = AttemptDetail(code: "unreadable", reason: "the stored request cannot be read any more")
                var generator = SystemRandomNumberGenerator()
                _ = try machine.attemptEnded(.refused(unreadable), at: now, policy: RetryPolicy(), using: &generator)
            }
        }
        try MessageTable(database: database).write(machine, to: &row, at: now)
        return row.claimed()
    }
}
