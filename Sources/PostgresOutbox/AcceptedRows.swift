// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import PostgresConnection

/// The rows that a group of events makes: one statement a table, whatever the group's size.
enum AcceptedRows {
    /// An event with its place, its messages and what it called off.
    struct Accepted {
        let submission: Submission
        let uuid: PostgresUUID
        let place: Int64
        let messages: [StoredMessage]
        let calledOff: CallOffReport?
    }

    static func insertions(_ events: [Accepted]) throws -> [PostgresQuery] {
        guard !events.isEmpty else { return [] }
        let rows = events.flatMap { event in event.messages.map { (event.uuid, $0) } }
        let alternatives = events.flatMap { event in
            event.submission.messages.compactMap { new in new.alternative.map { (new.id, $0) } }
        }
        let waiting = events.compactMap { event in
            event.submission.pendingPayload.map { payload -> LookUpRows.Waiting in
                (event.uuid, event.place, event.submission.event.source, payload, event.submission.event.receivedAt)
            }
        }
        return [self.events(events), bodies(events)] + LookUpRows.insertions(waiting)
            + (try insertions(rows, alternatives))
    }

    /// The rows of messages.
    ///
    /// - Parameters:
    ///   - rows: The messages, with their events.
    ///   - alternatives: What is kept for some of them to leave as.
    /// - Returns: The statements.
    /// - Throws: `StoreError` for what cannot be stored.
    static func insertions(
        _ rows: [(event: PostgresUUID, message: StoredMessage)],
        _ alternatives: [(MessageID, Alternative)]
    ) throws -> [PostgresQuery] {
        let stored = rows.map(\.message)
        guard Set(stored.map(\.record.message.id)).count == stored.count else {
            throw StoreError(.failed, "two messages have the same id")
        }
        var counts = MessageCounts.Changes()
        for message in stored { counts.add(message.uuid, nil, message.record.message.state) }
        return [
            try messages(rows), requests(stored), self.alternatives(alternatives),
            MessageRows.wait(stored), counts.query,
        ].compactMap(\.self)
    }

    private static func events(_ events: [Accepted]) -> PostgresQuery {
        let all = events.map(\.submission.event)
        let sql = """
            INSERT INTO hookline.events (id, place, source, type, sender_id, time, received_at, secret_label, disposition,
                disposition_reason, message_count, traceparent, called_off)
            SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
                $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::bigint[], $12::text[], $13::text[])
            """
        return PostgresQuery(sql) {
            $0.add(events.map(\.uuid))
            $0.add(events.map(\.place))
            $0.add(all.map(\.source))
            $0.add(all.map(\.type))
            $0.add(all.map(\.senderID))
            $0.add(all.map(\.time))
            $0.add(all.map(\.receivedAt))
            $0.add(all.map(\.secretLabel))
            $0.add(all.map(\.disposition.name.rawValue))
            $0.add(all.map(\.disposition.reason))
            $0.add(events.map { Int64($0.submission.messageCount) })
            $0.add(all.map { $0.trace?.traceparent })
            $0.add(events.map { $0.calledOff.map { $0.json.text() } })
        }
    }

    private static func bodies(_ events: [Accepted]) -> PostgresQuery {
        let sql = """
            INSERT INTO hookline.event_bodies (event, headers, body)
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[])
            """
        return PostgresQuery(sql) {
            $0.add(events.map(\.uuid))
            $0.add(events.map { HeaderText.encode($0.submission.event.headers) })
            $0.add(blobs: events.map(\.submission.event.rawBody))
        }
    }

    private static func messages(_ rows: [(event: PostgresUUID, message: StoredMessage)]) throws -> PostgresQuery? {
        guard !rows.isEmpty else { return nil }
        let records = rows.map(\.1.record)
        let ids = try rows.map { try PostgresUUID.needed($0.1.uuid) }
        return PostgresQuery(insertion) {
            $0.add(ids)
            $0.add(rows.map(\.1.place))
            $0.add(rows.map(\.0))
            $0.add(records.map(\.message.source))
            $0.add(records.map(\.message.rule))
            $0.add(records.map(\.message.account))
            $0.add(records.map(\.message.state.rawValue))
            $0.add(records.map(\.message.reason))
            $0.add(records.map(\.message.dueAt))
            $0.add(records.map(\.message.expiresAt))
            $0.add(records.map(\.message.onUncertain.rawValue))
            $0.add(records.map(\.agesFrom))
            $0.add(records.map { Int64($0.timelineLength) })
            $0.add(records.map(\.message.createdAt))
            $0.add(records.map(\.recipient))
            $0.add(records.map { $0.gates.map { $0.json.text() } })
            $0.add(records.map(\.key))
            $0.add(records.map(\.onceKey))
            $0.add(records.map { $0.category?.rawValue })
            $0.add(records.map { String(decoding: Story([$0.firstEntry]).text, as: UTF8.self) })
            $0.add(records.map { $0.alternative?.rawValue })
            $0.add(records.map { $0.arrival.map { $0.json.text() } })
            $0.add(records.map { DigestRows.text($0.digest) })
        }
    }

    private static let insertion = """
        INSERT INTO hookline.messages (id, place, event, source, rule, account, state, reason, due_at, expires_at,
            on_uncertain, ages_from, steps, created_at, updated_at, recipient, gates, key, once_key, category, began,
            alternative, arrival, digest, noteworthy)
        SELECT id, place, event, source, rule, account, state, reason, due_at, expires_at, on_uncertain, ages_from, steps,
            created_at, created_at, recipient, gates, key, once_key, category, began, alternative, arrival,
            digest,
            state NOT IN \(MessageRows.plain)
        FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::timestamptz[], $10::timestamptz[], $11::text[], $12::timestamptz[], $13::bigint[], $14::timestamptz[],
            $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[],
            $23::text[])
            AS s(id, place, event, source, rule, account, state, reason, due_at, expires_at, on_uncertain, ages_from,
                steps, created_at, recipient, gates, key, once_key, category, began, alternative, arrival, digest)
        """

    static func requests(_ messages: [StoredMessage]) -> PostgresQuery? {
        let built = messages.compactMap { message in message.record.message.request.map { (message.uuid, $0.body) } }
        guard !built.isEmpty else { return nil }
        let sql = """
            INSERT INTO hookline.message_requests (message, request) SELECT * FROM unnest($1::uuid[], $2::bytea[])
            """
        return PostgresQuery(sql) {
            $0.add(built.map(\.0))
            $0.add(blobs: built.map(\.1))
        }
    }

    static func alternatives(_ kept: [(id: MessageID, alternative: Alternative)]) -> PostgresQuery? {
        guard !kept.isEmpty else { return nil }
        let sql = """
            INSERT INTO hookline.message_alternatives (message, account, category, request)
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])
            """
        return PostgresQuery(sql) {
            $0.add(kept.map { PostgresUUID($0.id) })
            $0.add(kept.map(\.alternative.account))
            $0.add(kept.map { $0.alternative.category?.rawValue })
            $0.add(blobs: kept.map(\.alternative.request.body))
        }
    }

    /// Counts repetitions on the events that came first, those with smaller ids first.
    static func counting(_ repetitions: [EventID: [Timestamp]]) -> PostgresQuery {
        let known = repetitions.compactMap { id, times in PostgresUUID(id).map { ($0, times) } }
        let sql = """
            UPDATE hookline.events e SET duplicates = e.duplicates + s.count,
                last_duplicate_at = greatest(e.last_duplicate_at, s.at)
            FROM (SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) AS s(id, count, at) ORDER BY id) s
            WHERE \(byKey("e.id", "s.id"))
            """
        return PostgresQuery(sql) {
            $0.add(known.map(\.0))
            $0.add(known.map { Int64($0.1.count) })
            $0.add(known.map { $0.1.max() })
        }
    }

    /// The messages of events as they stand.
    static func entries(
        of events: [EventID],
        _ transaction: inout PostgresTransaction
    ) throws -> [EventID: [Receipt.Entry]] {
        let sql = """
            SELECT o.event, m.id, m.rule, CASE WHEN l.message IS NULL THEN m.state ELSE 'sending' END
            FROM (SELECT event, id AS message FROM hookline.messages WHERE event = ANY($1::uuid[])
                UNION SELECT event, message FROM hookline.digest_items WHERE event = ANY($1::uuid[])) o
                JOIN hookline.messages m ON \(byKey("m.id", "o.message"))
                LEFT JOIN hookline.leases l ON \(byKey("l.message", "m.id"))
            ORDER BY m.place
            """
        let query = PostgresQuery(sql) { $0.add(events.map { PostgresUUID($0) }) }
        let rows = try transaction.rows(query).map { row in
            let entry = Receipt.Entry(id: try row.uuid(1).messageID, rule: try row.text(2), state: try row.name(3))
            return (try row.uuid(0).eventID, entry)
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }
}

extension Submission {
    /// How many messages an event has, those among them that it shares with others.
    var messageCount: Int { NewMessages.Cause.places(messages, digests, failures) }
}
