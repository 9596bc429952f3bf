// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// An event with its headers and its body, which may be gone, and with what is known of its look-up.
struct WholeEvent {
    /// Reads such; a condition on `e` follows.
    static let select = """
        SELECT \(Reading.eventColumns), b.headers, b.body, l.payload, l.failures, p.due_at, l.result
        FROM hookline.events e LEFT JOIN hookline.event_bodies b ON b.event = e.id
            LEFT JOIN hookline.look_ups l ON l.event = e.id LEFT JOIN hookline.pending p ON p.event = e.id
        """

    let place: Int64
    let summary: EventSummary
    let event: NewEvent
    let hasBody: Bool
    let payload: [UInt8]?
    let lookUp: LookUpRecord?

    init(_ row: PostgresRow) throws {
        (place, summary) = try Reading.summary(row)
        let body = try row.optionalBlob(16)
        event = try Self.event(row, headers: try row.optionalText(15), body: body)
        hasBody = body != nil
        payload = try row.optionalBlob(17)
        let (due, result) = (try row.optionalTime(19), try row.optionalBlob(20))
        lookUp = try row.optionalNumber(18).map { LookUpRecord(failures: Int($0), dueAt: due, result: result) }
    }

    /// The event of a row that begins with ``Reading/eventColumns``, as it was accepted.
    static func event(_ row: PostgresRow, headers: String?, body: [UInt8]?) throws -> NewEvent {
        let summary = try Reading.summary(row).1
        var event = NewEvent(
            id: summary.id,
            source: summary.source,
            type: summary.type,
            senderID: summary.senderID,
            time: summary.time,
            receivedAt: summary.receivedAt,
            headers: HeaderText.decode(headers ?? "[]"),
            rawBody: body ?? [],
            secretLabel: summary.secretLabel,
            disposition: summary.disposition
        )
        event.trace = try row.optionalText(13).flatMap { TraceContext(traceparent: $0) }
        return event
    }

    func archived(_ messages: [ArchivedMessage]) -> ArchivedEvent {
        ArchivedEvent(event: event, hasBody: hasBody, payload: payload, lookUp: lookUp, messages: messages)
    }
}
