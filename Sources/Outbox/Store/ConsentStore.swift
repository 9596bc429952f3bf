// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// Where the ledger of consent is: who wants which messages, and how we know.
///
/// A line that was written stays as it is. Whoever does not want a message does not get it from the commit on that wrote
/// the line: a message asks when it is stored and when it is claimed, in the transaction that does so.
package protocol ConsentStore: Sendable {
    /// What is kept of a recipient that ``erase(_:searchingBodies:)`` would erase.
    ///
    /// - Parameters:
    ///   - recipient: Who, in any of the forms of ``ConsentEntry/subject(_:)``.
    ///   - searchingBodies: Whether every event is read for the digits of the number.
    /// - Returns: How much there is.
    /// - Throws: `StoreError`.
    func traces(of recipient: String, searchingBodies: Bool) async throws(StoreError) -> Erasure

    /// Erases what is kept of a recipient, in many small transactions; what they wanted stays, under a keyed hash. The audit
    /// log gets a line without the number.
    ///
    /// - Parameters:
    ///   - recipient: Who, in any of the forms of ``ConsentEntry/subject(_:)``.
    ///   - searchingBodies: Whether every event is read for the digits of the number.
    ///   - order: Who has it done, why and when.
    /// - Returns: What was erased.
    /// - Throws: `StoreError`; some of it may be erased then, and a repetition erases the rest.
    func erase(
        _ recipient: String,
        searchingBodies: Bool,
        on order: ErasureOrder
    ) async throws(StoreError) -> Erasure

    /// What recipients wrote that may be meant as a STOP and that no later line of the ledger is about, the newest first.
    func doubts(limit: Int) async throws(StoreError) -> [ConsentDoubt]

    /// Whom several messages in a row did not reach and who has not opted out, those first that were tried last.
    func suggestions(limit: Int) async throws(StoreError) -> [ConsentSuggestion]

    /// How much of both there is, without reading it.
    ///
    /// - Parameter most: Each is counted no further.
    /// - Returns: The counts.
    /// - Throws: `StoreError` when the store cannot be read.
    func openConsent(upTo most: Int) async throws(StoreError) -> OpenConsent

    /// When a recipient last wrote to an account; `nil` where nobody knows.
    func lastInbound(of recipient: String, to account: String) async throws(StoreError) -> Timestamp?

    /// Lines of the ledger, the newest first.
    func consents(_ filter: ConsentFilter) async throws(StoreError) -> Page<ConsentEntry>
}

/// How many recipients wait for somebody's word.
package struct OpenConsent: Hashable, Sendable {
    /// Those who wrote what may be meant as a STOP.
    package let doubts: Int
    /// Those whom nothing reaches.
    package let suggestions: Int

    package init(doubts: Int, suggestions: Int) {
        self.doubts = doubts
        self.suggestions = suggestions
    }
}

/// Who has somebody erased.
package struct ErasureOrder: Hashable, Sendable {
    private let who: Operator
    private let reason: String?
    /// When it was given.
    package let at: Timestamp

    /// An order.
    ///
    /// - Parameters:
    ///   - who: Who gives it.
    ///   - reason: Why, in their words.
    ///   - time: The time now.
    package init(by who: Operator, because reason: String? = nil, at time: Timestamp) {
        self.who = who
        self.reason = reason
        at = time
    }

    /// The line for the audit log.
    ///
    /// - Parameter erased: What was erased.
    /// - Returns: The line.
    package func line(_ erased: Erasure) -> AuditLine {
        AuditLine(
            at: at,
            who: who,
            action: "consent.erase",
            subject: "",
            reason: reason,
            count: 1,
            result: .done,
            detail:
                "\(erased.messages) messages, \(erased.events) events, \(erased.lines) lines, \(erased.others) others"
        )
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
