// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// Who does something by hand.
package struct Operator: Hashable, Sendable, CustomStringConvertible {
    /// How we know.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A user of the machine, at the command line.
        case user
        /// The holder of a token of the admin API.
        case token
    }

    /// How we know.
    package let kind: Kind
    /// The user's or the token's name.
    package let name: String

    package init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// As timelines and the ledger of consent name it.
    package var description: String { kind == .user ? name : "token \(name)" }
}

/// A line of the audit log: what somebody did by hand, or tried to.
///
/// A line that was written stays as it is. It holds no phone number and no secret: whom a change of consent is about
/// stands in the ledger.
package struct AuditLine: Hashable, Sendable {
    /// How it ended.
    package enum Result: String, Hashable, Sendable, CaseIterable {
        /// It was done.
        case done
        /// It was refused, and nothing was changed.
        case refused
    }

    /// When.
    package let at: Timestamp
    /// Who did it.
    package let who: Operator
    /// What was done, such as `messages.cancel`.
    package let action: String
    /// On what: an id or a name; empty where it was on several.
    package let subject: String
    /// Why, in their words.
    package let reason: String?
    /// On how many.
    package let count: Int
    /// How it ended.
    package let result: Result
    /// What came of it, or why it was refused.
    package let detail: String

    /// At most 500 characters of the reason and the detail are kept, without what could be a phone number.
    package init(
        at: Timestamp,
        who: Operator,
        action: String,
        subject: String,
        reason: String? = nil,
        count: Int = 1,
        result: Result = .done,
        detail: String
    ) {
        self.at = at
        self.who = who
        self.action = action
        self.subject = subject
        self.reason = reason.map(Self.kept)
        self.count = count
        self.result = result
        self.detail = Self.kept(detail)
    }

    /// An id of ours at the beginning stays whole: seven of its characters may be digits.
    private static func kept(_ text: String) -> String {
        let text = text.prefix(500)
        let id = text.prefix { $0 != ":" }
        guard isOurs(id) else { return NumberHiding.hide(in: String(text)) }
        return id + NumberHiding.hide(in: String(text.dropFirst(id.count)))
    }

    /// Three letters, an underscore, and a sortable id.
    private static func isOurs(_ id: Substring) -> Bool {
        id.utf8.prefix(3).allSatisfy { (0x61...0x7A).contains($0) } && id.dropFirst(3).first == "_"
            && SortableID.isOne(id.dropFirst(4))
    }
}

/// Which lines of the audit log to list; what is left out does not restrict.
package struct AuditFilter: Hashable, Sendable {
    /// The user's or the token's name.
    package var who: String?
    /// What was done.
    package var action: String?
    /// On what.
    package var subject: String?
    /// Not those from before.
    package var since: Timestamp?
    /// The most to return.
    package var limit: Int
    /// Where to go on.
    package var cursor: PageCursor?

    package init(
        who: String? = nil,
        action: String? = nil,
        subject: String? = nil,
        since: Timestamp? = nil,
        limit: Int = 50,
        cursor: PageCursor? = nil
    ) {
        self.who = who
        self.action = action
        self.subject = subject
        self.since = since
        self.limit = limit
        self.cursor = cursor
    }
}
