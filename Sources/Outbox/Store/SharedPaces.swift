// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// What the nodes of a store share of their accounts, kept by the store.
///
/// A store that one process uses alone has none (``WorkStore/sharedPaces``): its process keeps it in memory.
package protocol SharedPaces: Sendable {
    /// The name of this node; no other one has it.
    var node: String { get }

    /// How many nodes live, as far as this one knows; at least 1.
    var nodes: Int { get }

    /// Runs the law (``AccountStanding/answer(_:at:)``) for a node on what stands of accounts, each by itself and all or
    /// nothing, and tells the other nodes where more than places changed.
    ///
    /// - Parameters:
    ///   - turns: What the node tells and wants, by account.
    ///   - now: The time now, on the clock of the store.
    /// - Returns: How each account stands afterwards, and what the node gets. An account is left out whose row another node
    ///   holds: its turn was not heard, and is told again.
    /// - Throws: ``StoreError``; nothing was heard then, or nobody knows.
    func share(
        _ turns: [String: AccountStanding.Turn],
        at now: Timestamp
    ) async throws(StoreError) -> [String: SharedAnswer]

    /// Changes how recipients of a portfolio stand, where nobody did since a version; else tells how those stand that others changed.
    ///
    /// What is taken survives what the store survives, before this returns: a message leaves then.
    ///
    /// - Parameters:
    ///   - portfolio: Which one.
    ///   - changes: How recipients stand from now on; none to ask only.
    ///   - version: Up to which the node knows it; 0 for nothing.
    /// - Returns: What came of it.
    /// - Throws: ``StoreError``; nothing was changed then, or nobody knows.
    func share(
        _ portfolio: String,
        _ changes: [PortfolioRow],
        knowing version: Int64
    ) async throws(StoreError) -> PortfolioNews

    /// Counts the messages that wait for their turn behind others to the same recipient.
    ///
    /// - Parameters:
    ///   - accounts: Of which accounts.
    ///   - most: How many are counted of each at most.
    /// - Returns: Their number by account, the same to every node; 0 where none waits.
    /// - Throws: ``StoreError``.
    func waitingForPairs(of accounts: [String], upTo most: Int) async throws(StoreError) -> [String: Int]
}

/// How an account stands, and what a node got of it.
package struct SharedAnswer: Hashable, Sendable {
    package let standing: AccountStanding
    package let grant: AccountStanding.Grant

    package init(standing: AccountStanding, grant: AccountStanding.Grant) {
        (self.standing, self.grant) = (standing, grant)
    }
}
