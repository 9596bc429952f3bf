// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages

/// Writes down how claimed messages fared, inside the caller's transaction.
struct Settling {
    let database: Database

    func settle(_ settlements: [Settlement], effects: inout WriteQueue.Effects) throws -> [SettlementResult] {
        var results: [SettlementResult] = []
        for settlement in settlements {
            results.append(try settle(settlement))
            if settlement.dueAt != nil { effects.wakes = true }
        }
        return results
    }

    private func settle(_ settlement: Settlement) throws -> SettlementResult {
        guard var row = try MessageTable(database: database).row(settlement.message) else { return .unknown }
        guard row.message.state == .sending, row.claims == settlement.claim else {
            return try settleLate(settlement, &row)
        }
        row.message.dueAt = settlement.dueAt
        row.message.attempts = settlement.attempts
        try write(settlement, settlement.steps, to: &row)
        return .settled
    }

    /// The lease ran out meanwhile.
    ///
    /// That the partner took the message is still worth knowing: whoever would send it again must not. Once it has
    /// been claimed anew it is too late for that.
    private func settleLate(_ settlement: Settlement, _ row: inout MessageRow) throws -> SettlementResult {
        guard let partnerID = settlement.partnerID, row.claims == settlement.claim else {
            return .ignored(row.message.state)
        }
        var machine = row.machine()
        do {
            _ = try machine.acceptedLate(partnerID: partnerID)
        } catch {
            return .ignored(row.message.state)
        }
        row.message.dueAt = nil
        try write(settlement, machine.steps, to: &row)
        return .acceptedLate
    }

    private func write(
        _ settlement: Settlement,
        _ steps: [MessageStateMachine.Step],
        to row: inout MessageRow
    ) throws {
        row.message.partnerID = settlement.partnerID ?? row.message.partnerID
        try MessageTable(database: database).write(steps, to: &row, at: settlement.at)
        if let attempt = settlement.attempt { try TimelineTable(database: database).put(attempt, to: row.seq) }
    }
}
