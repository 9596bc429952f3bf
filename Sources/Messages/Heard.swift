// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// What a recipient told us by an event: something that they wrote or pressed, or chose in WhatsApp.
///
/// It prints without the recipient and the text.
package struct Heard: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// Who, as the ledger names them.
    package let recipient: String
    /// Whose number they mean; `nil` where nobody knows.
    package let account: String?
    /// When, in the sender's word, and not later than now.
    package let at: Timestamp
    /// The source's name.
    package let source: String
    /// What it means.
    package let meaning: Meaning

    /// What it means.
    package enum Meaning: Hashable, Sendable {
        /// They wrote something, which opens a conversation; what it says of messages from us, and its text where that is
        /// for a person to judge.
        case message(StopWords.Meaning?, text: String? = nil)
        /// They switched marketing of one sending number off, or on again.
        case marketing(isWanted: Bool)
    }

    package init(_ recipient: String, account: String?, at: Timestamp, source: String, _ meaning: Meaning) {
        self.recipient = ConsentEntry.subject(recipient)
        self.account = account
        self.at = at
        self.source = source
        self.meaning = meaning
    }

    /// Whether it may say what they want, and so be a line of the ledger.
    package var isWish: Bool {
        switch meaning {
        case .message(.doubtful, _), .message(nil, _): false
        default: true
        }
    }

    /// Whether they wrote to us themselves.
    package var isMessage: Bool {
        if case .message = meaning { true } else { false }
    }

    /// What a person has to judge; `nil` for what is clear.
    package var doubt: String? {
        guard case .message(.doubtful, let text?) = meaning else { return nil }
        return String(VisibleText.line(text).prefix(200))
    }

    /// What the ledger is to hold of it.
    ///
    /// A STOP and a START count for all accounts, a setting in WhatsApp for the one whose number it is about. A bare yes
    /// takes a STOP back and says nothing where there is none: most who say yes talk of something else.
    ///
    /// - Parameters:
    ///   - scope: What a STOP is about.
    ///   - event: The event that told it.
    ///   - standing: The opt-outs of the recipient that stand.
    /// - Returns: `nil` where the ledger gets nothing.
    package func entry(
        stopping scope: ConsentScope,
        event: EventID,
        standing: @autoclosure () throws -> [ConsentEntry]
    ) rethrows -> ConsentEntry? {
        switch meaning {
        case .message(.stop, _): return entry(.optedOut, scope, .stopWord, event)
        case .message(.stopMarketing, _): return entry(.optedOut, .marketing, .stopWord, event)
        case .message(.start, _): return entry(.optedIn, .all, .stopWord, event)
        case .message(.yes, _):
            let stops = try standing().contains { $0.origin == .stopWord }
            return stops ? entry(.optedIn, .all, .stopWord, event) : nil
        case .message(.doubtful, _), .message(nil, _): return nil
        case .marketing(let isWanted):
            return entry(isWanted ? .optedIn : .optedOut, .marketing, .preference, event, account: account)
        }
    }

    private func entry(
        _ decision: ConsentEntry.Decision,
        _ scope: ConsentScope,
        _ origin: ConsentEntry.Origin,
        _ event: EventID,
        account: String? = nil
    ) -> ConsentEntry {
        ConsentEntry(
            recipient,
            decision,
            scope,
            account: account,
            origin: origin,
            at: at,
            who: source,
            event: event
        )
    }

    package var description: String { "heard by \(source)" }

    package var customMirror: Mirror { Mirror(self, children: ["heard": description]) }
}

/// Something that a recipient wrote and that may be meant as a STOP: a person decides.
package struct ConsentDoubt: Hashable, Sendable {
    /// Who, as the ledger names them.
    package let recipient: String
    /// When.
    package let at: Timestamp
    /// What they wrote, at most 200 characters of it.
    package let text: String
    /// The source that heard it.
    package let source: String
    /// The event that told it.
    package let event: EventID

    package init(recipient: String, at: Timestamp, text: String, source: String, event: EventID) {
        self.recipient = recipient
        self.at = at
        self.text = text
        self.source = source
        self.event = event
    }
}
