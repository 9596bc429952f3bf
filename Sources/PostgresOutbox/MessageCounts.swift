// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Messages
package import PostgresConnection

/// How many messages stand how, without reading them: the table `message_counts`.
///
/// Each transaction that changes where messages stand adds rows that say by how many; nobody waits there for anybody, as with one
/// row for each state. Their sums are the counts. Who leads folds them to a row for each state and day once a minute, in a
/// statement that takes the rows that it sees and puts their sums: whoever counts meanwhile sees the ones or the others. The
/// day is that of the message's id, in days since 1970: so a piece of the table that is emptied is counted no more without being read.
package enum MessageCounts {
    /// The statement that makes the table.
    ///
    /// - Parameter busy: Its parameters, as of a table whose rows come and go.
    /// - Returns: The statement.
    static func table(_ busy: String) -> String {
        "CREATE TABLE hookline.message_counts (day bigint NOT NULL, state text NOT NULL, count bigint NOT NULL) \(busy)"
    }

    /// What a transaction changes.
    struct Changes {
        private struct Key: Hashable, Comparable {
            let day: Int64
            let state: MessageState

            static func < (left: Self, right: Self) -> Bool {
                (left.day, left.state.rawValue) < (right.day, right.state.rawValue)
            }
        }

        private var counts: [Key: Int64] = [:]

        /// A message stands otherwise.
        ///
        /// - Parameters:
        ///   - id: The message; nothing where it is none of ours, which is in no table.
        ///   - before: How it stood; `nil` for a new one.
        ///   - now: How it stands.
        mutating func add(_ id: PostgresUUID?, _ before: MessageState?, _ now: MessageState) {
            guard let id else { return }
            let day = Int64(id.high >> 16) / MessageCounts.milliseconds
            if let before { counts[Key(day: day, state: before), default: 0] -= 1 }
            counts[Key(day: day, state: now), default: 0] += 1
        }

        /// Writes them; `nil` where nothing is changed.
        var query: PostgresQuery? {
            let changed = counts.filter { $0.value != 0 }.sorted { $0.key < $1.key }
            guard !changed.isEmpty else { return nil }
            let sql = """
                INSERT INTO hookline.message_counts (day, state, count)
                SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[])
                """
            return PostgresQuery(sql) {
                $0.add(changed.map(\.key.day))
                $0.add(changed.map(\.key.state.rawValue))
                $0.add(changed.map(\.value))
            }
        }
    }

    /// Counts messages no more that are about to be deleted, and are locked.
    static func forget(_ ids: [PostgresUUID]) -> PostgresQuery {
        PostgresQuery(counting("-", byKey("l.message", "m.id"), "WHERE m.id = ANY($1::uuid[])")) { $0.add(ids) }
    }

    /// Counts the messages of whole days no more, of which nobody changes any meanwhile.
    ///
    /// - Parameter days: In days since 1970.
    /// - Returns: A statement that brings minus how many there were, by day and state.
    static func forget(_ days: Range<Int64>) -> PostgresQuery {
        let sql = """
            INSERT INTO hookline.message_counts (day, state, count)
            SELECT day, state, -sum(count) FROM hookline.message_counts WHERE day >= $1 AND day < $2
            GROUP BY day, state HAVING sum(count) <> 0 RETURNING count
            """
        return PostgresQuery(sql) {
            $0.add(days.lowerBound)
            $0.add(days.upperBound)
        }
    }

    /// Counts all messages, of which nobody changes any meanwhile.
    static var all: [PostgresQuery] {
        ["DELETE FROM hookline.message_counts", counting("", "l.message = m.id", "")].map(PostgresSchema.plain)
    }

    private static func counting(_ sign: String, _ lease: String, _ condition: String) -> String {
        """
        INSERT INTO hookline.message_counts (day, state, count)
        SELECT \(day), \(Counts.state), \(sign)count(*)
        FROM hookline.messages m LEFT JOIN hookline.leases l ON \(lease) \(condition) GROUP BY 1, 2
        """
    }

    private static let milliseconds: Int64 = 86_400_000
    /// An id begins with its milliseconds since 1970, in six bytes.
    private static let day = """
        ('x' || lpad(left(replace(m.id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint / \(milliseconds)
        """

    /// With so many rows more than there are states of days they are folded.
    package static let most = 2 * MessageState.allCases.count

    /// Folds what stands there, where it is much.
    package static let fold = PostgresQuery(
        """
        WITH gone AS (
            DELETE FROM hookline.message_counts
            WHERE (SELECT count(*) > \(most) + count(DISTINCT (day, state)) FROM hookline.message_counts)
            RETURNING day, state, count)
        INSERT INTO hookline.message_counts (day, state, count)
        SELECT day, state, sum(count) FROM gone GROUP BY day, state HAVING sum(count) <> 0
        """
    )

    /// Asks for them.
    static let question = PostgresQuery(
        """
        SELECT state, sum(count)::bigint FROM hookline.message_counts GROUP BY state HAVING sum(count) <> 0
        """
    )
}
