// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDB
import Messages
import Outbox

/// Reads what is kept in the order in which it was accepted, inside the caller's snapshot.
struct ArchiveReading {
    let database: Database

    /// An event's row with what is joined to it.
    private struct EventRow {
        let seq: Int64
        let event: NewEvent
        let hasBody: Bool
        let payload: [UInt8]?
        let lookUp: LookUpRecord?

        func archived(_ messages: [ArchivedMessage]) -> ArchivedEvent {
            ArchivedEvent(event: event, hasBody: hasBody, payload: payload, lookUp: lookUp, messages: messages)
        }
    }

    func events(after cursor: PageCursor?, limit: Int) throws -> Page<ArchivedEvent> {
        let seq = cursor.flatMap { Int64($0.rawValue) } ?? 0
        let rows = try database.rows(
            "\(Self.select) WHERE e.seq > ? ORDER BY e.seq LIMIT ?",
            [seq, limit + 1],
            Self.row
        )
        let page = rows.prefix(limit)
        guard let first = page.first, let last = page.last else { return Page(elements: [], next: nil) }
        let messages = try messages(from: first.seq, to: last.seq)
        return Page(
            elements: page.map { $0.archived(messages[$0.event.id] ?? []) },
            next: rows.count > limit ? PageCursor(rawValue: String(last.seq)) : nil
        )
    }

    /// The events that a condition on `e` names, in their order, each with its place.
    ///
    /// They may lie far apart, so the messages of each are read for themselves.
    func events(where condition: String, _ arguments: StatementArguments, limit: Int) throws -> [PlacedEvent] {
        let rows = try database.rows(
            "\(Self.select) WHERE \(condition) ORDER BY e.seq LIMIT ?",
            arguments + [limit],
            Self.row
        )
        return try rows.map { row in
            let messages = try messages(from: row.seq, to: row.seq)[row.event.id] ?? []
            return PlacedEvent(place: row.seq, archived: row.archived(messages))
        }
    }

    private static let select = """
        SELECT \(EventReading.columns), b.headers, b.body, l.event, l.payload, l.failures, l.due_at, l.result
        FROM events e LEFT JOIN event_bodies b ON b.event = e.seq LEFT JOIN look_ups l ON l.event = e.seq
        """

    private static func row(_ row: Row) throws -> EventRow {
        let (summary, headers, body) = (try EventReading.summary(row), row[13] as String? ?? "[]", row[14] as Data?)
        let isLookedUp = (row[15] as Int64?) != nil
        return EventRow(
            seq: row[0],
            event: summary.event(headers: headers, body: body ?? Data()),
            hasBody: EventContents.isKept(headers, body),
            payload: (row[16] as Data?).map { [UInt8]($0) },
            lookUp: isLookedUp
                ? LookUpRecord(
                    failures: row[17],
                    dueAt: row.optionalTime(18),
                    result: (row[19] as Data?).map { [UInt8]($0) }
                )
                : nil
        )
    }

    /// The messages of neighbouring events, by event.
    private func messages(from first: Int64, to last: Int64) throws -> [EventID: [ArchivedMessage]] {
        let range: StatementArguments = [first, last]
        let stories = Dictionary(
            uniqueKeysWithValues: try database.rows(
                "SELECT seq, story FROM messages WHERE event BETWEEN ? AND ?",
                range
            ) { ($0[0] as Int64, try Story.read($0[1]).timeline) }
        )
        let timelines = TimelineTable(database: database)
        let rows = try MessageTable(database: database)
            .rows("WHERE m.event BETWEEN ? AND ? ORDER BY m.event, m.seq", range)
        var found: [EventID: [ArchivedMessage]] = [:]
        for row in rows {
            let story = stories[row.seq] ?? []
            // A message of before migration 8 began in another table.
            let isWhole = story.first.map { $0.from == nil } ?? false
            let message = ArchivedMessage(
                message: row.record.message,
                agesFrom: row.record.agesFrom,
                timeline: isWhole ? story : try timelines.entries(of: row.seq) + story,
                recipient: row.record.recipient
            )
            found[row.record.message.event, default: []].append(message)
        }
        return found
    }
}
