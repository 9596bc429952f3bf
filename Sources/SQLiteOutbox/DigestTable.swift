// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDB
import Messages
import PartnerAPI

/// The tables `digests` and `digest_items`, inside the caller's transaction or snapshot.
///
/// A digest is a message with a row here; an item is an event in it. Reads and writes them as they are.
struct DigestTable {
    let database: Database

    /// What a ``Digest`` is read from, of a row of `digests` that is there or not.
    static let columns = "d.key, d.mode, d.is_open, d.is_built, d.size, d.kept, d.bytes, d.version"

    /// The digest in the columns from one on; `nil` for a message that is none.
    static func digest(_ row: Row, from first: Int) throws -> Digest? {
        guard let key = row[first] as String? else { return nil }
        return Digest(
            key: key,
            mode: try row.name(first + 1),
            isOpen: row[first + 2],
            isBuilt: row[first + 3],
            size: row[first + 4],
            kept: row[first + 5],
            bytes: row[first + 6],
            version: row[first + 7]
        )
    }

    /// The row of the message that is open in a slot.
    func open(_ slot: DigestSlot) throws -> Int64? {
        try database.row(
            "SELECT message FROM digests WHERE rule = ? AND recipient = ? AND key = ? AND mode = ? AND is_open = 1",
            [slot.rule, slot.recipient, slot.key, slot.mode.rawValue]
        ) { $0[0] }
    }

    /// Lets a digest take events again that waits for long, unless another one does.
    func reopen(_ record: inout MessageRecord) throws {
        guard record.isToBuild, record.digest?.isOpen == false, let slot = record.slot else { return }
        record.reopen(whenFree: try open(slot) == nil)
    }

    func count() throws -> Int {
        try database.row("SELECT count(*) FROM digests WHERE is_open = 1", []) { $0[0] } ?? 0
    }

    // MARK: Digests

    /// Writes a digest that begins, whose builders are to be woken.
    func insert(_ record: MessageRecord, seq: Int64, _ effects: inout WriteQueue.Effects) throws {
        guard let digest = record.digest, let slot = record.slot else { return }
        effects.wakesBuilder = true
        try database.write(
            """
            INSERT INTO digests (message, rule, recipient, key, mode, is_open, is_built, size, kept, bytes, version)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ) { row in
            row.add(seq)
            row.add(slot.rule)
            row.add(slot.recipient)
            row.add(slot.key)
            row.add(slot.mode.rawValue)
            row.add(digest.isOpen ? 1 : 0)
            row.add(digest.isBuilt ? 1 : 0)
            row.add(digest.size)
            row.add(digest.kept)
            row.add(digest.bytes)
            row.add(digest.version)
        }
    }

    /// Writes how a digest stands.
    func update(_ digest: Digest, seq: Int64) throws {
        try database.run(
            """
            UPDATE digests SET is_open = ?, is_built = ?, size = ?, kept = ?, bytes = ?, version = ? WHERE message = ?
            """,
            [digest.isOpen, digest.isBuilt, digest.size, digest.kept, digest.bytes, digest.version, seq]
        )
    }

    /// Writes how a digest stands, with the text that it has or has not, where that has changed.
    func update(_ row: StoredMessage, otherwise alternative: Alternative?) throws {
        guard let digest = row.record.digest, digest != row.storedDigest else { return }
        try update(digest, seq: row.seq)
        guard digest.isBuilt != row.storedDigest?.isBuilt else { return }
        let message = row.record.message
        try database.run(
            "UPDATE messages SET account = ?, category = ?, alternative = ? WHERE seq = ?",
            [message.account, row.record.category?.rawValue, row.record.alternative?.rawValue, row.seq]
        )
        for table in ["message_requests", "message_alternatives"] {
            try database.run("DELETE FROM \(table) WHERE message = ?", [row.seq])
        }
        guard let request = message.request else { return }
        try MessageTable(database: database).insert(request, otherwise: alternative, of: row.seq)
    }

    /// Writes what is only known of a digest once it was built: what it is for, and what stands before it.
    func updateTerms(_ row: StoredMessage) throws {
        try database.run(
            "UPDATE messages SET category = ?, gates = ? WHERE seq = ?",
            [row.record.category?.rawValue, row.record.gates.map { $0.json.text() }, row.seq]
        )
    }

    // MARK: Items

    /// Puts an event into a digest.
    func add(
        _ item: DigestItem,
        event: Int64,
        to seq: Int64,
        payload: [UInt8]?,
        at now: Timestamp
    ) throws {
        try database.run(
            "INSERT INTO digest_items (message, event, rule, key, joined_at, payload) VALUES (?, ?, ?, ?, ?, ?)",
            [seq, event, item.rule, item.terms.key, now.microseconds, payload.map { Data($0) }]
        )
    }

    /// What a ``DigestPart`` is read from.
    private static let part = "count(*), count(payload), coalesce(sum(length(payload)), 0)"

    /// Which items a cancellation is about: its rule and key, its event twice, and until when later ones are.
    private static let meant = "rule = ? AND key = ? AND event <> ? AND (event < ? OR joined_at <= ?)"

    /// The digests that a cancellation concerns, and how much of each.
    func parts(_ meant: StatementArguments) throws -> [(message: Int64, part: DigestPart)] {
        try database.rows(
            """
            SELECT message, \(Self.part) FROM digest_items WHERE \(Self.meant)
                GROUP BY message ORDER BY message
            """,
            meant
        ) { ($0[0], DigestPart(count: $0[1], kept: $0[2], bytes: $0[3])) }
    }

    /// The digests that an event is in, and how much of each it is.
    func parts(of event: Int64) throws -> [(message: Int64, part: DigestPart)] {
        try database.rows(
            "SELECT message, \(Self.part) FROM digest_items WHERE event = ? GROUP BY message",
            [event]
        ) { ($0[0], DigestPart(count: $0[1], kept: $0[2], bytes: $0[3])) }
    }

    /// Takes an event out of a digest.
    func takeOut(_ event: Int64, of seq: Int64) throws {
        try database.run("DELETE FROM digest_items WHERE event = ? AND message = ?", [event, seq])
    }

    /// Takes out of a digest what a cancellation concerns.
    func takeOut(_ meant: StatementArguments, of seq: Int64) throws {
        try database.run("DELETE FROM digest_items WHERE \(Self.meant) AND message = ?", meant + [seq])
    }

    /// The events of a digest, in the order in which they were accepted.
    func events(of seq: Int64, limit: Int = Digest.mostKept) throws -> [EventID] {
        try database.rows(
            """
            SELECT e.id FROM digest_items i JOIN events e ON e.seq = i.event
                WHERE i.message = ? ORDER BY i.seq LIMIT ?
            """,
            [seq, limit]
        ) { EventID(rawValue: $0[0]) }
    }

    /// The events of a digest that are kept with what they say.
    func items(of seq: Int64) throws -> [DigestOrder.Item] {
        try database.rows(
            """
            SELECT \(EventReading.columns), b.headers, i.payload
                FROM digest_items i JOIN events e ON e.seq = i.event LEFT JOIN event_bodies b ON b.event = e.seq
                WHERE i.message = ? AND i.payload IS NOT NULL ORDER BY i.seq
            """,
            [seq]
        ) { row in
            // The body as it was received is not what the rules saw.
            let event = try EventReading.summary(row).event(headers: row[13] as String? ?? "[]", body: Data())
            return DigestOrder.Item(event: event, payload: [UInt8](row[14] as Data))
        }
    }
}
