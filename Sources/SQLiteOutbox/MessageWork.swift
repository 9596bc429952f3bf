// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// Claims, settlements and decisions, inside the caller's transaction: reads records, asks the law, writes records.
struct MessageWork {
    private let database: Database
    private let table: MessageTable

    init(database: Database) {
        self.database = database
        table = MessageTable(database: database)
    }

    /// Leases due messages to a worker, by account and due time.
    func claim(
        _ quotas: [ClaimQuota],
        leaseEnds: Timestamp,
        now: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> [ClaimedMessage] {
        var claimed: [ClaimedMessage] = []
        for quota in quotas where quota.limit > 0 {
            let due = try table.rows(
                "WHERE m.account = ? AND m.due_at IS NOT NULL AND m.due_at <= ? ORDER BY m.due_at, m.seq LIMIT ?",
                [quota.account, now.microseconds, quota.limit]
            )
            for var row in due {
                let entries = try row.record.claim(until: leaseEnds, at: now)
                try table.update(row, entries, effects: &effects)
                if let message = row.record.claimed { claimed.append(message) }
            }
        }
        return claimed
    }

    /// The messages whose lease has run out.
    func expired(at now: Timestamp, limit: Int) throws -> [ClaimedMessage] {
        try table.rows(
            "WHERE m.lease_ends IS NOT NULL AND m.lease_ends <= ? ORDER BY m.lease_ends, m.seq LIMIT ?",
            [now.microseconds, limit]
        ).compactMap(\.record.claimed)
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

    /// Writes down how claimed messages fared.
    func settle(_ settlements: [Settlement], effects: inout WriteQueue.Effects) throws -> [SettlementResult] {
        try settlements.map { settlement in
            if settlement.dueAt != nil { effects.wakes = true }
            let result = try settle(settlement, effects: &effects)
            guard result == .settled || result == .acceptedLate, let attempt = settlement.attempt else { return result }
            try TimelineTable(database: database).put(attempt, to: settlement.message)
            return result
        }
    }

    private func settle(_ settlement: Settlement, effects: inout WriteQueue.Effects) throws -> SettlementResult {
        if try table.settle(settlement, effects: &effects) { return .settled }
        guard var row = try table.row(settlement.message) else { return .unknown }
        let (result, entries) = row.record.settle(settlement)
        if entries.isEmpty { return result }
        try table.update(row, entries, attempt: settlement.attempt, effects: &effects)
        return result
    }

    /// Carries out what a person decided.
    func decide(
        _ decision: Decision,
        on id: MessageID,
        by who: String,
        at now: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> Message {
        guard var row = try table.row(id) else { throw StoreError(.notFound, "there is no message \(id)") }
        do {
            let entries = try row.record.decide(decision, by: who, at: now)
            try table.update(row, entries, effects: &effects)
        } catch let refusal as MessageStateMachine.IllegalTransition {
            throw StoreError(.conflict, "\(id): \(refusal)")
        }
        if row.record.message.state.isWaiting { effects.wakes = true }
        return row.record.message
    }
}
