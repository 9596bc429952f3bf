// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages

/// Where the acceptance of an event stands in a trace, and when that was.
struct AcceptedTrace {
    let context: TraceContext
    let at: Timestamp
}

/// The table `event_traces`, inside the caller's transaction or snapshot: where the acceptance of events stands in traces.
///
/// A table of its own, so that an event that is in no trace costs nothing; and messages have the trace of their event.
struct TraceTable {
    let database: Database

    /// Writes where an event stands.
    func put(_ context: TraceContext, of event: Int64) throws {
        try database.write("INSERT INTO event_traces (event, traceparent) VALUES (?, ?)") { row in
            row.add(event)
            row.add(context.traceparent)
        }
    }

    /// Where an event stands; `nil` when it is in no trace.
    func context(of event: Int64) throws -> TraceContext? {
        try database.row("SELECT traceparent FROM event_traces WHERE event = ?", [event]) {
            TraceContext(traceparent: $0[0])
        } ?? nil
    }

    /// Where the event of a late evaluation stands, and when it was accepted.
    func accepted(_ event: Int64, at time: Timestamp) throws -> AcceptedTrace? {
        try context(of: event).map { AcceptedTrace(context: $0, at: time) }
    }

    /// A claimed message with what it comes of in traces.
    func traced(_ row: StoredMessage) throws -> ClaimedMessage? {
        guard var message = row.record.claimed else { return nil }
        message.origin = row.record.digest == nil ? try origin(of: row) : try originOfMany(row)
        return message
    }

    private func origin(of row: StoredMessage) throws -> TraceOrigin? {
        try database.row(
            """
            SELECT t.traceparent, e.received_at FROM messages m CROSS JOIN event_traces t ON t.event = m.event
                CROSS JOIN events e ON e.seq = m.event WHERE m.seq = ?
            """,
            [row.seq]
        ) { found in
            row.record.origin([TraceContext(traceparent: found[0])].compactMap(\.self), acceptedAt: found.time(1))
        } ?? nil
    }

    /// Of a digest, what its events come of: the oldest, and how many more there are.
    private func originOfMany(_ row: StoredMessage) throws -> TraceOrigin? {
        let found = try database.rows(
            """
            SELECT t.traceparent, i.joined_at, count(*) OVER ()
            FROM digest_items i JOIN event_traces t ON t.event = i.event WHERE i.message = ? ORDER BY i.seq LIMIT ?
            """,
            [row.seq, TraceOrigin.most]
        ) { (TraceContext(traceparent: $0[0]), $0.time(1), $0[2] as Int) }
        guard let (_, first, count) = found.first else { return nil }
        return row.record.origin(found.compactMap(\.0), leftOut: count - found.count, acceptedAt: first)
    }
}
