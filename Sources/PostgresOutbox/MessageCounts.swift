// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Messages
package import PostgresConnection

/// How many messages stand how, without reading them: the table `message_counts`.
///
/// Each transaction that changes where messages stand adds rows that say by how many; nobody waits there for anybody, as with one
/// row for each state. Their sums are the counts. Who leads folds them to a row for each state once a minute, in a
/// statement that takes the rows that it sees and puts their sums: whoever counts meanwhile sees the ones or the others.
package enum MessageCounts {
    /// The statement that makes the table.
    ///
    /// - Parameter busy: Its parameters, as of a table whose rows come and go.
    /// - Returns: The statement.
    static func table(_ busy: String) -> String {
        "CREATE TABLE hookline.message_counts (state text NOT NULL, count bigint NOT NULL) \(busy)"
    }

    /// What a transaction changes.
    struct Changes {
        private var counts: [MessageState: Int] = [:]

        /// A message stands otherwise.
        ///
        /// - Parameters:
        ///   - before: How it stood; `nil` for a new one.
        ///   - now: How it stands.
        mutating func add(_ before: MessageState?, _ now: MessageState) {
            if let before { counts[before, default: 0] -= 1 }
            counts[now, default: 0] += 1
        }

        /// Writes them; `nil` where nothing is changed.
        var query: PostgresQuery? {
            let changed = counts.filter { $0.value != 0 }.sorted { $0.key.rawValue < $1.key.rawValue }
            guard !changed.isEmpty else { return nil }
            let sql = """
                INSERT INTO hookline.message_counts (state, count) SELECT * FROM unnest($1::text[], $2::bigint[])
                """
            return PostgresQuery(sql) {
                $0.add(changed.map(\.key.rawValue))
                $0.add(changed.map { Int64($0.value) })
            }
        }
    }

    /// Counts messages no more that are about to be deleted, and are locked.
    static func forget(_ ids: [PostgresUUID]) -> PostgresQuery {
        PostgresQuery(counting("-", "WHERE m.id = ANY($1::uuid[])")) { $0.add(ids) }
    }

    /// Counts the messages of a whole piece of the table no more, of which none is on its way.
    ///
    /// - Parameter piece: Its name.
    /// - Returns: The statement.
    static func forget(piece: String) -> PostgresQuery {
        let sql = """
            INSERT INTO hookline.message_counts (state, count) SELECT state, -count(*) FROM \(piece) GROUP BY state
            """
        return PostgresSchema.plain(sql)
    }

    /// Counts all messages, of which nobody changes any meanwhile.
    static var all: [PostgresQuery] {
        ["DELETE FROM hookline.message_counts", counting("", "")].map(PostgresSchema.plain)
    }

    private static func counting(_ sign: String, _ condition: String) -> String {
        """
        INSERT INTO hookline.message_counts (state, count)
        SELECT \(Counts.state), \(sign)count(*)
        FROM hookline.messages m LEFT JOIN hookline.leases l ON l.message = m.id \(condition) GROUP BY 1
        """
    }

    /// With so many rows they are folded.
    package static let most = 2 * MessageState.allCases.count

    /// Folds what stands there, where it is much.
    package static let fold = PostgresQuery(
        """
        WITH gone AS (
            DELETE FROM hookline.message_counts WHERE (SELECT count(*) FROM hookline.message_counts) > \(most)
            RETURNING state, count)
        INSERT INTO hookline.message_counts (state, count)
        SELECT state, sum(count) FROM gone GROUP BY state HAVING sum(count) <> 0
        """
    )

    /// Asks for them.
    static let question = PostgresQuery(
        """
        SELECT state, sum(count)::bigint FROM hookline.message_counts GROUP BY state HAVING sum(count) <> 0
        """
    )
}
