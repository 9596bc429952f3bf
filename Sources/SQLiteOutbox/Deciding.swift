// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// Carries out what a person decided, inside the caller's transaction.
struct Deciding {
    let database: Database

    func decide(
        _ decision: Decision,
        on id: MessageID,
        by who: String,
        at now: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> Message {
        let table = MessageTable(database: database)
        guard var row = try table.row(id) else { throw StoreError(.notFound, "there is no message \(id)") }
        var machine = row.machine()
        do {
            try apply(decision, to: &machine, row, who, now)
        } catch {
            throw StoreError(.conflict, "\(id): \(error)")
        }
        try table.write(machine, to: &row, at: now, who: who)
        if row.message.state.isWaiting { effects.wakes = true }
        return row.message
    }

    private func apply(
        _ decision: Decision,
        to machine: inout MessageStateMachine,
        _ row: MessageRow,
        _ who: String,
        _ now: Timestamp
    ) throws(MessageStateMachine.IllegalTransition) {
        switch decision {
        case .retry:
            guard row.message.request != nil else {
                throw .init(state: row.message.state, happening: "retry, because it was never built")
            }
            _ = try machine.retry(at: now, because: "\(who) wants it sent")
        case .cancel:
            _ = try machine.cancel(because: "\(who) called it off")
        }
    }
}
