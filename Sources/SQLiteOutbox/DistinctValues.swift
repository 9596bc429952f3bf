// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import GRDB

extension Database {
    /// The values of a column, in order: a search in its index for each, however many rows have it.
    ///
    /// `SELECT DISTINCT` reads every row of the index. The column has to be the first of an index whose own condition is the
    /// given one, or to follow those that the condition compares with values.
    ///
    /// - Parameters:
    ///   - column: The column; rows where it is missing do not count.
    ///   - table: Its table.
    ///   - condition: Which rows count.
    ///   - arguments: The values in the condition.
    ///   - limit: The most to read.
    /// - Returns: The values, without those that are missing.
    /// - Throws: What SQLite says.
    func values(
        of column: String,
        in table: String,
        where condition: String,
        _ arguments: StatementArguments = [],
        limit: Int = .max
    ) throws -> [String] {
        try rows(
            """
            WITH RECURSIVE found(value) AS (
                SELECT min(\(column)) FROM \(table) WHERE \(condition)
                UNION ALL
                SELECT (SELECT min(\(column)) FROM \(table) WHERE \(condition) AND \(column) > found.value) FROM found
                    WHERE found.value IS NOT NULL
            )
            SELECT value FROM found WHERE value IS NOT NULL LIMIT ?
            """,
            arguments + arguments + [limit]
        ) { $0[0] as String }
    }
}
