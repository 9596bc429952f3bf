// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages

/// Changes of a message's row, each with its entries of the timeline.
struct MessageTable {
    let database: Database

    func row(_ id: MessageID) throws -> MessageRow? {
        try database.row("\(MessageRow.select) WHERE m.id = ?", [id.rawValue], MessageRow.init)
    }

    /// Writes what a machine went through.
    ///
    /// The row becomes what is stored; its lease is left alone while the message is `sending`.
    func write(
        _ machine: borrowing MessageStateMachine,
        to row: inout MessageRow,
        at: Timestamp,
        who: String = TimelineEntry.service
    ) throws {
        row.message.dueAt = machine.dueAt
        row.message.expiresAt = machine.expiresAt
        row.message.attempts = machine.attempts
        row.agesFrom = machine.agesFrom
        try write(machine.steps, to: &row, at: at, who: who)
    }

    /// Writes changes of state, and the rest of the row as it is.
    func write(
        _ steps: [MessageStateMachine.Step],
        to row: inout MessageRow,
        at: Timestamp,
        who: String = TimelineEntry.service
    ) throws {
        let timeline = TimelineTable(database: database)
        for step in steps {
            row.steps += 1
            let entry = TimelineEntry(at: at, who: who, from: step.from, to: step.to, why: step.reason)
            try timeline.add(entry, to: row.seq, number: row.steps)
            row.message.state = step.to
            row.message.reason = step.reason
        }
        if row.message.state != .sending { row.leaseEnds = nil }
        row.message.updatedAt = at
        try update(row)
    }

    private func update(_ row: MessageRow) throws {
        let message = row.message
        try database.run(
            """
            UPDATE messages SET state = ?, reason = ?, due_at = ?, expires_at = ?, claims = ?, claimed_at = ?,
                lease_ends = ?, attempts = ?, ages_from = ?, steps = ?, partner_id = ?, updated_at = ? WHERE seq = ?
            """,
            [
                message.state.rawValue, message.reason, message.dueAt?.microseconds, message.expiresAt?.microseconds,
                row.claims, row.claimedAt?.microseconds, row.leaseEnds?.microseconds, message.attempts,
                row.agesFrom.microseconds, row.steps, message.partnerID, message.updatedAt.microseconds, row.seq,
            ]
        )
    }
}
