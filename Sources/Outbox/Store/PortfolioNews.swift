// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// How one recipient of a portfolio stands, as its store keeps it for all nodes.
package struct PortfolioRow: Hashable, Sendable {
    /// A hash of the recipient, the same on all nodes.
    package let recipient: Int64
    /// Until when they count; `nil` where they do not.
    package let countsUntil: Timestamp?
    /// When their turn is; `nil` where they do not wait.
    package let waitsUntil: Timestamp?

    package init(recipient: Int64, countsUntil: Timestamp?, waitsUntil: Timestamp?) {
        (self.recipient, self.countsUntil, self.waitsUntil) = (recipient, countsUntil, waitsUntil)
    }
}

/// What a node hears of a portfolio when it tells something, or asks.
package struct PortfolioNews: Hashable, Sendable {
    /// Whether what it told was taken.
    package let isTaken: Bool
    /// How often it was changed until now; 0 for never.
    package let version: Int64
    /// How the recipients stand that others changed since the version that the node knew, in the order in which they cease to count;
    /// none where what it told was taken.
    package let rows: [PortfolioRow]

    package init(isTaken: Bool, version: Int64, rows: [PortfolioRow] = []) {
        (self.isTaken, self.version, self.rows) = (isTaken, version, rows)
    }
}
