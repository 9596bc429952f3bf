// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// The keys of requests that must not count twice, with their answers.
///
/// A key is taken by an upsert, which also writes where somebody else has it: so a second request waits until it is known
/// what became of the first, on whichever node that is, and its answer waits for the standby as the first one did. It is
/// the first thing that a transaction takes: whoever holds a key never waits for another one behind other rows.
///
/// The answer stands here and not with the event, because an event may be pruned before the key's window is over.
enum IdempotencyRows {
    static let tables = [
        """
        CREATE TABLE hookline.idempotency_keys (
            caller text NOT NULL, key bytea NOT NULL, fingerprint bytea NOT NULL, status bigint, answer bytea, event uuid,
            expires_at timestamptz NOT NULL, PRIMARY KEY (caller, key))
        """,
        "CREATE INDEX idempotency_keys_expiry ON hookline.idempotency_keys (expires_at)",
    ]

    /// A request that wants its key.
    struct Wish {
        let key: IdempotencyKey
        /// What its caller is answered; `nil` where that comes out of what the transaction does next.
        let answer: KeptAnswer?
        /// The event that it becomes.
        let event: EventID
        /// What time it is for keys.
        let keys: Timestamp
    }

    /// How a key was used before, and the event on which its request counts as a repetition.
    typealias Use = (use: IdempotencyUse, repeats: EventID?)

    /// Who has a key; `nil` where a transaction has just taken it, and its answer is to come.
    private typealias Holder = Held<KeptUse>?

    private struct Name: Hashable {
        let caller: String
        let key: [UInt8]

        init(_ key: IdempotencyKey) {
            (caller, self.key) = (key.apiKey, indexed(key.key))
        }

        init(_ row: PostgresRow) throws {
            (caller, key) = (try row.text(0), try row.blob(1))
        }
    }

    // MARK: Taking

    /// Takes the keys of requests, in their order.
    ///
    /// - Parameters:
    ///   - wishes: The requests; their events differ.
    ///   - transaction: The transaction.
    /// - Returns: For each how its key was used before, and the event on which it counts as a repetition; `nil` where the key
    ///   is its own.
    /// - Throws: `PostgresError`.
    static func take(
        _ wishes: [Wish],
        _ transaction: inout PostgresTransaction
    ) throws -> [Use?] {
        var uses: [Use?] = wishes.map { _ in nil }
        var open = Array(wishes.indices)
        while !open.isEmpty {
            var asking: [Name: Int] = [:]
            for index in open where asking[Name(wishes[index].key)] == nil { asking[Name(wishes[index].key)] = index }
            let holders = try ask(asking.values.sorted().map { wishes[$0] }, &transaction)
            var left: [Int] = []
            for index in open {
                let wish = wishes[index]
                guard let holder = holders[Name(wish.key)] else { continue }
                if isOwn(holder, wish, asks: asking[Name(wish.key)] == index) { continue }
                uses[index] = holder?.use(by: wish.key, at: wish.keys)
                // Its window is over for this one, which asks itself then.
                if uses[index] == nil { left.append(index) }
            }
            open = left
        }
        return uses
    }

    private static func isOwn(_ holder: Holder, _ wish: Wish, asks: Bool) -> Bool {
        guard asks else { return false }
        return holder.map { $0.value.event == wish.event && wish.event != .none } ?? true
    }

    private static func ask(
        _ wishes: [Wish],
        _ transaction: inout PostgresTransaction
    ) throws -> [Name: Holder] {
        let none = KeptAnswer(status: 0, body: [])
        let kept = wishes.map { $0.key.kept($0.answer ?? none, for: $0.event, at: $0.keys) }
        let query = PostgresQuery(taking) {
            $0.add(wishes.map(\.key.apiKey))
            $0.add(blobs: wishes.map { indexed($0.key.key) })
            $0.add(blobs: wishes.map(\.key.bodyFingerprint))
            $0.add(wishes.map { $0.answer.map { Int64($0.status) } })
            $0.add(blobs: wishes.map { $0.answer?.body })
            $0.add(wishes.map { PostgresUUID($0.event) })
            $0.add(kept.map(\.until))
            $0.add(wishes.map(\.keys).max())
        }
        let held = try transaction.rows(query).map { (try Name($0), try holder($0)) }
        return Dictionary(held) { first, _ in first }
    }

    private static let columns = "caller, key, fingerprint, status, answer, event, expires_at"

    private static let taking = """
        INSERT INTO hookline.idempotency_keys AS k (\(columns))
        SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::bigint[], $5::bytea[], $6::uuid[],
            $7::timestamptz[]) ORDER BY 1, 2
        ON CONFLICT (caller, key) DO UPDATE SET
            fingerprint = CASE WHEN k.expires_at <= $8 THEN excluded.fingerprint ELSE k.fingerprint END,
            status = CASE WHEN k.expires_at <= $8 THEN excluded.status ELSE k.status END,
            answer = CASE WHEN k.expires_at <= $8 THEN excluded.answer ELSE k.answer END,
            event = CASE WHEN k.expires_at <= $8 THEN excluded.event ELSE k.event END,
            expires_at = CASE WHEN k.expires_at <= $8 THEN excluded.expires_at ELSE k.expires_at END
        RETURNING \(columns)
        """

    private static func holder(_ row: PostgresRow) throws -> Holder {
        guard let status = try row.optionalNumber(3), let body = try row.optionalBlob(4) else { return nil }
        let use = KeptUse(
            bodyFingerprint: try row.blob(2),
            answer: KeptAnswer(status: Int(status), body: body),
            event: try row.optionalUUID(5)?.eventID ?? .none
        )
        return Held(use, until: try row.time(6))
    }

    /// Gives a key that this transaction has taken its answer.
    static func answer(_ key: IdempotencyKey, _ answer: KeptAnswer) -> PostgresQuery {
        let sql = "UPDATE hookline.idempotency_keys SET status = $3, answer = $4 WHERE caller = $1 AND key = $2"
        return PostgresQuery(sql) {
            $0.add(key.apiKey)
            $0.add(blob: indexed(key.key))
            $0.add(answer.status)
            $0.add(blob: answer.body)
        }
    }

    /// Takes a key with its answer, whoever had it.
    static func put(_ key: IdempotencyKey, _ answer: KeptAnswer, at keys: Timestamp) -> PostgresQuery {
        let held = key.kept(answer, for: .none, at: keys)
        let sql = """
            INSERT INTO hookline.idempotency_keys (\(columns)) VALUES ($1, $2, $3, $4, $5, NULL, $6)
            ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
                answer = excluded.answer, event = NULL, expires_at = excluded.expires_at
            """
        return PostgresQuery(sql) {
            $0.add(key.apiKey)
            $0.add(blob: indexed(key.key))
            $0.add(blob: key.bodyFingerprint)
            $0.add(answer.status)
            $0.add(blob: answer.body)
            $0.add(held.until)
        }
    }

    // MARK: Looking

    /// How a key was used; `nil` when it is free.
    static func use(
        of key: IdempotencyKey,
        at keys: Timestamp,
        _ transaction: inout PostgresTransaction
    ) throws -> Use? {
        let sql = "SELECT \(columns) FROM hookline.idempotency_keys WHERE caller = $1 AND key = $2"
        return try found(sql, key, &transaction)?.use(by: key, at: keys)
    }

    /// The same, and counts a repetition on the event that came first.
    ///
    /// It writes in any case, so that the answer waits for a standby that may not have the first one's yet.
    static func countedUse(
        of key: IdempotencyKey,
        at keys: Timestamp,
        counting now: Timestamp,
        _ transaction: inout PostgresTransaction
    ) throws -> IdempotencyUse? {
        let sql = """
            UPDATE hookline.idempotency_keys SET status = status WHERE caller = $1 AND key = $2 RETURNING \(columns)
            """
        guard let found = try found(sql, key, &transaction)?.use(by: key, at: keys) else { return nil }
        if let event = found.repeats { transaction.write(AcceptedRows.counting([event: [now]])) }
        return found.use
    }

    private static func found(
        _ sql: String,
        _ key: IdempotencyKey,
        _ transaction: inout PostgresTransaction
    ) throws -> Holder {
        let query = PostgresQuery(sql) {
            $0.add(key.apiKey)
            $0.add(blob: indexed(key.key))
        }
        return try transaction.rows(query).first.flatMap(holder)
    }
}

extension EventID {
    /// What a request became that became no event.
    static let none = EventID(rawValue: "")
}
