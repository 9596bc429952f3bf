// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox
import PartnerAPI

/// A message's record with its place in the table.
struct StoredMessage {
    let seq: Int64
    /// The state in the table, whatever becomes of the record.
    let stored: MessageState
    /// The digest in the table; `nil` for a message of one event.
    let storedDigest: Digest?
    var record: MessageRecord
}

/// The tables `messages`, `message_requests` and `message_alternatives`, inside the caller's transaction.
///
/// A row of `messages` is narrow and changes; the request is written once and never moved. Reads records and writes them
/// as they are; what may become of one is the law's business (``MessageRecord``).
struct MessageTable {
    let database: Database

    /// Selects what a ``StoredMessage`` is read from; a condition follows.
    ///
    /// A request of before migration 8 still stands in `messages`.
    static let select = """
        SELECT m.seq, m.id, e.id, m.source, m.rule, m.account, m.state, m.reason, m.due_at, m.expires_at,
            m.on_uncertain, m.claims, m.claimed_at, m.lease_ends, m.attempts, m.ages_from, m.steps, m.partner_id,
            m.created_at, m.updated_at, coalesce(r.request, m.request), m.recipient, m.gates, m.key, m.once_key,
            m.called_off_by, m.category, m.alternative, m.arrival, m.overrides_until, \(DigestTable.columns)
        FROM messages m JOIN events e ON e.seq = m.event LEFT JOIN message_requests r ON r.message = m.seq
            LEFT JOIN digests d ON d.message = m.seq
        """

    /// The tables whose rows hang on a message by its number, and are deleted with it.
    private static let sideTables = [
        "timeline", "attempts", "message_requests", "message_alternatives", "waiting_messages", "replayed_messages",
        "digests", "digest_items",
    ]

    /// Deletes a message with all that hangs on it.
    func delete(_ seq: Int64, _ effects: inout WriteQueue.Effects) throws {
        for table in Self.sideTables { try database.run("DELETE FROM \(table) WHERE message = ?", [seq]) }
        let sql = "DELETE FROM messages WHERE seq = ? RETURNING state"
        for state in try database.rows(sql, [seq], { try $0.name(0) as MessageState }) {
            effects.counts[state, default: 0] -= 1
        }
    }

    /// The messages that a condition names, which may end with an order and a limit.
    func rows(_ condition: String, _ arguments: StatementArguments) throws -> [StoredMessage] {
        try database.rows("\(Self.select) \(condition)", arguments, StoredMessage.init)
    }

    /// What is due of an account, in order, and when the first message is due that is not among it.
    func due(_ account: String, at now: Timestamp, limit: Int) throws -> (rows: [StoredMessage], next: Timestamp?) {
        let cursor = try Row.fetchCursor(
            database.cachedStatement(
                sql: "\(Self.select) WHERE m.account = ? AND m.due_at IS NOT NULL ORDER BY m.due_at, m.seq"
            ),
            arguments: [account]
        )
        var rows: [StoredMessage] = []
        // The cursor goes along the index: of what waits, no more is read than what is due and one.
        while let row = try cursor.next() {
            let due = row.time(8)
            guard rows.count < limit, due <= now else { return (rows, due) }
            rows.append(try StoredMessage(row))
        }
        return (rows, nil)
    }

    /// Whether a message of which a source tells has a partner's id.
    func isLinked(partnerID: String) throws -> Bool {
        try database.row(
            "SELECT 1 FROM messages WHERE partner_id = ? AND arrival IS NOT NULL LIMIT 1",
            [partnerID]
        ) { _ in true } ?? false
    }

    /// The message that has a partner's id; `nil` when none has, or more than one: nobody knows which is meant then.
    func row(partnerID: String) throws -> StoredMessage? {
        let found = try rows("WHERE m.partner_id = ? AND m.arrival IS NOT NULL LIMIT 2", [partnerID])
        return found.count == 1 ? found[0] : nil
    }

    func row(_ id: MessageID) throws -> StoredMessage? {
        try database.row("\(Self.select) WHERE m.id = ?", [id.rawValue], StoredMessage.init)
    }

    func row(_ seq: Int64) throws -> StoredMessage? {
        try database.row("\(Self.select) WHERE m.seq = ?", [seq], StoredMessage.init)
    }

    /// What happened to a message since migration 8, as its lines say.
    func story(of seq: Int64) throws -> Story.Reading {
        try database.row("SELECT story FROM messages WHERE seq = ?", [seq]) { try Story.read($0[0]) } ?? Story.Reading()
    }

    /// Writes a message that begins.
    ///
    /// - Parameters:
    ///   - record: The message.
    ///   - entries: Its timeline so far.
    ///   - event: The row of its event.
    ///   - alternative: What is kept for it to leave as.
    ///   - effects: Where it is counted.
    /// - Returns: Its row.
    /// - Throws: What SQLite says.
    @discardableResult
    func insert(
        _ record: MessageRecord,
        _ entries: [TimelineEntry],
        event: Int64,
        otherwise alternative: Alternative? = nil,
        effects: inout WriteQueue.Effects
    ) throws -> Int64 {
        let message = record.message
        try database.write(Self.insertion) { row in
            row.add(message.id.rawValue)
            row.add(event)
            row.add(message.source)
            row.add(message.rule)
            row.add(message.account)
            row.add(message.state.rawValue)
            row.add(message.reason)
            row.add(message.dueAt)
            row.add(message.expiresAt)
            row.add(message.onUncertain.rawValue)
            row.add(record.claims)
            row.add(record.claimedAt)
            row.add(record.leaseEnds)
            row.add(record.agesFrom)
            row.add(record.timelineLength)
            row.add(message.createdAt)
            row.add(message.updatedAt)
            row.add(text: Story(entries).text)
            row.add(record.recipient)
            row.add(record.gates.map { $0.json.text() })
            row.add(record.key)
            row.add(record.onceKey)
            row.add(record.category?.rawValue)
            row.add(record.alternative?.rawValue)
            // Only what a source tells of is found by the partner's id.
            row.add(effects.linksReports ? "[]" : nil as String?)
        }
        effects.counts[message.state, default: 0] += 1
        return try complete(record, otherwise: alternative, &effects)
    }

    /// Writes what stands beside the row that was inserted last.
    private func complete(
        _ record: MessageRecord,
        otherwise alternative: Alternative?,
        _ effects: inout WriteQueue.Effects
    ) throws -> Int64 {
        let seq = database.lastInsertedRowID
        if let request = record.message.request { try insert(request, otherwise: alternative, of: seq) }
        if record.digest != nil { try DigestTable(database: database).insert(record, seq: seq, &effects) }
        return seq
    }

    /// Writes what is asked of the partner, and what is kept for the message to leave as.
    func insert(_ request: RenderedRequest, otherwise alternative: Alternative?, of seq: Int64) throws {
        try database.write("INSERT INTO message_requests (message, request) VALUES (?, ?)") { row in
            row.add(seq)
            row.add(text: request.body)
        }
        guard let alternative else { return }
        try database.write(
            "INSERT INTO message_alternatives (message, account, category, request) VALUES (?, ?, ?, ?)"
        ) { row in
            row.add(seq)
            row.add(alternative.account)
            row.add(alternative.category?.rawValue)
            row.add(text: alternative.request.body)
        }
    }

    private static let insertion = """
        INSERT INTO messages (id, event, source, rule, account, state, reason, due_at, expires_at, on_uncertain, claims,
            claimed_at, lease_ends, ages_from, steps, created_at, updated_at, story, recipient, gates, key, once_key,
            category, alternative, arrival)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// Writes what has changed, with the entries that say so.
    func update(
        _ row: StoredMessage,
        _ entries: [TimelineEntry],
        attempt: Attempt? = nil,
        otherwise alternative: Alternative? = nil,
        effects: inout WriteQueue.Effects
    ) throws {
        let (seq, record, message) = (row.seq, row.record, row.record.message)
        try database.write(Self.change) { row in
            row.add(message.state.rawValue)
            row.add(message.reason)
            row.add(message.dueAt)
            row.add(message.expiresAt)
            row.add(record.claims)
            row.add(record.claimedAt)
            row.add(record.leaseEnds)
            row.add(message.attempts)
            row.add(record.agesFrom)
            row.add(record.timelineLength)
            row.add(message.partnerID)
            row.add(message.updatedAt)
            row.add(record.calledOffBy)
            row.add(record.arrival.map { $0.json.text() })
            row.add(text: Story(entries, attempt: attempt).text)
            row.add(seq)
        }
        effects.moved(from: row.stored, to: message.state)
        if row.stored == .deferred, message.state != .deferred {
            for turn in record.turns { try FactTable(database: database).takeBack(turn) }
        }
        guard record.digest != nil else { return }
        try DigestTable(database: database).update(row, otherwise: alternative)
        if record.isToBuild { effects.wakesBuilder = true }
    }

    private static let change = """
        UPDATE messages SET state = ?, reason = ?, due_at = ?, expires_at = ?, claims = ?, claimed_at = ?,
            lease_ends = ?, attempts = ?, ages_from = ?, steps = ?, partner_id = ?, updated_at = ?, called_off_by = ?,
            arrival = ?, story = story || ? WHERE seq = ?
        """

    /// What is kept for a message to leave as; `nil` when there is nothing.
    func alternative(of seq: Int64) throws -> Alternative? {
        try database.row(
            "SELECT request, account, category FROM message_alternatives WHERE message = ?",
            [seq]
        ) { row in
            Alternative(
                kept: RenderedRequest(kept: Array((row[0] as String).utf8)),
                account: row[1],
                category: (row[2] as String?).flatMap(MessageCategory.init)
            )
        }
    }

    /// Writes that a person has a message sent although its recipient had opted out.
    func override(_ row: StoredMessage) throws {
        try database.run(
            "UPDATE messages SET overrides_until = ? WHERE seq = ?",
            [row.record.overridesUntil?.microseconds, row.seq]
        )
    }

    /// Writes what a message has become that leaves as its alternative, and forgets that.
    func become(_ row: StoredMessage) throws {
        try database.write("UPDATE messages SET account = ?, category = ?, alternative = NULL WHERE seq = ?") {
            values in
            values.add(row.record.message.account)
            values.add(row.record.category?.rawValue)
            values.add(row.seq)
        }
        try database.write("INSERT OR REPLACE INTO message_requests (message, request) VALUES (?, ?)") { values in
            values.add(row.seq)
            values.add(text: row.record.message.request?.body ?? [])
        }
        try database.run("DELETE FROM message_alternatives WHERE message = ?", [row.seq])
    }

    /// Writes a settlement to a row that stands as its claim left it, for which the law has no other word
    /// (``Settlement/entries``).
    ///
    /// - Returns: Whether there was such a row; the law has to be asked about any other.
    func settle(_ settlement: Settlement, effects: inout WriteQueue.Effects) throws -> Bool {
        let entries = settlement.entries
        guard let last = entries.last else { return false }
        let changed = try database.write(Self.settlement) { row in
            row.add(last.to.rawValue)
            row.add(last.why)
            row.add(settlement.dueAt)
            row.add(settlement.attempts)
            row.add(settlement.partnerID)
            row.add(entries.count)
            row.add(settlement.at)
            row.add(text: Story(entries, attempt: settlement.attempt).text)
            row.add(settlement.message.rawValue)
            row.add(settlement.claim)
        }
        guard changed > 0 else { return false }
        effects.moved(from: .sending, to: last.to)
        return true
    }

    private static let settlement = """
        UPDATE messages SET state = ?, reason = ?, due_at = ?, lease_ends = NULL, attempts = ?,
            partner_id = coalesce(?, partner_id), steps = steps + ?, updated_at = ?, story = story || ?
            WHERE id = ? AND claims = ? AND state = 'sending' AND called_off_by IS NULL
        """
}

extension StoredMessage {
    init(_ row: Row) throws {
        let message = Message(
            id: MessageID(rawValue: row[1]),
            event: EventID(rawValue: row[2]),
            source: row[3],
            rule: row[4],
            account: row[5],
            request: (row[20] as String?).map { RenderedRequest(kept: Array($0.utf8)) },
            state: try row.name(6),
            reason: row[7],
            dueAt: row.optionalTime(8),
            expiresAt: row.optionalTime(9),
            // What nobody can read is not sent again by itself.
            onUncertain: OnUncertain(rawValue: row[10]) ?? .hold,
            attempts: row[14],
            partnerID: row[17],
            createdAt: row.time(18),
            updatedAt: row.time(19),
            arrival: Self.arrival(row[28])
        )
        (seq, stored) = (row[0], message.state)
        storedDigest = try DigestTable.digest(row, from: 30)
        record = MessageRecord(
            message: message,
            agesFrom: row.time(15),
            claims: row[11],
            claimedAt: row.optionalTime(12),
            leaseEnds: row.optionalTime(13),
            timelineLength: row[16],
            recipient: row[21],
            gates: Self.gates(row[22]),
            key: row[23],
            onceKey: row[24],
            calledOffBy: row[25],
            category: (row[26] as String?).flatMap(MessageCategory.init),
            alternative: (row[27] as String?).flatMap(Alternative.Form.init),
            digest: storedDigest
        )
        (record.overridesUntil, record.damage) = (row.optionalTime(29), damage(row))
    }

    /// How far a message got; one that does not read is as if nobody had told yet, for it holds nothing up.
    private static func arrival(_ text: String?) -> Arrival? {
        text.map { (try? JSON(parsing: $0)).flatMap(Arrival.init) ?? Arrival() }
    }

    private static func gates(_ text: String?) -> SendGates? {
        text.flatMap { try? JSON(parsing: $0) }.flatMap(SendGates.init)
    }

    /// Which of the columns that say whether the message may leave does not read.
    ///
    /// Such a message is not passed over, for it would leave too early, and is no error, for it would stop all others.
    private func damage(_ row: Row) -> String? {
        let (gates, category) = (record.gates == nil, record.category == nil)
        let (noGates, noCategory) = (gates && !row.hasNull(atIndex: 22), category && !row.hasNull(atIndex: 26))
        let noChoice = OnUncertain(rawValue: row[10]) == nil
        guard noGates || noCategory || noChoice else { return nil }
        let unread = [("gates", noGates), ("on_uncertain", noChoice), ("category", noCategory)]
        let names = unread.filter(\.1).map { "'\($0.0)'" }
        return
            "its row in the store does not say when it may leave: this Hookline cannot read \(names.joined(separator: ", "))"
    }
}
