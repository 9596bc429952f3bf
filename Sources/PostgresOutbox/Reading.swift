// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Reads events and messages inside the caller's snapshot.
enum Reading {
    static let eventColumns = """
        e.id, e.place, e.source, e.type, e.sender_id, e.time, e.received_at, e.secret_label, e.disposition,
        e.disposition_reason, e.duplicates, e.last_duplicate_at, e.message_count, e.traceparent, e.called_off
        """

    /// What an event called off, from what is kept of it; one that does not read is left out.
    static func calledOff(_ text: String?) -> CallOffReport? {
        text.flatMap { try? JSON(parsing: $0) }.flatMap(CallOffReport.init)
    }

    static func events(_ filter: EventFilter) -> ListQuery {
        var list = ListQuery("SELECT \(eventColumns) FROM hookline.events e", along: "e.place")
        list.add("e.source = ?", filter.source)
        list.add("e.type = ?", filter.type)
        list.add("e.secret_label = ?", filter.secretLabel)
        list.add("e.disposition = ?", filter.disposition?.rawValue)
        list.add(
            """
            e.id IN (SELECT event FROM hookline.messages WHERE recipient = ANY(?::text[]) UNION SELECT i.event
                FROM hookline.digest_items i JOIN hookline.messages m ON m.id = i.message WHERE m.recipient = ANY(?::text[]))
            """,
            anyOf: filter.recipients
        )
        list.add("e.received_at >= ?", filter.since)
        return list
    }

    static func summary(_ row: PostgresRow) throws -> (Int64, EventSummary) {
        var summary = EventSummary(
            id: try row.uuid(0).eventID,
            source: try row.text(2),
            type: try row.text(3),
            senderID: try row.optionalText(4),
            time: try row.time(5),
            receivedAt: try row.time(6),
            secretLabel: try row.optionalText(7),
            disposition: Disposition(try row.name(8), reason: try row.optionalText(9)),
            duplicates: Int(try row.number(10)),
            lastDuplicateAt: try row.optionalTime(11),
            messages: Int(try row.number(12))
        )
        summary.calledOff = calledOff(try row.optionalText(14))
        return (try row.number(1), summary)
    }

    static func event(
        _ id: EventID,
        messages most: Int,
        _ transaction: inout PostgresTransaction
    ) throws -> StoredEvent? {
        guard let uuid = PostgresUUID(id) else { return nil }
        let found = try transaction.rows([
            PostgresQuery("\(WholeEvent.select) WHERE e.id = $1") { $0.add(uuid) },
            PostgresQuery("\(MessageRows.select) WHERE \(ofEvent) ORDER BY m.place LIMIT $2") {
                $0.add(uuid)
                $0.add(Int64(clamping: most))
            },
        ])
        guard let whole = try found[0].first.map(WholeEvent.init) else { return nil }
        return StoredEvent(
            event: whole.event,
            duplicates: whole.summary.duplicates,
            lastDuplicateAt: whole.summary.lastDuplicateAt,
            lookUp: whole.lookUp,
            messages: try found[1].map { try MessageRows.read($0).record.message },
            messageCount: whole.summary.messages,
            calledOff: whole.summary.calledOff,
            hasBody: whole.hasBody
        )
    }

    /// The beginnings of events' bodies; what is behind them does not leave the database.
    static func bodies(
        of ids: [EventID],
        first bytes: Int,
        _ transaction: inout PostgresTransaction
    ) throws -> [EventID: [UInt8]] {
        let sql = """
            SELECT event, substring(body FROM 1 FOR $2::bigint::int) FROM hookline.event_bodies WHERE event = ANY($1::uuid[])
            """
        let query = PostgresQuery(sql) {
            $0.add(ids.compactMap(PostgresUUID.init))
            $0.add(Int64(clamping: bytes))
        }
        let bodies = try transaction.rows(query).map { (try $0.uuid(0).eventID, try $0.optionalBlob(1) ?? []) }
        return Dictionary(bodies) { first, _ in first }
    }

    /// When secrets had signed the newest events of a source: as many rows are read as are looked at.
    static func secretUses(
        of source: String,
        newest limit: Int,
        _ transaction: inout PostgresTransaction
    ) throws -> SecretUses {
        let sql = """
            SELECT secret_label, count(*), min(received_at), max(received_at) FROM
                (SELECT secret_label, received_at FROM hookline.events WHERE source = $1 ORDER BY place DESC LIMIT $2) e
            GROUP BY secret_label
            """
        let query = PostgresQuery(sql) {
            $0.add(source)
            $0.add(Int64(clamping: limit))
        }
        let rows = try transaction.rows(query).map { row in
            let events = Int(try row.number(1))
            return (
                try row.optionalText(0), SecretUses.Use(first: try row.time(2), last: try row.time(3), events: events)
            )
        }
        var uses = SecretUses()
        for (label, use) in rows {
            uses.looked += use.events
            if let label { uses.byLabel[label] = use }
        }
        uses.isWhole = uses.looked < limit
        return uses
    }

    /// Which messages are an event's, those among them that it shares with others.
    private static let ofEvent = """
        m.id IN (SELECT id FROM hookline.messages WHERE event = $1 UNION
            SELECT message FROM hookline.digest_items WHERE event = $1)
        """

    /// What happened to messages, by id: how they began and went first stands with them, the rest in rows of its own, what is on its way in the
    /// lease.
    private static func stories(_ transaction: inout PostgresTransaction, _ ids: [PostgresUUID]) throws
        -> [PostgresUUID: Story.Reading]
    {
        let sql = """
            SELECT m.id, m.began || coalesce(m.went, '') || coalesce(
                (SELECT string_agg(s.lines, '' ORDER BY s.number) FROM hookline.stories s WHERE s.message = m.id), '')
                || coalesce(l.story, '')
            FROM hookline.messages m LEFT JOIN hookline.leases l ON \(byKey("l.message", "m.id"))
            WHERE m.id = ANY($1::uuid[])
            """
        let rows = try transaction.rows(PostgresQuery(sql) { $0.add(ids) })
            .map { (try $0.uuid(0), try Story.read(try $0.text(1))) }
        return Dictionary(rows) { first, _ in first }
    }

    static func message(_ id: MessageID, _ transaction: inout PostgresTransaction) throws -> MessageDetail? {
        guard let uuid = PostgresUUID(id) else { return nil }
        let found = try transaction.rows([
            PostgresQuery("\(MessageRows.selectKnown) WHERE m.id = $1") { $0.add(uuid) },
            SettlementRows.attempts(of: uuid),
            ReplayRows.replay(of: uuid), DigestRows.events(of: uuid),
        ])
        guard let row = found[0].first else { return nil }
        let story = try stories(&transaction, [uuid])[uuid] ?? Story.Reading()
        // What is known of a claim later stands in place of what was known before.
        let numbers = Set(story.attempts.map(\.number))
        let attempts = try found[1].map(SettlementRows.attempt).filter { !numbers.contains($0.number) } + story.attempts
        let (record, events) = (try MessageRows.read(row).record, try found[3].map { try $0.uuid(0).eventID })
        return MessageDetail(
            message: record.message,
            attempts: attempts.sorted { $0.number < $1.number },
            timeline: story.timeline,
            digest: record.digest.map { DigestDetail($0, events: events) },
            replay: try found[2].first.map { JobID(rawValue: try $0.text(0)) },
            successor: record.message.state == .failed
                ? try ReplayRows.successors(of: [id], &transaction)[id] : nil
        )
    }

    /// What waits, in the order of leaving: of each account no more is read than is wanted, along the key of `waiting`.
    static func leavingNext(limit: Int) -> PostgresQuery {
        let sql = """
            WITH RECURSIVE a(name) AS (
                (SELECT account FROM hookline.waiting ORDER BY account LIMIT 1)
                UNION ALL
                SELECT (SELECT account FROM hookline.waiting WHERE account > a.name ORDER BY account LIMIT 1)
                FROM a WHERE a.name IS NOT NULL)
            SELECT \(MessageRows.waitingColumns)
            FROM a CROSS JOIN LATERAL (
                SELECT message FROM hookline.waiting WHERE account = a.name ORDER BY due_at, place LIMIT $1) w
                JOIN hookline.messages m ON \(byKey("m.id", "w.message"))
                LEFT JOIN hookline.message_requests r ON \(byKey("r.message", "m.id"))
            ORDER BY m.due_at, m.place LIMIT $1
            """
        return PostgresQuery(sql) { $0.add(Int64(limit)) }
    }

    /// The messages that a filter means.
    ///
    /// By the partner's id they are found at once where sources told of messages when it was stored; else one by one.
    static func messages(_ filter: MessageFilter, _ transaction: inout PostgresTransaction) throws -> ListQuery {
        var list = ListQuery(MessageRows.select, along: "m.place")
        switch filter.state {
        case nil: break
        case .sending: list.add("l.message IS NOT NULL")
        case .accepted, .scheduled, .queued, .retrying, .deferred:
            list.add("m.state = ? AND l.message IS NULL", filter.state?.rawValue)
        // The index of the noteworthy has all that is wanted.
        default: list.add("m.noteworthy AND m.state = ? AND l.message IS NULL", filter.state?.rawValue)
        }
        if let arrival = filter.arrival { list.add(condition(arrival)) }
        list.add("m.rule = ?", filter.rule)
        list.add("m.source = ?", filter.source)
        list.add("m.recipient = ANY(?::text[])", anyOf: filter.recipients)
        list.add("left(m.key, 64) = left(?, 64) AND m.key = ?", filter.key)
        list.add("m.partner_id = ?", filter.partnerID)
        if let id = filter.partnerID, try isLinked(partnerID: id, &transaction) {
            list.add("m.id IN (SELECT message FROM hookline.partner_ids WHERE partner = ?)", indexed(id)) {
                $0.add(blob: $1)
            }
        }
        if let event = filter.event {
            if let uuid = PostgresUUID(event) {
                list.add("m.event = ?", uuid) { $0.add($1) }
            } else {
                list.add("false")
            }
        }
        list.add("m.created_at >= ?", filter.since)
        list.add("m.created_at < ?", filter.until)
        if let rules = filter.notOf {
            list.add("l.message IS NULL")
            list.add("m.state = ANY(?::text[])", anyOf: MessageState.waiting.map(\.rawValue))
            list.add("NOT m.rule = ANY(?::text[])", anyOf: [NewMessage.apiRule] + rules.sorted())
        }
        return list
    }

    /// Whether a message of which a source tells has a partner's id.
    private static func isLinked(partnerID: String, _ transaction: inout PostgresTransaction) throws -> Bool {
        let query = PostgresQuery("SELECT 1 FROM hookline.partner_ids WHERE partner = $1 LIMIT 1") {
            $0.add(blob: indexed(partnerID))
        }
        return try transaction.rows(query).first != nil
    }

    /// That a message got so far and no further, as ``Arrival/status`` says it.
    private static func condition(_ status: DeliveryReport.Status) -> String {
        let furthest: [DeliveryReport.Status] = [.read, .delivered, .failed, .sent]
        let places = furthest.prefix { $0 != status }.map { "\(place(of: $0)) IS NULL" }
        return (places + ["\(place(of: status)) IS NOT NULL"]).joined(separator: " AND ")
    }

    private static func place(of status: DeliveryReport.Status) -> String {
        let place = DeliveryReport.Status.allCases.firstIndex(of: status) ?? 0
        return "(m.arrival::jsonb ->> \(place))"
    }

    static func archive(
        after cursor: PageCursor?,
        upTo bound: Int64,
        limit: Int,
        _ transaction: inout PostgresTransaction
    ) throws -> Page<ArchivedEvent> {
        let place = cursor.flatMap { Int64($0.rawValue) } ?? 0
        let sql = "\(WholeEvent.select) WHERE e.place > $1 AND e.place <= $2 ORDER BY e.place LIMIT $3"
        let query = PostgresQuery(sql) {
            $0.add(place)
            $0.add(bound)
            $0.add(limit + 1)
        }
        let events = try archived(transaction.rows(query), &transaction)
        return Page(
            elements: events.prefix(limit).map(\.archived),
            next: events.count > limit ? PageCursor(rawValue: String(events[limit - 1].place)) : nil
        )
    }

    /// Events with all that is kept of them, of rows of ``WholeEvent/select``.
    static func archived(_ rows: PostgresRows, _ transaction: inout PostgresTransaction) throws -> [PlacedEvent] {
        let events = try rows.map(WholeEvent.init)
        let ids = events.compactMap { PostgresUUID($0.event.id) }
        let select = "\(MessageRows.select) WHERE m.event = ANY($1::uuid[]) ORDER BY m.place"
        let messages = try transaction.rows(PostgresQuery(select) { $0.add(ids) }).map(MessageRows.read)
        let stories = try stories(&transaction, messages.compactMap(\.uuid))
        let archived = Dictionary(grouping: messages, by: \.record.message.event).mapValues { messages in
            messages.map { message in
                ArchivedMessage(
                    message: message.record.message,
                    agesFrom: message.record.agesFrom,
                    timeline: message.uuid.flatMap { stories[$0] }?.timeline ?? [],
                    recipient: message.record.recipient
                )
            }
        }
        return events.map { whole in
            PlacedEvent(place: whole.place, archived: whole.archived(archived[whole.event.id] ?? []))
        }
    }
}
