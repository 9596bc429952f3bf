// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import PostgresConnection

/// Takes events out of digests inside the caller's transaction, because one that came calls them off.
enum DigestCallingOff {
    /// Takes out of digests what a cancellation concerns.
    ///
    /// - Parameters:
    ///   - meant: What that is.
    ///   - event: The event that calls off.
    ///   - now: The time now.
    ///   - effects: What others hear of.
    ///   - transaction: The transaction.
    /// - Returns: What was called off, and what it was too late for, by events.
    /// - Throws: `PostgresError`, `StoreError`.
    static func callOff(
        _ meant: DigestRows.Meant,
        by event: CallingEvent,
        at now: Timestamp,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> CallOffCount {
        var count = CallOffCount()
        let concerned = Array(try DigestRows.parts(meant, &transaction).keys)
        guard !concerned.isEmpty else { return count }
        let rows = try MessageRows.lock(concerned, &transaction)
        // What somebody joined, or took out, until they were locked.
        let parts = try DigestRows.parts(meant, &transaction)
        var changed: [StoredMessage] = []
        for var row in rows {
            guard let uuid = row.uuid, let part = parts[uuid] else { continue }
            let (effect, isTakenOut, entries) = row.record.callOff(part, by: event, at: now)
            count.add(effect, times: part.count)
            if isTakenOut { transaction.write(DigestRows.takeOut(meant, of: uuid)) }
            guard !entries.isEmpty else { continue }
            row.added = entries
            changed.append(row)
        }
        try MessageRows.save(changed, &effects, &transaction)
        return count
    }

    /// Takes an event that is erased out of the digests that have not left; what has left tells it still.
    static func erase(
        _ event: PostgresUUID,
        at now: Timestamp,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws {
        let concerned = Array(try DigestRows.parts(ofEvent: event, &transaction).keys)
        guard !concerned.isEmpty else { return }
        let rows = try MessageRows.lock(concerned, &transaction)
        let parts = try DigestRows.parts(ofEvent: event, &transaction)
        var changed: [StoredMessage] = []
        for var row in rows {
            guard let uuid = row.uuid, let part = parts[uuid], let entries = row.record.erase(part, at: now) else {
                continue
            }
            transaction.write(DigestRows.takeOut(event, of: uuid))
            row.added = entries
            changed.append(row)
        }
        try MessageRows.save(changed, &effects, &transaction)
    }
}
