// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox

// What an event does beside its messages, which begin afterwards.

extension Book {
    /// Calls off what the event calls off, and remembers that and the values that rules look at.
    ///
    /// - Throws: When a record contradicts itself.
    mutating func carryOut(
        _ sideEffects: SideEffects,
        of id: EventID,
        at now: Timestamp,
        keys: Timestamp
    ) throws(StoreError) {
        guard !sideEffects.isEmpty, let row = events[id] else { return }
        let event = CallingEvent(row.event)
        if !sideEffects.cancellations.isEmpty {
            var count = CallOffCount()
            for cancellation in sideEffects.cancellations {
                try carryOut(cancellation, of: event, row.seq, at: now, &count)
            }
            events[id]?.calledOff = count
        }
        facts.note(sideEffects, of: event, at: now, keys: keys)
    }

    private mutating func carryOut(
        _ cancellation: Cancellation,
        of event: CallingEvent,
        _ seq: Int,
        at now: Timestamp,
        _ count: inout CallOffCount
    ) throws(StoreError) {
        let last = cancellation.lastConcerned(by: event)
        let meant = messages.values.filter { row in
            guard row.record.message.rule == cancellation.rule, row.record.key == cancellation.key,
                let cause = events[row.record.message.event]?.seq, cause != seq
            else { return false }
            return cause < seq || row.record.message.createdAt <= last
        }
        for var row in meant.sorted(by: { $0.seq < $1.seq }) {
            let (effect, entries) = row.record.callOff(by: event, at: now)
            count.add(effect)
            if !entries.isEmpty { try put(row, entries) }
        }
    }
}
