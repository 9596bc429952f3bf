// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import GRDB
import Messages
package import Outbox

/// Reads what the paces of a new run have to know, inside the caller's snapshot.
///
/// No index has when messages left: the newest rows are read from the end on, and what waits along the index of due times,
/// both bounded. So a claim writes nothing for it.
struct PaceReading {
    let database: Database

    /// The number that a row's message names, of a request that names one and can be read.
    private static let number = """
        (SELECT json_extract(r.request, '$.phoneNumberId') FROM message_requests r WHERE r.message = seq
            AND instr(r.request, '"phoneNumberId":') > 0 AND json_valid(r.request))
        """

    func memory(of accounts: [String], since: Timestamp, pairsSince: Timestamp) throws -> PaceMemory {
        var memory = PaceMemory()
        let newest = try database.rows(
            """
            SELECT account, recipient, category, claimed_at, state,
                CASE WHEN claimed_at > ? THEN \(Self.number) END FROM messages
                WHERE seq > (SELECT coalesce(max(seq), 0) FROM messages) - ? AND claimed_at > ?
                AND recipient IS NOT NULL
            """,
            [pairsSince.microseconds, PaceMemory.newest, since.microseconds]
        ) { row in
            try (row.name(4) as MessageState).mayHaveLeft.map { mayHaveArrived in
                PaceMemory.Departure(
                    account: row[0],
                    recipient: row[1],
                    number: row[5],
                    category: (row[2] as String?).flatMap(MessageCategory.init),
                    at: row.time(3),
                    mayHaveArrived: mayHaveArrived
                )
            }
        }
        memory.departures = newest.compactMap(\.self)
        try addPlaces(of: accounts, to: &memory)
        return memory
    }

    /// Who waits for a turn, and how far that was looked for.
    func addPlaces(of accounts: [String], to memory: inout PaceMemory) throws {
        for account in accounts {
            memory.places += try places(of: account)
            memory.placesUntil[account] = try database.row(
                "SELECT due_at FROM messages WHERE account = ? AND due_at IS NOT NULL ORDER BY due_at LIMIT 1 OFFSET ?",
                [account, PaceMemory.nextDue - 1]
            ) { $0.time(0) }
        }
    }

    private func places(of account: String) throws -> [PaceMemory.Place] {
        let (pair, number) = (SendGate.pair.words, SendGate.number.words)
        return try database.rows(
            """
            SELECT id, recipient, due_at, \(Self.number), substr(reason, 1, ?3) = ?4 FROM
                (SELECT seq, id, recipient, due_at, state, reason FROM messages WHERE account = ?1 AND due_at IS NOT NULL
                    ORDER BY due_at LIMIT ?2)
                WHERE state = 'deferred' AND recipient IS NOT NULL
                    AND (substr(reason, 1, ?3) = ?4 OR substr(reason, 1, ?5) = ?6)
            """,
            [account, PaceMemory.nextDue, pair.utf8.count, pair, number.utf8.count, number]
        ) { row in
            PaceMemory.Place(
                message: MessageID(rawValue: row[0]),
                gate: row[4] as Bool ? .pair : .number,
                account: account,
                recipient: row[1],
                number: row[3],
                at: row.time(2)
            )
        }
    }
}

extension SQLiteOutbox {
    package func paceMemory(
        of accounts: [String],
        since: Timestamp,
        pairsSince: Timestamp
    ) async throws(StoreError) -> PaceMemory {
        try await read { try PaceReading(database: $0).memory(of: accounts, since: since, pairsSince: pairsSince) }
    }

    package func places(of accounts: [String]) async throws(StoreError) -> PaceMemory {
        try await read { database in
            var memory = PaceMemory()
            try PaceReading(database: database).addPlaces(of: accounts, to: &memory)
            return memory
        }
    }
}
