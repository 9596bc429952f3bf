// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import PostgresConnection

extension PostgresLane {
    /// Where the counts that a store keeps of its messages are not how many there are.
    ///
    /// - Returns: A line for each state, with how much it is off; none when all is well.
    package func wrongCounts() async throws -> [String] {
        let sql = """
            SELECT state, sum(count)::bigint FROM (
                SELECT state, count FROM hookline.message_counts
                UNION ALL SELECT CASE WHEN l.message IS NULL THEN m.state ELSE 'sending' END, -1
                FROM hookline.messages m LEFT JOIN hookline.leases l ON l.message = m.id) t
            GROUP BY state HAVING sum(count) <> 0 ORDER BY state
            """
        return try await perform { session in
            let deadline = ContinuousClock.now.advanced(by: .seconds(60))
            let rows = try session.rows(PostgresQuery(sql, prepared: false), by: deadline)
            return try rows.map { "\(try $0.text(0)): \(try $0.number(1)) too many" }
        }
    }
}
