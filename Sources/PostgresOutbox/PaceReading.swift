// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Messages
package import Outbox
import PartnerAPI
import PostgresConnection

/// Reads what the paces of a new run have to know, inside the caller's snapshot.
///
/// No index has when messages left: the newest rows are read from the end on, and what waits along the line, both bounded.
enum PaceReading {
    /// The request of a message that names the number which sends it; no other is read.
    private static let request = """
        CASE WHEN position('"phoneNumberId":'::bytea in r.request) > 0 THEN r.request END
        """

    static func departures(
        since: Timestamp,
        pairsSince: Timestamp,
        _ transaction: inout PostgresTransaction
    ) throws -> [PaceMemory.Departure] {
        let sql = """
            SELECT m.account, m.recipient, m.category, coalesce(l.claimed_at, m.claimed_at),
                CASE WHEN l.message IS NULL THEN m.state ELSE 'sending' END,
                CASE WHEN coalesce(l.claimed_at, m.claimed_at) > $1 THEN \(request) END
            FROM hookline.messages m LEFT JOIN hookline.leases l ON l.message = m.id
                LEFT JOIN hookline.message_requests r ON r.message = m.id
            WHERE m.place > (SELECT coalesce(max(place), 0) FROM hookline.messages) - $2
                AND coalesce(l.claimed_at, m.claimed_at) > $3 AND m.recipient IS NOT NULL
            """
        let query = PostgresQuery(sql) {
            $0.add(pairsSince)
            $0.add(PaceMemory.newest)
            $0.add(since)
        }
        return try transaction.rows(query).map { row -> PaceMemory.Departure? in
            guard let mayHaveArrived = (try row.name(4) as MessageState).mayHaveLeft else { return nil }
            return PaceMemory.Departure(
                account: try row.text(0),
                recipient: try row.text(1),
                number: try number(row, 5),
                category: try row.optionalText(2).flatMap(MessageCategory.init),
                at: try row.time(3),
                mayHaveArrived: mayHaveArrived
            )
        }.compactMap(\.self)
    }

    private static func number(_ row: PostgresRow, _ column: Int) throws -> String? {
        try row.optionalBlob(column).flatMap { RenderedRequest(kept: $0).phoneNumberID }
    }

    /// Who waits for a turn, and how far that was looked for.
    static func addPlaces(
        of accounts: [String],
        to memory: inout PaceMemory,
        _ transaction: inout PostgresTransaction
    ) throws {
        guard !accounts.isEmpty else { return }
        let answers = try transaction.rows(accounts.flatMap { [places(of: $0), end(of: $0)] })
        for (index, account) in accounts.enumerated() {
            memory.places += try answers[2 * index].map { try place($0, account) }
            memory.placesUntil[account] = try answers[2 * index + 1].first?.time(0)
        }
    }

    private static func end(of account: String) -> PostgresQuery {
        let sql = "SELECT due_at FROM hookline.waiting WHERE account = $1 ORDER BY due_at OFFSET $2 LIMIT 1"
        return PostgresQuery(sql) {
            $0.add(account)
            $0.add(PaceMemory.nextDue - 1)
        }
    }

    private static func places(of account: String) -> PostgresQuery {
        let sql = """
            SELECT m.id, m.recipient, w.due_at, \(request), starts_with(m.reason, $3)
            FROM (SELECT message, due_at FROM hookline.waiting WHERE account = $1 ORDER BY due_at LIMIT $2) w
                JOIN hookline.messages m ON \(byKey("m.id", "w.message"))
                LEFT JOIN hookline.message_requests r ON \(byKey("r.message", "m.id"))
            WHERE m.state = 'deferred' AND m.recipient IS NOT NULL
                AND (starts_with(m.reason, $3) OR starts_with(m.reason, $4))
            ORDER BY w.due_at, m.place
            """
        return PostgresQuery(sql) {
            $0.add(account)
            $0.add(PaceMemory.nextDue)
            $0.add(SendGate.pair.words)
            $0.add(SendGate.number.words)
        }
    }

    private static func place(_ row: PostgresRow, _ account: String) throws -> PaceMemory.Place {
        PaceMemory.Place(
            message: try row.uuid(0).messageID,
            gate: try row.flag(4) ? .pair : .number,
            account: account,
            recipient: try row.text(1),
            number: try number(row, 3),
            at: try row.time(2)
        )
    }
}

extension PostgresOutbox {
    package func paceMemory(
        of accounts: [String],
        since: Timestamp,
        pairsSince: Timestamp
    ) async throws(StoreError) -> PaceMemory {
        try await read { transaction in
            var memory = PaceMemory()
            memory.departures = try PaceReading.departures(since: since, pairsSince: pairsSince, &transaction)
            try PaceReading.addPlaces(of: accounts, to: &memory, &transaction)
            return memory
        }
    }

    package func places(of accounts: [String]) async throws(StoreError) -> PaceMemory {
        try await read { transaction in
            var memory = PaceMemory()
            try PaceReading.addPlaces(of: accounts, to: &memory, &transaction)
            return memory
        }
    }
}
