// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// The tables of digests, inside the caller's transaction or snapshot: which is open in a slot, and which events are in it.
///
/// How a digest stands is in its message's row (`digest`), and is locked and saved with that. A row of `digest_slots` says
/// which digest takes events; whoever opens, joins or closes one has that row first, and the message after it, so that of many
/// nodes one opens a digest and the others join it.
enum DigestRows {
    /// The statements that make the tables.
    static let statements = [
        """
        CREATE TABLE hookline.digest_slots (
            rule text NOT NULL, recipient text NOT NULL, mode text NOT NULL, key bytea NOT NULL, message uuid,
            PRIMARY KEY (rule, recipient, mode, key))
        """,
        "CREATE INDEX digest_slots_message ON hookline.digest_slots (message)",
        """
        CREATE TABLE hookline.digest_items (
            message uuid NOT NULL, place bigint NOT NULL, number bigint GENERATED ALWAYS AS IDENTITY, event uuid NOT NULL,
            rule text NOT NULL, key text, joined_at timestamptz NOT NULL, payload bytea,
            PRIMARY KEY (message, place, number))
        """,
        "CREATE INDEX digest_items_event ON hookline.digest_items (event)",
        // By their beginning, since an index takes no long text.
        "CREATE INDEX digest_items_key ON hookline.digest_items (left(key, 64), rule) WHERE key IS NOT NULL",
    ]

    /// The account of digests that have no text yet: nobody claims under it.
    static let account = ""

    // MARK: How a digest stands

    /// What is kept in a message's row.
    static func text(_ digest: Digest?) -> String? {
        guard let digest else { return nil }
        let json: JSON = [
            "key": .string(digest.key), "mode": .string(digest.mode.rawValue), "open": .bool(digest.isOpen),
            "built": .bool(digest.isBuilt), "size": .number(JSONNumber(digest.size)),
            "kept": .number(JSONNumber(digest.kept)), "bytes": .number(JSONNumber(digest.bytes)),
            "version": .number(JSONNumber(digest.version)),
        ]
        return json.text()
    }

    /// The digest in a message's row; `nil` when it does not read.
    static func digest(_ text: String) -> Digest? {
        guard let json = try? JSON(parsing: text), let key = json["key"]?.string,
            let mode = json["mode"]?.string.flatMap(Mode.init), let isOpen = json["open"]?.bool,
            let isBuilt = json["built"]?.bool, let size = json["size"]?.number?.int,
            let kept = json["kept"]?.number?.int, let bytes = json["bytes"]?.number?.int,
            let version = json["version"]?.number?.int
        else { return nil }
        return Digest(
            key: key,
            mode: mode,
            isOpen: isOpen,
            isBuilt: isBuilt,
            size: size,
            kept: kept,
            bytes: bytes,
            version: version
        )
    }

    /// Writes how digests stand that have changed, with the texts that they have or have not; other messages may be among them.
    static func changes(_ messages: [StoredMessage]) -> [PostgresQuery?] {
        let changed = messages.filter(\.isOtherDigest)
        guard !changed.isEmpty else { return [] }
        let rows = """
            UPDATE hookline.messages m SET digest = s.digest, account = s.account, category = s.category, gates = s.gates,
                alternative = s.alternative
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
                AS s(id, digest, account, category, gates, alternative)
            WHERE \(byKey("m.id", "s.id"))
            """
        let standing = PostgresQuery(rows) {
            $0.add(changed.map(\.uuid))
            $0.add(changed.map { text($0.record.digest) })
            $0.add(changed.map(\.record.message.account))
            $0.add(changed.map { $0.record.category?.rawValue })
            $0.add(changed.map { $0.record.gates.map { $0.json.text() } })
            $0.add(changed.map { $0.record.alternative?.rawValue })
        }
        return [standing] + texts(changed) + slots(changed)
    }

    private static func texts(_ changed: [StoredMessage]) -> [PostgresQuery?] {
        let others = changed.filter { $0.before?.digest?.isBuilt != $0.record.digest?.isBuilt }
        guard !others.isEmpty else { return [] }
        let forgetting = ["message_requests", "message_alternatives"].map { table in
            let sql = "DELETE FROM hookline.\(table) WHERE message = ANY($1::uuid[])"
            return PostgresQuery(sql) { $0.add(others.map(\.uuid)) }
        }
        let built = others.filter { $0.record.digest?.isBuilt == true && $0.record.message.request != nil }
        return forgetting + [AcceptedRows.requests(built)]
    }

    /// Frees the slots of digests that take no more events; who opens one has its slot already.
    private static func slots(_ changed: [StoredMessage]) -> [PostgresQuery?] {
        let closed = changed.filter { $0.before?.digest?.isOpen == true && $0.record.digest?.isOpen != true }
        guard !closed.isEmpty else { return [] }
        return [
            PostgresQuery("DELETE FROM hookline.digest_slots WHERE message = ANY($1::uuid[])") {
                $0.add(closed.map(\.uuid))
            }
        ]
    }

    // MARK: Slots

    /// A slot as its row names it.
    struct Key: Hashable {
        let rule: String
        let recipient: String
        let mode: String
        let key: [UInt8]

        init(_ slot: DigestSlot) {
            (rule, recipient, mode, key) = (slot.rule, slot.recipient, slot.mode.rawValue, indexed(slot.key))
        }

        /// The slot of a digest, by its message's row; `nil` for a message that is none.
        init?(rule: String, recipient: String?, digest: String?) {
            guard let digest = digest.flatMap(DigestRows.digest) else { return nil }
            (self.rule, self.recipient) = (rule, recipient ?? "")
            (mode, key) = (digest.mode.rawValue, indexed(digest.key))
        }

        init(_ row: PostgresRow) throws {
            (rule, recipient, mode, key) = (try row.text(0), try row.text(1), try row.text(2), try row.blob(3))
        }
    }

    /// Waits until nobody else has the slots, and says which digests are open in them.
    ///
    /// A slot in which none was open has a row without a message from then on, which ``fill(_:_:)`` fills or takes away.
    static func lock(
        _ slots: Set<Key>,
        _ transaction: inout PostgresTransaction
    ) throws -> [Key: PostgresUUID] {
        guard !slots.isEmpty else { return [:] }
        let sql = """
            INSERT INTO hookline.digest_slots AS d (rule, recipient, mode, key)
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) ORDER BY 1, 2, 3, 4
            ON CONFLICT (rule, recipient, mode, key) DO UPDATE SET message = d.message
            RETURNING rule, recipient, mode, key, message
            """
        let query = PostgresQuery(sql) { add(Array(slots), to: &$0) }
        let found = try transaction.rows(query).map { (try Key($0), try $0.optionalUUID(4)) }
        return Dictionary(found.compactMap { key, message in message.map { (key, $0) } }) { first, _ in first }
    }

    /// The same, without rows of slots in which no digest is open: nobody else opens one until the commit all the same.
    static func hold(
        _ slots: Set<Key>,
        _ transaction: inout PostgresTransaction
    ) throws -> [Key: PostgresUUID] {
        let open = try lock(slots, &transaction)
        let empty = slots.subtracting(open.keys)
        fill(Dictionary(uniqueKeysWithValues: empty.map { ($0, nil) }), &transaction)
        return open
    }

    /// The slots of those of the messages that are digests, open or not.
    static func slots(of messages: [PostgresUUID], _ transaction: inout PostgresTransaction) throws -> Set<Key> {
        guard !messages.isEmpty else { return [] }
        let sql = """
            SELECT rule, recipient, digest FROM hookline.messages WHERE id = ANY($1::uuid[]) AND digest IS NOT NULL
            """
        let slots = try transaction.rows(PostgresQuery(sql) { $0.add(messages) }).map { row in
            Key(rule: try row.text(0), recipient: try row.optionalText(1), digest: try row.optionalText(2))
        }
        return Set(slots.compactMap(\.self))
    }

    /// Says of slots that are locked which digests are open in them now.
    static func fill(_ slots: [Key: PostgresUUID?], _ transaction: inout PostgresTransaction) {
        let (full, empty) = (slots.filter { $0.value != nil }, slots.filter { $0.value == nil })
        if !full.isEmpty {
            let keys = Array(full.keys)
            let sql = """
                INSERT INTO hookline.digest_slots (rule, recipient, mode, key, message)
                SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::uuid[]) ORDER BY 1, 2, 3, 4
                ON CONFLICT (rule, recipient, mode, key) DO UPDATE SET message = excluded.message
                """
            transaction.write(
                PostgresQuery(sql) {
                    add(keys, to: &$0)
                    $0.add(keys.map { full[$0] ?? nil })
                }
            )
        }
        guard !empty.isEmpty else { return }
        let sql = """
            DELETE FROM hookline.digest_slots d
            USING unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS s(rule, recipient, mode, key)
            WHERE \(byKey("d.rule", "s.rule")) AND d.recipient = s.recipient AND d.mode = s.mode AND d.key = s.key
            """
        transaction.write(PostgresQuery(sql) { add(Array(empty.keys), to: &$0) })
    }

    private static func add(_ slots: [Key], to parameters: inout PostgresParameters) {
        parameters.add(slots.map(\.rule))
        parameters.add(slots.map(\.recipient))
        parameters.add(slots.map(\.mode))
        parameters.add(blobs: slots.map(\.key))
    }

    /// Lets a digest take events again that waits for long, unless another one does.
    static func reopen(_ record: inout MessageRecord, _ transaction: inout PostgresTransaction) throws {
        guard record.isToBuild, record.digest?.isOpen == false, let slot = record.slot else { return }
        let key = Key(slot)
        let isFree = try lock([key], &transaction).isEmpty
        record.reopen(whenFree: isFree)
        if isFree { fill([key: PostgresUUID(record.message.id)], &transaction) }
    }

    static func count(_ transaction: inout PostgresTransaction) throws -> Int {
        let sql = "SELECT count(*) FROM hookline.digest_slots WHERE message IS NOT NULL"
        return try transaction.rows(PostgresQuery(sql)).first.map { Int(try $0.number(0)) } ?? 0
    }

    // MARK: Building

    /// The digests that are due, with their events.
    ///
    /// - Parameters:
    ///   - now: By when they are due; `nil` for the database's own time.
    ///   - limit: The most digests; no more are in memory at once than one digest may have events.
    ///   - transaction: The transaction.
    /// - Returns: The digests, and when the next one is due.
    /// - Throws: `PostgresError`.
    static func due(
        at now: Timestamp?,
        limit: Int,
        _ transaction: inout PostgresTransaction
    ) throws -> DueDigests {
        let sql = """
            SELECT \(MessageRows.waitingColumns), w.due_at <= coalesce($1, now())
            FROM (SELECT message, due_at, place FROM hookline.waiting WHERE account = '\(account)'
                ORDER BY due_at, place LIMIT $2) w
                JOIN hookline.messages m ON \(byKey("m.id", "w.message"))
                LEFT JOIN hookline.message_requests r ON \(byKey("r.message", "m.id"))
            ORDER BY w.due_at, w.place
            """
        let query = PostgresQuery(sql) {
            $0.add(now)
            $0.add(limit + 1)
        }
        let rows = try transaction.rows(query).map { (try MessageRows.read($0), try $0.flag(MessageRows.width)) }
        var (due, size, bytes): ([StoredMessage], Int, Int) = ([], 0, 0)
        for (row, isDue) in rows.prefix(limit) where isDue {
            size += row.record.digest?.kept ?? 0
            bytes += row.record.digest?.bytes ?? 0
            guard due.isEmpty || size <= Digest.mostKept && bytes <= Digest.mostBytes else { break }
            due.append(row)
        }
        let items = try items(of: due.compactMap(\.uuid), &transaction)
        let orders = due.compactMap { row in DigestOrder(row.record, row.uuid.flatMap { items[$0] } ?? []) }
        let next = rows.count > due.count ? rows[due.count].0.record.message.dueAt : nil
        return DueDigests(orders: orders, next: next)
    }
}

extension StoredMessage {
    /// Whether it is a digest that stands otherwise than it was read; what it is for, and under which limits, is only known once
    /// it was built, and stays when its text is thrown away.
    fileprivate var isOtherDigest: Bool {
        guard let before, record.digest != nil else { return false }
        return before.digest != record.digest || before.gates != record.gates || before.category != record.category
    }
}
