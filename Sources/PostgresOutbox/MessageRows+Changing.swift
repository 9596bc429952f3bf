// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import PostgresConnection

// How a message is changed by whoever is not its claim: lock it, ask the law, save what that says.

extension MessageRows {
    // MARK: Locking

    /// Locks messages and reads them as they stand: from then on nobody claims, settles or changes them.
    ///
    /// All who lock take the slots of digests first, then places in line, then leases, then the messages themselves, each in one
    /// order (docs/postgres.md). A message that went from one to the other meanwhile makes the transaction one that has to run again.
    ///
    /// - Parameters:
    ///   - condition: Which, by columns of `m`; `l` are their leases, which are looked up for each.
    ///   - slots: The slots that the transaction has locked.
    ///   - transaction: The transaction.
    ///   - build: Adds the parameters of the condition.
    /// - Returns: The messages, in the order in which they were stored.
    /// - Throws: `PostgresError`, `StoreError`.
    static func lock(
        where condition: String,
        holding slots: Set<DigestRows.Key> = [],
        _ transaction: inout PostgresTransaction,
        _ build: (inout PostgresParameters) -> Void
    ) throws -> [StoredMessage] {
        let sql = """
            SELECT m.id, m.account, CASE WHEN l.message IS NULL THEN m.due_at END, m.place, m.rule, m.recipient, m.digest
            FROM hookline.messages m LEFT JOIN hookline.leases l ON \(byKey("l.message", "m.id"))
            WHERE \(condition)
            """
        let found = try transaction.rows(PostgresQuery(sql, build)).map { row in
            Found(
                id: try row.uuid(0),
                account: try row.text(1),
                due: try row.optionalTime(2),
                place: try row.number(3),
                slot: DigestRows.Key(
                    rule: try row.text(4),
                    recipient: try row.optionalText(5),
                    digest: try row.optionalText(6)
                )
            )
        }
        return found.isEmpty ? [] : try lock(found, holding: slots, &transaction)
    }

    /// Locks messages by their ids; those that are not there are left out.
    static func lock(
        _ ids: [PostgresUUID],
        holding slots: Set<DigestRows.Key> = [],
        _ transaction: inout PostgresTransaction
    ) throws -> [StoredMessage] {
        ids.isEmpty ? [] : try lock(where: "m.id = ANY($1::uuid[])", holding: slots, &transaction) { $0.add(ids) }
    }

    /// Locks one message; `nil` when there is none.
    static func lock(_ id: MessageID, _ transaction: inout PostgresTransaction) throws -> StoredMessage? {
        try lock(PostgresUUID(id).map { [$0] } ?? [], &transaction).first
    }

    private struct Found {
        let id: PostgresUUID
        let account: String
        let due: Timestamp?
        let place: Int64
        let slot: DigestRows.Key?
    }

    private static func lock(
        _ found: [Found],
        holding slots: Set<DigestRows.Key>,
        _ transaction: inout PostgresTransaction
    ) throws -> [StoredMessage] {
        _ = try DigestRows.hold(Set(found.compactMap(\.slot)).subtracting(slots), &transaction)
        let waiting = found.filter { $0.due != nil }
        let ids = found.map(\.id)
        let answers = try transaction.rows([
            PostgresQuery(Self.lockingWaiting) {
                $0.add(waiting.map(\.account))
                $0.add(waiting.map(\.due))
                $0.add(waiting.map(\.place))
            },
            PostgresQuery(
                "SELECT message FROM hookline.leases WHERE message = ANY($1::uuid[]) ORDER BY message FOR UPDATE"
            ) { $0.add(ids) },
            PostgresQuery("\(selectKnown) WHERE m.id = ANY($1::uuid[]) ORDER BY m.id FOR UPDATE OF m") { $0.add(ids) },
        ])
        let dues = Dictionary(try answers[0].map { (try $0.number(0), try $0.time(1)) }) { first, _ in first }
        let leases = Set(try answers[1].map { try $0.uuid(0) })
        let messages = try answers[2].map(read)
        let areHeld = messages.allSatisfy { message in
            switch message.record.message.state {
            case .sending: message.uuid.map(leases.contains) ?? false
            case let state where state.isWaiting: dues[message.place] == message.record.message.dueAt
            default: true
            }
        }
        guard areHeld else {
            throw PostgresError.contention("a message was moved meanwhile")
        }
        return messages.sorted { $0.place < $1.place }
    }

    private static let lockingWaiting = """
        SELECT w.place, w.due_at FROM hookline.waiting w
            JOIN unnest($1::text[], $2::timestamptz[], $3::bigint[]) AS s(account, due_at, place)
            ON w.account = s.account AND w.due_at = s.due_at AND w.place = s.place
        ORDER BY w.account, w.due_at, w.place FOR UPDATE OF w
        """

    /// What is kept for messages to leave as, by their ids.
    static func alternatives(
        of ids: [MessageID],
        _ transaction: inout PostgresTransaction
    ) throws -> [MessageID: Alternative] {
        guard !ids.isEmpty else { return [:] }
        let sql = """
            SELECT message, account, category, request FROM hookline.message_alternatives WHERE message = ANY($1::uuid[])
            """
        let rows = try transaction.rows(PostgresQuery(sql) { $0.add(ids.map { PostgresUUID($0) }) }).map { row in
            let alternative = Alternative(
                kept: RenderedRequest(kept: try row.blob(3)),
                account: try row.text(1),
                category: try row.optionalText(2).flatMap(MessageCategory.init)
            )
            return (try row.uuid(0).messageID, alternative)
        }
        return Dictionary(rows) { first, _ in first }
    }

    // MARK: Saving

    /// Writes what messages have become that are the transaction's own: those that it locked or claimed.
    ///
    /// - Parameters:
    ///   - messages: The messages, each once, with what is added to their stories.
    ///   - attempts: The attempts that made the changes, of those that the partner took.
    ///   - effects: Whoever builds digests is woken for those that are to be built from now on.
    ///   - transaction: The transaction; all is written with its next question, or with its commit.
    /// - Throws: `StoreError` for an id that is none of ours.
    static func save(
        _ messages: [StoredMessage],
        attempts: [MessageID: Attempt] = [:],
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws {
        guard !messages.isEmpty else { return }
        if messages.contains(where: \.record.isToBuild) { effects.wakesBuilder = true }
        for message in messages { effects.put(due: message.record.message.dueAt) }
        let leaving = messages.filter(\.staysOnItsWay)
        let others = messages.filter { !$0.staysOnItsWay }
        var queries = [leaveLine(messages), keepLeases(leaving), endLeases(others)]
        queries += [try note(leaving), try change(others), tell(others, attempts), getInLine(others)]
        queries += become(messages) + DigestRows.changes(messages)
        queries += [linkPartners(messages), counts(of: messages).query]
        for query in queries.compactMap(\.self) { transaction.write(query) }
        giveUpTurns(of: messages, &transaction)
    }

    /// Writes what claimed messages have become beside their leases: their alternatives, and behind nobody any more.
    static func saveClaimed(_ messages: [StoredMessage], _ transaction: inout PostgresTransaction) {
        for query in become(messages).compactMap(\.self) { transaction.write(query) }
        giveUpTurns(of: messages, &transaction)
    }

    /// What is counted otherwise of messages that were read.
    static func counts(of messages: [StoredMessage]) -> MessageCounts.Changes {
        var counts = MessageCounts.Changes()
        for message in messages {
            counts.add(message.uuid, message.before?.message.state, message.record.message.state)
        }
        return counts
    }

    /// Who does not wait for a turn any more keeps none.
    private static func giveUpTurns(of messages: [StoredMessage], _ transaction: inout PostgresTransaction) {
        let turns = messages.filter { $0.before?.message.state == .deferred && $0.record.message.state != .deferred }
        for query in FactRows.takeBack(turns.flatMap(\.record.turns)) { transaction.write(query) }
    }

    private static func leaveLine(_ messages: [StoredMessage]) -> PostgresQuery? {
        let moving = messages.filter { $0.leavesLine && $0.hasPlaceInLine }
        guard !moving.isEmpty else { return nil }
        let sql = """
            DELETE FROM hookline.waiting w USING unnest($1::text[], $2::timestamptz[], $3::bigint[]) AS s(account, due_at, place)
            WHERE \(byKey("w.account", "s.account")) AND w.due_at = s.due_at AND w.place = s.place
            """
        return PostgresQuery(sql) {
            $0.add(moving.map { $0.before?.message.account })
            $0.add(moving.map { $0.before?.message.dueAt })
            $0.add(moving.map(\.place))
        }
    }

    private static func getInLine(_ messages: [StoredMessage]) -> PostgresQuery? {
        wait(messages.filter { $0.leavesLine || $0.before?.message.dueAt == nil || !$0.hasPlaceInLine })
    }

    private static func endLeases(_ messages: [StoredMessage]) -> PostgresQuery? {
        let ended = messages.filter { $0.before?.message.state == .sending }
        guard !ended.isEmpty else { return nil }
        return PostgresQuery("DELETE FROM hookline.leases WHERE message = ANY($1::uuid[])") {
            $0.add(ended.map(\.uuid))
        }
    }

    /// What is learnt of messages that are on their way waits in their leases.
    private static func keepLeases(_ messages: [StoredMessage]) -> PostgresQuery? {
        guard !messages.isEmpty else { return nil }
        let sql = """
            UPDATE hookline.leases l SET reason = s.reason, steps = l.steps + s.steps, story = l.story || s.story,
                called_off = s.called_off > 0
            FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::bigint[])
                AS s(message, reason, steps, story, called_off)
            WHERE \(byKey("l.message", "s.message"))
            """
        return PostgresQuery(sql) {
            $0.add(messages.map(\.uuid))
            $0.add(messages.map(\.record.message.reason))
            $0.add(messages.map { Int64($0.added.count) })
            $0.add(messages.map { String(decoding: Story($0.added).text, as: UTF8.self) })
            $0.add(messages.map { $0.record.calledOffBy == nil ? 0 : 1 })
        }
    }

    private static func note(_ messages: [StoredMessage]) throws -> PostgresQuery? {
        let changed = messages.filter {
            $0.before?.calledOffBy != $0.record.calledOffBy || $0.before?.arrival != $0.record.arrival
        }
        guard !changed.isEmpty else { return nil }
        let sql = """
            UPDATE hookline.messages m SET called_off_by = s.called_off_by, arrival = s.arrival
            FROM unnest($1::uuid[], $2::text[], $3::text[]) AS s(id, called_off_by, arrival)
            WHERE \(byKey("m.id", "s.id"))
            """
        return PostgresQuery(sql) {
            $0.add(changed.map(\.uuid))
            $0.add(changed.map(\.record.calledOffBy))
            $0.add(changed.map { $0.record.arrival.map { $0.json.text() } })
        }
    }

    private static func change(_ messages: [StoredMessage]) throws -> PostgresQuery? {
        guard !messages.isEmpty else { return nil }
        let records = messages.map(\.record)
        let ids = try messages.map { try PostgresUUID.needed($0.uuid) }
        return PostgresQuery(change) {
            $0.add(ids)
            $0.add(records.map(\.message.state.rawValue))
            $0.add(records.map(\.message.reason))
            $0.add(records.map(\.message.dueAt))
            $0.add(records.map(\.message.expiresAt))
            $0.add(records.map { Int64($0.claims) })
            $0.add(records.map { Int64($0.message.attempts) })
            $0.add(records.map(\.agesFrom))
            $0.add(records.map { Int64($0.timelineLength) })
            $0.add(records.map(\.message.partnerID))
            $0.add(records.map(\.message.updatedAt))
            $0.add(records.map(\.calledOffBy))
            $0.add(records.map { $0.arrival.map { $0.json.text() } })
            $0.add(records.map(\.overridesUntil))
            $0.add(records.map(\.claimedAt))
        }
    }

    private static let change = """
        UPDATE hookline.messages m SET state = s.state, reason = s.reason, due_at = s.due_at, expires_at = s.expires_at,
            claims = s.claims, attempts = s.attempts, ages_from = s.ages_from, steps = s.steps,
            partner_id = s.partner_id, updated_at = s.updated_at, called_off_by = s.called_off_by,
            arrival = s.arrival, overrides_until = s.overrides_until, claimed_at = s.claimed_at, noteworthy = s.state NOT IN \(plain)
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bigint[],
            $7::bigint[], $8::timestamptz[], $9::bigint[], $10::text[], $11::timestamptz[], $12::text[], $13::text[],
            $14::timestamptz[], $15::timestamptz[])
            AS s(id, state, reason, due_at, expires_at, claims, attempts, ages_from, steps, partner_id, updated_at,
                called_off_by, arrival, overrides_until, claimed_at)
        WHERE \(byKey("m.id", "s.id"))
        """

    private static func tell(_ messages: [StoredMessage], _ attempts: [MessageID: Attempt]) -> PostgresQuery? {
        tell(
            messages.map { message in
                let story = Story(message.added, attempt: attempts[message.record.message.id])
                return (message.uuid, message.record.timelineLength, message.leaseStory, story)
            }
        )
    }

    /// What messages have become that leave as their alternatives from now on, which are forgotten then.
    private static func become(_ messages: [StoredMessage]) -> [PostgresQuery?] {
        // What digests become is written with how they stand.
        let changed = messages.filter {
            $0.before != nil && $0.before?.alternative != $0.record.alternative
                && $0.before?.digest?.isBuilt == $0.record.digest?.isBuilt
        }
        guard !changed.isEmpty else { return [] }
        let (ids, records) = (changed.map(\.uuid), changed.map(\.record))
        let built = changed.filter { $0.record.message.request != nil }
        let requests = """
            INSERT INTO hookline.message_requests AS r (message, request) SELECT * FROM unnest($1::uuid[], $2::bytea[])
            ON CONFLICT (message) DO UPDATE SET request = excluded.request
            """
        let rows = """
            UPDATE hookline.messages m SET account = s.account, category = s.category, alternative = s.alternative
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS s(id, account, category, alternative)
            WHERE \(byKey("m.id", "s.id"))
            """
        return [
            PostgresQuery(rows) {
                $0.add(ids)
                $0.add(records.map(\.message.account))
                $0.add(records.map { $0.category?.rawValue })
                $0.add(records.map { $0.alternative?.rawValue })
            },
            PostgresQuery(requests) {
                $0.add(built.map(\.uuid))
                $0.add(blobs: built.map { $0.record.message.request?.body })
            },
            PostgresQuery("DELETE FROM hookline.message_alternatives WHERE message = ANY($1::uuid[])") { $0.add(ids) },
        ]
    }

    /// By the partner's id the messages are found of which a source tells.
    private static func linkPartners(_ messages: [StoredMessage]) -> PostgresQuery? {
        let taken = messages.compactMap { message -> (PostgresUUID?, [UInt8])? in
            let record = message.record
            guard let id = record.message.partnerID, record.arrival != nil, message.before?.message.partnerID != id
            else { return nil }
            return (message.uuid, indexed(id))
        }
        guard !taken.isEmpty else { return nil }
        let sql = """
            INSERT INTO hookline.partner_ids (partner, message) SELECT * FROM unnest($1::bytea[], $2::uuid[])
            ON CONFLICT DO NOTHING
            """
        return PostgresQuery(sql) {
            $0.add(blobs: taken.map(\.1))
            $0.add(taken.map(\.0))
        }
    }
}

extension PostgresError {
    /// Something came between what was looked at and its lock: the transaction has to run again.
    static func contention(_ reason: String) -> PostgresError {
        PostgresError(.refused, reason, sqlState: SQLState("40001"))
    }
}

extension StoredMessage {
    /// Whether it is on its way, before and after.
    fileprivate var staysOnItsWay: Bool {
        before?.message.state == .sending && record.message.state == .sending
    }

    /// Whether it waits no more, or elsewhere.
    fileprivate var leavesLine: Bool {
        guard let before, before.message.dueAt != nil else { return false }
        return before.message.dueAt != record.message.dueAt || before.message.account != record.message.account
    }
}
