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

    /// Takes a departure back that is known not to have arrived, or a turn that is over.
    static func takeBack(_ fact: Fact) -> PostgresQuery {
        let key = Key(fact)
        guard !fact.isTurnOfAnyAccount else {
            let sql = """
                DELETE FROM hookline.facts
                WHERE rule = $1 AND starts_with(recipient, 'account:') AND kind = 'turn' AND key = $2
                """
            return PostgresQuery(sql) {
                $0.add(key.rule)
                $0.add(blob: key.key)
            }
        }
        let sql = "DELETE FROM hookline.facts WHERE rule = $1 AND recipient = $2 AND kind = $3 AND key = $4"
        return PostgresQuery(sql) {
            $0.add(key.rule)
            $0.add(key.recipient)
            $0.add(key.kind)
            $0.add(blob: key.key)
        }
    }

    /// Who holds facts, whose rows are locked; a fact that nobody ever held is left out.
    static func holders(
        of facts: [Fact],
        _ transaction: inout PostgresTransaction
    ) throws -> [Fact: FactHolder] {
        guard !facts.isEmpty else { return [:] }
        let sql = """
            SELECT f.rule, f.recipient, f.kind, f.key, f.message, f.until FROM hookline.facts f
                JOIN unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS s(rule, recipient, kind, key)
                USING (rule, recipient, kind, key)
            ORDER BY 1, 2, 3, 4 FOR UPDATE OF f
            """
        let query = PostgresQuery(sql) { add(facts, to: &$0) }
        let held = try transaction.rows(query).map { row in
            (try Key(row), FactHolder(try row.uuid(4).messageID, until: try row.time(5)))
        }
        let named = Dictionary(facts.map { (Key($0), $0) }) { first, _ in first }
        return Dictionary(held.compactMap { key, holder in named[key].map { ($0, holder) } }) { first, _ in first }
    }

    /// Gives a fact to a message, whoever holds it.
    static func give(_ fact: Fact, to holder: FactHolder) -> PostgresQuery {
        let sql = """
            INSERT INTO hookline.facts AS f (rule, recipient, kind, key, message, until) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (rule, recipient, kind, key) DO UPDATE SET message = excluded.message, until = excluded.until
            """
        let key = Key(fact)
        return PostgresQuery(sql) {
            $0.add(key.rule)
            $0.add(key.recipient)
            $0.add(key.kind)
            $0.add(blob: key.key)
            $0.add(PostgresUUID(holder.value))
            $0.add(holder.until)
        }
    }

    /// Adds the four columns of the key, as arrays.
    static func add(_ facts: [Fact], to parameters: inout PostgresParameters) {
        parameters.add(facts.map(\.rule))
        parameters.add(facts.map(\.recipient))
        parameters.add(facts.map(\.kind.rawValue))
        parameters.add(blobs: facts.map { indexed($0.key) })
    }
}
