// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// Where the ledger of consent is: who wants which messages, and how we know.
///
/// A line that was written stays as it is. Whoever does not want a message does not get it from the commit on that wrote
/// the line: a message asks when it is stored and when it is claimed, in the transaction that does so.
package protocol ConsentStore: Sendable {
    /// Writes lines that say something new, all in one transaction.
    ///
    /// Messages that wait for a later time and that their recipient wants no more are suppressed in it; what is `queued`
    /// is so when it is claimed.
    ///
    /// - Parameters:
    ///   - entries: The lines, in the order in which they were heard.
    ///   - now: The time now.
    /// - Returns: What became of them.
    /// - Throws: `StoreError`; nothing was written then.
    func record(_ entries: [ConsentEntry], at now: Timestamp) async throws(StoreError) -> ConsentReceipt

    /// What recipients wrote that may be meant as a STOP and that no later line of the ledger is about, the newest first.
    func doubts(limit: Int) async throws(StoreError) -> [ConsentDoubt]

    /// Whom several messages in a row did not reach and who has not opted out, those first that were tried last.
    func suggestions(limit: Int) async throws(StoreError) -> [ConsentSuggestion]

    /// Lines of the ledger, the newest first.
    func consents(_ filter: ConsentFilter) async throws(StoreError) -> Page<ConsentEntry>
}

/// Which lines of the ledger to list; what is left out does not restrict.
package struct ConsentFilter: Hashable, Sendable {
    /// Whose lines, in any of the forms of ``ConsentEntry/subject(_:)``.
    package var recipient: String?
    /// Only opt-outs that stand.
    package var isStanding: Bool
    /// The most to return.
    package var limit: Int
    /// Where to go on.
    package var cursor: PageCursor?

    package init(recipient: String? = nil, isStanding: Bool = false, limit: Int = 50, cursor: PageCursor? = nil) {
        self.recipient = recipient.map(ConsentEntry.subject)
        self.isStanding = isStanding
        self.limit = limit
        self.cursor = cursor
    }
}
