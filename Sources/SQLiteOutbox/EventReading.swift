// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDB
import Messages
import Outbox

/// Reads events inside the caller's snapshot.
struct EventReading {
    let database: Database

    private struct Found {
        let seq: Int64
        let summary: EventSummary
        let headers: String
        let body: Data?
        let calledOff: CallOffReport?
    }

    static let columns = """
        e.seq, e.id, e.source, e.type, e.sender_id, e.time, e.received_at, e.disposition, e.disposition_reason,
        e.duplicates, e.last_duplicate_at, e.message_count, e.secret_label
        """

    func events(_ filter: EventFilter) throws -> Page<EventSummary> {
        try list(filter).page(database, limit: filter.limit, cursor: filter.cursor) { row in
            var summary = try Self.summary(row)
            summary.calledOff = Self.calledOff(row[13])
            return summary
        }
    }

    /// The events that a filter means.
    ///
    /// Those of a type are in order in their index for each source alone, of which a type has few.
    func list(_ filter: EventFilter) throws -> ListQuery {
        var query = ListQuery("SELECT \(Self.columns), e.called_off FROM events e", of: "events e", key: "e.seq")
        // Of a secret's events the newest rows are read as they lie; the plus keeps the index of sources away from them.
        query.add(filter.secretLabel == nil ? "e.source = ?" : "+e.source = ?", filter.source)
        query.add("e.type = ?", filter.type)
        if let type = filter.type, filter.source == nil, filter.recipients.isEmpty {
            let sources = try sources(of: type)
            if sources.isEmpty { query.add("0") }
            if (1...Self.mostSources).contains(sources.count) { query.split(by: "e.source", into: sources) }
        }
        if let label = filter.secretLabel {
            // No index knows of secrets: what signed nothing would be looked for in all rows.
            query.add("e.secret_label = ?", label)
            query.add("e.seq > (SELECT max(seq) FROM events) - ?", EventFilter.secretReach)
        }
        query.add("e.disposition = ?", filter.disposition?.rawValue)
        // The index of the few is used where the query says that no others are wanted.
        if let wanted = filter.disposition, wanted != .matched { query.add("e.disposition <> 'matched'") }
        query.add(
            """
            e.seq IN (SELECT event FROM messages WHERE recipient IN ? UNION SELECT i.event FROM digest_items i
                JOIN messages m ON m.seq = i.message WHERE m.recipient IN ?)
            """,
            anyOf: filter.recipients
        )
        query.add("e.received_at >= ?", filter.since?.microseconds)
        return query
    }

    /// A type of more sources than this is looked for in all rows: none is rare.
    private static let mostSources = 64

    /// The sources from which events of a type came, one more than ``mostSources`` of them at most: a search in the index each.
    private func sources(of type: String) throws -> [String] {
        try database.values(of: "source", in: "events", where: "type = ?", [type], limit: Self.mostSources + 1)
    }

    /// When secrets had signed the newest events of a source: as many rows are read as are looked at.
    func secretUses(of source: String, newest limit: Int) throws -> SecretUses {
        var uses = SecretUses()
        let rows = try database.rows(
            """
            SELECT secret_label, count(*), min(received_at), max(received_at) FROM
                (SELECT secret_label, received_at FROM events WHERE source = ? ORDER BY seq DESC LIMIT ?)
                GROUP BY secret_label
            """,
            [source, limit]
        ) { row in
            (
                label: row[0] as String?, count: row[1] as Int,
                use: SecretUses.Use(first: row.time(2), last: row.time(3), events: row[1])
            )
        }
        for row in rows {
            uses.looked += row.count
            if let label = row.label { uses.byLabel[label] = row.use }
        }
        uses.isWhole = uses.looked < limit
        return uses
    }

    /// The beginnings of events' bodies; what is behind them does not leave the database.
    func bodies(of ids: [EventID], first bytes: Int) throws -> [EventID: [UInt8]] {
        var bodies: [EventID: [UInt8]] = [:]
        for id in ids {
            let sql = "SELECT substr(b.body, 1, ?) FROM events e JOIN event_bodies b ON b.event = e.seq WHERE e.id = ?"
            bodies[id] =
                try database.row(sql, [bytes, id.rawValue]) { row in (row[0] as Data?).map { Array($0) } } ?? nil
        }
        return bodies
    }

    func event(_ id: EventID, messages most: Int = .max) throws -> StoredEvent? {
        let found = try database.row(
            """
            SELECT \(Self.columns), b.headers, b.body, e.called_off
            FROM events e LEFT JOIN event_bodies b ON b.event = e.seq WHERE e.id = ?
            """,
            [id.rawValue]
        ) { row in
            return Found(
                seq: row[0],
                summary: try Self.summary(row),
                headers: row[13] as String? ?? "[]",
                body: row[14],
                calledOff: Self.calledOff(row[15])
            )
        }
        guard let found else { return nil }
        let messages = try MessageTable(database: database).rows(
            """
            WHERE m.seq IN (SELECT seq FROM messages WHERE event = ? UNION SELECT message FROM digest_items WHERE event = ?)
                ORDER BY m.seq LIMIT ?
            """,
            [found.seq, found.seq, most]
        )
        var event = found.summary.event(headers: found.headers, body: found.body ?? Data())
        event.trace = try TraceTable(database: database).context(of: found.seq)
        return StoredEvent(
            event: event,
            duplicates: found.summary.duplicates,
            lastDuplicateAt: found.summary.lastDuplicateAt,
            lookUp: try LookUpTable(database: database).record(event: found.seq),
            messages: messages.map(\.record.message),
            messageCount: found.summary.messages,
            calledOff: found.calledOff,
            hasBody: EventContents.isKept(found.headers, found.body)
        )
    }

    private static func calledOff(_ text: String?) -> CallOffReport? {
        text.flatMap { try? JSON(parsing: $0) }.flatMap { CallOffReport($0) }
    }

    static func summary(_ row: Row) throws -> EventSummary {
        EventSummary(
            id: EventID(rawValue: row[1]),
            source: row[2],
            type: row[3],
            senderID: row[4],
            time: row.time(5),
            receivedAt: row.time(6),
            secretLabel: row[12],
            disposition: Disposition(try row.name(7), reason: row[8]),
            duplicates: row[9],
            lastDuplicateAt: row.optionalTime(10),
            messages: row[11]
        )
    }
}

extension EventSummary {
    /// The event with what its other table keeps.
    ///
    /// - Parameters:
    ///   - headers: As they are kept.
    ///   - body: Byte for byte as it was received.
    /// - Returns: The event as it was accepted.
    func event(headers: String, body: Data) -> NewEvent {
        NewEvent(
            id: id,
            source: source,
            type: type,
            senderID: senderID,
            time: time,
            receivedAt: receivedAt,
            headers: HeaderText.decode(headers),
            rawBody: [UInt8](body),
            secretLabel: secretLabel,
            disposition: disposition
        )
    }
}
