// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers

/// Counts what sessions ask of the server: each statement, also those that begin and end a transaction.
package final class StatementMeter: Sendable {
    private let total = NIOLockedValueBox(0)

    package init() {}

    /// So many statements were sent until now.
    package var count: Int { total.withLockedValue(\.self) }

    func add(_ statements: Int) {
        total.withLockedValue { $0 += statements }
    }
}

extension StatementMeter: Hashable {
    package static func == (one: StatementMeter, other: StatementMeter) -> Bool { one === other }

    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
