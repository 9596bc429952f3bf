// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import PostgresConnection

/// The table `facts`: who tells what, what was called off before it came, what was seen last, and who left or waits under
/// a limit.
enum FactRows {
    /// A fact as its row names it.
    struct Key: Hashable {
        let rule: String
        let recipient: String
        let kind: String
        let key: [UInt8]

        init(_ fact: Fact) {
            (rule, recipient, kind, key) = (fact.rule, fact.recipient, fact.kind.rawValue, indexed(fact.key))
        }

        init(_ row: PostgresRow) throws {
            (rule, recipient, kind, key) = (try row.text(0), try row.text(1), try row.text(2), try row.blob(3))
        }
    }

    /// Takes departures back that are known not to have arrived, or turns that are over.
    static func takeBack(_ facts: [Fact]) -> [PostgresQuery] {
        let known = facts.filter { !$0.isTurnOfAnyAccount }
        let sql = """
            DELETE FROM hookline.facts f
            USING unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS s(rule, recipient, kind, key)
            WHERE \(byKey("f.rule", "s.rule")) AND (f.recipient, f.kind, f.key) = (s.recipient, s.kind, s.key)
            """
        let deletion = known.isEmpty ? [] : [PostgresQuery(sql) { add(known, to: &$0) }]
        return deletion + facts.filter(\.isTurnOfAnyAccount).map(takeBackAnywhere)
    }

    private static func takeBackAnywhere(_ turn: Fact) -> PostgresQuery {
        let sql = """
            DELETE FROM hookline.facts
            WHERE rule = $1 AND starts_with(recipient, 'account:') AND kind = 'turn' AND key = $2
            """
        return PostgresQuery(sql) {
            $0.add(turn.rule)
            $0.add(blob: indexed(turn.key))
        }
    }

    /// What stands under a fact.
    struct Row {
        /// The message or the event that the fact is of.
        let holder: PostgresUUID
        let until: Timestamp
        /// What was seen last; `nil` for every other kind.
        let known: KnownValue?

        var cancellation: EarlyCancellation { EarlyCancellation(holder.eventID, until: until) }

        var value: Held<KnownValue>? { known.map { Held($0, until: until) } }

        init(holder: PostgresUUID, until: Timestamp, known: KnownValue?) {
            (self.holder, self.until, self.known) = (holder, until, known)
        }

        fileprivate init(_ row: PostgresRow) throws {
            (holder, until) = (try row.uuid(4), try row.time(5))
            guard let value = try row.optionalText(6) else {
                known = nil
                return
            }
            known = KnownValue(value: value, at: try row.time(7), since: try row.time(8))
        }
    }

    /// In which order facts are locked: what is told once last, for most messages take that alone, after all else was asked.
    static let order = "kind IN ('once', 'shadow_once'), rule, recipient, kind, key"

    /// A fact that a message wants, and until when.
    typealias Wish = (fact: Fact, message: MessageID, until: Timestamp)

    /// Locks facts, also those of which there is nothing yet, in one order: whoever asks for one of them from then on waits.
    ///
    /// - Parameters:
    ///   - facts: Which; of one that is named twice the same is told.
    ///   - holder: Who stands in a row that was not there, whose time is over at once.
    ///   - transaction: The transaction.
    /// - Returns: What stands under each.
    /// - Throws: `PostgresError`.
    static func lock(
        _ facts: some Sequence<Fact>,
        for holder: PostgresUUID,
        _ transaction: inout PostgresTransaction
    ) throws -> [Fact: Row] {
        let named = Dictionary(facts.map { (Key($0), $0) }) { first, _ in first }
        guard !named.isEmpty else { return [:] }
        let sql = """
            INSERT INTO hookline.facts AS f (rule, recipient, kind, key, message, until)
            SELECT *, $5::uuid, '-infinity'::timestamptz
            FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS s(rule, recipient, kind, key) ORDER BY \(order)
            ON CONFLICT (rule, recipient, kind, key) DO UPDATE SET until = f.until
            RETURNING rule, recipient, kind, key, message, until, value, at, since
            """
        let query = PostgresQuery(sql) {
            add(Array(named.values), to: &$0)
            $0.add(holder)
        }
        let rows = try transaction.rows(query).map { (named[try Key($0)], try Row($0)) }
        return Dictionary(rows.compactMap { fact, row in fact.map { ($0, row) } }) { first, _ in first }
    }

    /// Remembers which event called off what comes under the fact.
    static func put(_ cancellation: EarlyCancellation, under fact: Fact) -> PostgresQuery {
        put(fact, PostgresUUID(cancellation.value), nil, until: cancellation.until)
    }

    /// Remembers what an event said under the fact.
    static func put(_ value: Held<KnownValue>, of event: EventID, under fact: Fact) -> PostgresQuery {
        put(fact, PostgresUUID(event), value.value, until: value.until)
    }

    /// Gives a fact to a message, whoever holds it: also a departure, or a turn.
    static func give(_ fact: Fact, to holder: FactHolder) -> PostgresQuery {
        put(fact, PostgresUUID(holder.value), nil, until: holder.until)
    }

    private static func put(
        _ fact: Fact,
        _ holder: PostgresUUID?,
        _ known: KnownValue?,
        until: Timestamp
    ) -> PostgresQuery {
        let sql = """
            INSERT INTO hookline.facts AS f (rule, recipient, kind, key, message, until, value, at, since)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (rule, recipient, kind, key) DO UPDATE SET message = excluded.message, until = excluded.until,
                value = excluded.value, at = excluded.at, since = excluded.since
            """
        let key = Key(fact)
        return PostgresQuery(sql) {
            $0.add(key.rule)
            $0.add(key.recipient)
            $0.add(key.kind)
            $0.add(blob: key.key)
            $0.add(holder)
            $0.add(until)
            $0.add(known?.value)
            $0.add(known?.at)
            $0.add(known?.since)
        }
    }

    /// Takes facts for messages, unless somebody holds them beyond a time on the line of keys.
    ///
    /// - Parameters:
    ///   - wishes: The facts, each once, for whom and until when.
    ///   - keys: That time.
    ///   - transaction: The transaction.
    /// - Returns: Who holds each now.
    /// - Throws: `PostgresError`.
    static func take(
        _ wishes: [Wish],
        at keys: Timestamp,
        _ transaction: inout PostgresTransaction
    ) throws -> [Fact: FactHolder] {
        let named = Dictionary(wishes.map { (Key($0.fact), $0.fact) }) { first, _ in first }
        let query = PostgresQuery(taking) {
            add(wishes.map(\.fact), to: &$0)
            $0.add(wishes.map { PostgresUUID($0.message) })
            $0.add(wishes.map(\.until))
            $0.add(keys)
        }
        let held = try transaction.rows(query).map { row in
            (named[try Key(row)], FactHolder(try row.uuid(4).messageID, until: try row.time(5)))
        }
        return Dictionary(held.compactMap { fact, holder in fact.map { ($0, holder) } }) { first, _ in first }
    }

    private static let taking = """
        INSERT INTO hookline.facts AS f (rule, recipient, kind, key, message, until)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::uuid[], $6::timestamptz[])
            AS s(rule, recipient, kind, key, message, until) ORDER BY \(order)
        ON CONFLICT (rule, recipient, kind, key) DO UPDATE SET
            message = CASE WHEN f.until <= $7 THEN excluded.message ELSE f.message END,
            until = CASE WHEN f.until <= $7 THEN excluded.until ELSE f.until END
        RETURNING rule, recipient, kind, key, message, until
        """

    // MARK: Limits

    /// The end of the departure that ends as the wanted one from the last; `nil` when there are fewer.
    static func departure(
        _ question: DepartureQuestion,
        _ transaction: inout PostgresTransaction
    ) throws -> Timestamp? {
        // The first condition on the kind says that the index has all that is wanted.
        let sql = """
            SELECT until FROM hookline.facts WHERE rule = $1 AND recipient = $2 AND kind IN ('departure', 'turn')
                \(question.countsTurns ? "" : "AND kind = 'departure'") AND message <> $3 AND until > $4
            ORDER BY until DESC LIMIT 1 OFFSET $5
            """
        let query = PostgresQuery(sql) {
            $0.add(question.rule)
            $0.add(question.recipient)
            $0.add(PostgresUUID(question.asking))
            $0.add(question.now)
            $0.add(question.count - 1)
        }
        return try transaction.rows(query).first?.time(0)
    }

    /// Waits until nobody else claims under the limits that messages ask about, in one order.
    ///
    /// - Parameters:
    ///   - questions: What they ask.
    ///   - keys: The time on the line of keys.
    /// - Returns: The statement; `nil` where nothing is asked.
    static func lockLines(_ questions: [DepartureQuestion], at keys: Timestamp) -> PostgresQuery? {
        guard !questions.isEmpty else { return nil }
        let sql = """
            INSERT INTO hookline.limit_lines AS l (rule, recipient, until)
            SELECT DISTINCT rule, recipient, $3::timestamptz FROM unnest($1::text[], $2::text[]) AS s(rule, recipient)
                ORDER BY 1, 2
            ON CONFLICT (rule, recipient) DO UPDATE SET until = excluded.until
            """
        return PostgresQuery(sql) {
            $0.add(questions.map(\.rule))
            $0.add(questions.map(\.recipient))
            $0.add(keys.advanced(by: .seconds(86_400)))
        }
    }

    // MARK: What rivals hold

    /// Who holds facts; one that nobody ever held is left out.
    ///
    /// - Parameters:
    ///   - facts: Which.
    ///   - locks: Whether their rows are locked.
    ///   - transaction: The transaction.
    /// - Returns: The holders, also those whose time is over.
    /// - Throws: `PostgresError`.
    static func holders(
        of facts: [Fact],
        locks: Bool = true,
        _ transaction: inout PostgresTransaction
    ) throws -> [Fact: FactHolder] {
        guard !facts.isEmpty else { return [:] }
        let sql = """
            SELECT f.rule, f.recipient, f.kind, f.key, f.message, f.until FROM hookline.facts f
                JOIN unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS s(a, b, c, d)
                ON \(byKey("f.rule", "s.a")) AND (f.recipient, f.kind, f.key) = (s.b, s.c, s.d)
            \(locks ? "ORDER BY \(order) FOR UPDATE OF f" : "")
            """
        let query = PostgresQuery(sql) { add(facts, to: &$0) }
        let held = try transaction.rows(query).map { row in
            (try Key(row), FactHolder(try row.uuid(4).messageID, until: try row.time(5)))
        }
        let named = Dictionary(facts.map { (Key($0), $0) }) { first, _ in first }
        return Dictionary(held.compactMap { key, holder in named[key].map { ($0, holder) } }) { first, _ in first }
    }

    /// Adds the four columns of the key, as arrays.
    static func add(_ facts: [Fact], to parameters: inout PostgresParameters) {
        parameters.add(facts.map(\.rule))
        parameters.add(facts.map(\.recipient))
        parameters.add(facts.map(\.kind.rawValue))
        parameters.add(blobs: facts.map { indexed($0.key) })
    }
}
