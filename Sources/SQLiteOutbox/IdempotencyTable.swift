// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDB
import Messages

/// The idempotency keys with their answers, inside the caller's transaction or snapshot.
///
/// The answer stands here and not with the event, because an event may be pruned before the key's window is over.
struct IdempotencyTable {
    let database: Database
    /// What time it is for keys.
    let keys: Timestamp

    private var acceptance: Acceptance { Acceptance(database: database, keys: keys) }

    /// How the key was used, and which event a request under it repeats.
    func use(of key: IdempotencyKey) throws -> (use: IdempotencyUse, repeats: EventID?)? {
        let held = try database.row(
            """
            SELECT body_fingerprint, status, answer, event_id, expires_at FROM idempotency_keys
            WHERE api_key = ? AND key = ?
            """,
            [key.apiKey, try name(of: key)]
        ) { row in
            let kept = KeptUse(
                bodyFingerprint: [UInt8](row[0] as Data),
                answer: KeptAnswer(status: row[1], body: [UInt8](row[2] as Data)),
                event: EventID(rawValue: row[3])
            )
            return Held(kept, until: row.time(4))
        }
        return held?.use(by: key, at: keys)
    }

    /// The same, and counts a repetition on the event that came first.
    func countedUse(of key: IdempotencyKey, at now: Timestamp) throws -> IdempotencyUse? {
        guard let (use, repeated) = try use(of: key) else { return nil }
        if let repeated { try acceptance.countDuplicate(of: repeated, at: now) }
        return use
    }

    /// Stores the submission and takes the key, unless somebody did.
    func accept(
        _ prepared: PreparedSubmission,
        key: IdempotencyKey,
        answer: KeptAnswer,
        effects: inout WriteQueue.Effects
    ) throws -> IdempotentReceipt {
        let now = prepared.submission.event.receivedAt
        if let use = try countedUse(of: key, at: now) { return .used(use) }
        let receipt = try acceptance.accept(prepared, effects: &effects)
        try keep(answer, under: key, for: receipt.event)
        return .stored(receipt)
    }

    /// Takes the key with what its caller is answered.
    func keep(_ answer: KeptAnswer, under key: IdempotencyKey, for event: EventID) throws {
        let held = key.kept(answer, for: event, at: keys)
        try database.run(
            """
            INSERT OR REPLACE INTO idempotency_keys
                (api_key, key, body_fingerprint, status, answer, event_id, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                key.apiKey, try name(of: key), Data(key.bodyFingerprint), answer.status, Data(answer.body),
                event.rawValue, held.until.microseconds,
            ]
        )
    }

    private func name(of key: IdempotencyKey) throws -> String {
        try StoredKey.name(of: key.key, in: "idempotency_keys WHERE api_key = ?", [key.apiKey], database)
    }
}
