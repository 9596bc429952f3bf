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

    /// Lines of the ledger, the newest first.
    func consents(_ filter: ConsentFilter) async throws(StoreError) -> Page<ConsentEntry>
}

/// What became of lines that were to be written.
package struct ConsentReceipt: Hashable, Sendable {
    /// How many were written.
    package var added = 0
    /// How many said what the ledger had already.
    package var known = 0
    /// How many messages that waited are suppressed by them.
    package var suppressed = 0
    /// How many messages were on their way to somebody who opted out: too late for them.
    package var tooLate = 0

    package init(added: Int = 0, known: Int = 0, suppressed: Int = 0, tooLate: Int = 0) {
        self.added = added
        self.known = known
        self.suppressed = suppressed
        self.tooLate = tooLate
    }

    /// Adds what became of others.
    package static func += (left: inout ConsentReceipt, right: ConsentReceipt) {
        left.added += right.added
        left.known += right.known
        left.suppressed += right.suppressed
        left.tooLate += right.tooLate
    }
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
