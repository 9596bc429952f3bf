// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import PostgresConnection

/// A message's record with its place.
struct StoredMessage {
    let place: Int64
    var record: MessageRecord
    /// What is added to its story.
    var added: [TimelineEntry] = []
    /// The record as it was read; `nil` for a message that is about to be stored.
    var before: MessageRecord?
    /// Whether a row says that it waits, of one that was read as waiting: a claim takes that out first.
    var hasPlaceInLine = true
    /// What its lease says that its story does not yet.
    var leaseStory = ""

    var uuid: PostgresUUID? { PostgresUUID(record.message.id) }
}

/// The table `messages` with what stands beside it.
///
/// While a message is `sending`, its row is as it was before the claim, and its lease says the rest.
enum MessageRows {
    /// Reads messages as they stand; a condition on `m`, `l` and `r` follows.
    static let select = reading(lease: "l.message = m.id")

    /// The same where the condition says which messages: their leases are looked up one by one.
    static let selectKnown = reading(lease: byKey("l.message", "m.id"))

    private static func reading(lease: String) -> String {
        """
        SELECT m.id, m.place, m.event, m.source, m.rule, m.account,
            CASE WHEN l.message IS NULL THEN m.state ELSE 'sending' END, coalesce(l.reason, m.reason),
            CASE WHEN l.message IS NULL THEN m.due_at END, m.expires_at, m.on_uncertain, coalesce(l.claim, m.claims),
            coalesce(l.claimed_at, m.claimed_at), l.lease_ends, m.attempts, m.ages_from, m.steps + coalesce(l.steps, 0), m.partner_id,
            m.created_at, coalesce(l.claimed_at, m.updated_at), r.request, m.recipient, m.gates, m.key, m.once_key,
            m.category, m.called_off_by, m.alternative, m.arrival, m.overrides_until, coalesce(l.story, ''), m.digest
        FROM hookline.messages m LEFT JOIN hookline.leases l ON \(lease)
            LEFT JOIN hookline.message_requests r ON \(byKey("r.message", "m.id"))
        """
    }

    /// The same of messages that wait, of which nobody has a lease.
    static let waitingColumns = """
        m.id, m.place, m.event, m.source, m.rule, m.account, m.state, m.reason, m.due_at, m.expires_at, m.on_uncertain,
        m.claims, m.claimed_at, NULL::timestamptz, m.attempts, m.ages_from, m.steps, m.partner_id, m.created_at,
        m.updated_at, r.request, m.recipient, m.gates, m.key, m.once_key, m.category, m.called_off_by, m.alternative,
        m.arrival, m.overrides_until, '', m.digest
        """

    /// How many columns a message is read from; others may follow.
    static let width = 32

    static func read(_ row: PostgresRow) throws -> StoredMessage {
        let (gates, category) = (try row.optionalText(22), try row.optionalText(25))
        var record = MessageRecord(
            message: try message(row),
            agesFrom: try row.time(15),
            claims: Int(try row.number(11)),
            claimedAt: try row.optionalTime(12),
            leaseEnds: try row.optionalTime(13),
            timelineLength: Int(try row.number(16)),
            recipient: try row.optionalText(21),
            gates: gates.flatMap { try? JSON(parsing: $0) }.flatMap(SendGates.init),
            key: try row.optionalText(23),
            onceKey: try row.optionalText(24),
            calledOffBy: try row.optionalText(26),
            category: category.flatMap(MessageCategory.init),
            alternative: try row.optionalText(27).flatMap(Alternative.Form.init)
        )
        record.overridesUntil = try row.optionalTime(29)
        let digest = try row.optionalText(31)
        record.digest = digest.flatMap(DigestRows.digest)
        record.damage = damage([
            ("gates", gates != nil && record.gates == nil),
            ("on_uncertain", OnUncertain(rawValue: try row.text(10)) == nil),
            ("category", category != nil && record.category == nil), ("digest", digest != nil && record.digest == nil),
        ])
        return StoredMessage(
            place: try row.number(1),
            record: record,
            before: record,
            leaseStory: try row.text(30)
        )
    }

    /// Reads one message; `nil` when there is none.
    static func read(_ id: MessageID, _ transaction: inout PostgresTransaction) throws -> StoredMessage? {
        guard let uuid = PostgresUUID(id) else { return nil }
        let query = PostgresQuery("\(selectKnown) WHERE m.id = $1") { $0.add(uuid) }
        return try transaction.rows(query).first.map(read)
    }

    private static func message(_ row: PostgresRow) throws -> Message {
        Message(
            id: try row.uuid(0).messageID,
            event: try row.uuid(2).eventID,
            source: try row.text(3),
            rule: try row.text(4),
            account: try row.text(5),
            request: try row.optionalBlob(20).map { RenderedRequest(kept: $0) },
            state: try row.name(6),
            reason: try row.text(7),
            dueAt: try row.optionalTime(8),
            expiresAt: try row.optionalTime(9),
            // What nobody can read is not sent again by itself.
            onUncertain: OnUncertain(rawValue: try row.text(10)) ?? .hold,
            attempts: Int(try row.number(14)),
            partnerID: try row.optionalText(17),
            createdAt: try row.time(18),
            updatedAt: try row.time(19),
            arrival: arrival(try row.optionalText(28))
        )
    }

    /// How far a message got; one that does not read is as if nobody had told yet, for it holds nothing up.
    private static func arrival(_ text: String?) -> Arrival? {
        text.map { (try? JSON(parsing: $0)).flatMap(Arrival.init) ?? Arrival() }
    }

    /// A message that cannot be read whole is not passed over, for it would leave too early, and is no error, for it would
    /// stop all others.
    private static func damage(_ columns: [(name: String, isUnread: Bool)]) -> String? {
        let names = columns.filter(\.isUnread).map(\.name)
        return names.isEmpty ? nil : "this Hookline cannot read \(names.joined(separator: ", ")) of its row"
    }

    /// States of messages of which no row is in the index of the noteworthy.
    static let plain = "('accepted', 'scheduled', 'queued', 'retrying', 'deferred')"

    /// States of messages of which something may become still.
    static let kept = MessageState.kept.map { "'\($0.rawValue)'" }.joined(separator: ", ")

    /// Adds to the stories of messages.
    ///
    /// - Parameter stories: Of which message, how many entries its timeline has with them, what its lease said, and what
    ///   came then.
    /// - Returns: The statement; `nil` where there is nothing to tell.
    static func tell(
        _ stories: [(uuid: PostgresUUID?, length: Int, lease: String, story: Story)]
    ) -> PostgresQuery? {
        let told = stories.filter { !$0.lease.isEmpty || !$0.story.text.isEmpty }
        guard !told.isEmpty else { return nil }
        let sql = """
            INSERT INTO hookline.stories (message, number, lines) SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[])
            """
        return PostgresQuery(sql) {
            $0.add(told.map(\.uuid))
            $0.add(told.map { Int64($0.length) })
            $0.add(told.map { $0.lease + String(decoding: $0.story.text, as: UTF8.self) })
        }
    }

    /// Has those of the messages wait that do; `nil` when none does.
    static func wait(_ messages: [StoredMessage]) -> PostgresQuery? {
        let waiting = messages.filter { $0.record.message.dueAt != nil }
        guard !waiting.isEmpty else { return nil }
        let sql = """
            INSERT INTO hookline.waiting (account, due_at, place, message, turn)
            SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::bigint[], $4::uuid[], $5::text[])
            """
        return PostgresQuery(sql) {
            $0.add(waiting.map(\.record.message.account))
            $0.add(waiting.map(\.record.message.dueAt))
            $0.add(waiting.map(\.place))
            $0.add(waiting.map(\.uuid))
            $0.add(waiting.map { $0.record.gateOfTurn?.rawValue })
        }
    }
}

extension PostgresRow {
    /// One of the names that this build knows.
    func name<Name: RawRepresentable<String>>(_ column: Int) throws -> Name {
        guard let name = Name(rawValue: try text(column)) else {
            throw StoreError(.corrupt, "a row has a \(Name.self) that this Hookline does not know")
        }
        return name
    }
}
