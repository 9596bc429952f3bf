// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Gives digests their texts and queues them, or does what their gates and the law say, inside the caller's transaction.
///
/// What was built is taken only while the digest is as it was read: who built of the same events at the same time is told
/// that it is over, for a digest is queued with its text in one commit.
struct DigestClosingWork {
    let now: Timestamp
    /// What time it is for keys.
    let keys: Timestamp

    /// Closes digests.
    ///
    /// - Returns: What became of each, in order.
    func close(
        _ closings: [DigestClosing],
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> [DigestResult] {
        let ids = closings.compactMap { PostgresUUID($0.message) }
        let locked = try MessageRows.lock(ids, &transaction)
        var rows = Dictionary(locked.map { ($0.record.message.id, $0) }) { first, _ in first }
        let answer = try transaction.rows(ConsentRows.question)
        let subjects = Set(locked.compactMap(\.record.subject))
        let optOuts = try ConsentRows.optOuts(of: subjects, answer, &transaction)
        return try closings.map { closing in
            guard var row = rows[closing.message], row.record.isToBuild else { return .over }
            guard row.record.digest?.version == closing.version else { return .changed }
            try close(&row, closing, optOuts, &effects, &transaction)
            rows[closing.message] = row
            return .became(row.record.message.state)
        }
    }

    private func close(
        _ row: inout StoredMessage,
        _ closing: DigestClosing,
        _ optOuts: ConsentRows.OptOuts,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws {
        // What does not read must not let the message leave.
        let content = row.record.damage.map(DigestContent.failed) ?? closing.content
        row.record.take(content)
        let hold =
            try row.record.hold(against: try optOuts.of(row.record.subject), at: now)
            ?? row.record.hold(at: now, keys: keys) { try FactRows.departure($0, &transaction) }
        row.added = row.record.close(content, at: now, held: hold)
        try DigestRows.reopen(&row.record, &transaction)
        try MessageRows.save([row], &effects, &transaction)
        if row.record.digest?.isBuilt == true, let alternative = content.alternative {
            let kept = [(row.record.message.id, alternative)]
            if let query = AcceptedRows.alternatives(kept) { transaction.write(query) }
        }
        if let turn = hold?.turn, row.record.message.state == .deferred {
            transaction.write(FactRows.give(turn.fact, to: turn.holder))
        }
        row.added = []
    }
}
