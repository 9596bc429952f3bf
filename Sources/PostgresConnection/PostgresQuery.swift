// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// One run of a statement: its text, which is prepared once a connection, and its parameters.
package struct PostgresQuery: Sendable {
    /// The statement, with `$1`, `$2` … for its parameters.
    package let sql: String
    /// Its parameters, in order.
    package let parameters: PostgresParameters
    /// Whether it is worth preparing: no statement that changes from run to run is.
    let isPrepared: Bool

    /// A run of a statement.
    ///
    /// - Parameters:
    ///   - sql: The statement; the same text always has parameters of the same types.
    ///   - isPrepared: Whether it is prepared once a connection.
    ///   - build: Adds its parameters, in order.
    package init(
        _ sql: String,
        prepared isPrepared: Bool = true,
        _ build: (inout PostgresParameters) -> Void = { _ in }
    ) {
        var parameters = PostgresParameters()
        build(&parameters)
        self.sql = sql
        self.parameters = parameters
        self.isPrepared = isPrepared
    }
}
