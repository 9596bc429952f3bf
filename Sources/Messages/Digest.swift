// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import PartnerAPI

/// What a rule's `digest` says for one event: which events share a message, and for how long it collects them.
package struct DigestTerms: Hashable, Sendable {
    /// What the events of one message have in common beside rule and recipient, as exact text; empty for nothing.
    package let key: String
    /// How long it collects, from its first event.
    package let window: Duration

    package init(key: String = "", window: Duration) {
        self.key = key
        self.window = window
    }
}

/// What one event adds to the digest of a rule and a recipient: the digest that is open, or one that it opens.
package struct DigestItem: Hashable, Sendable {
    /// The id of the message, if the event opens one.
    package let id: MessageID
    /// The rule that collects.
    package let rule: String
    /// Who gets the message.
    package let recipient: MessageRequest.Recipient
    /// When, how often and how surely it leaves; the `digest` among it.
    package let terms: SendTerms
    /// What it is for, as far as that is known before it has its text.
    package let category: MessageCategory?
    /// Through which account it leaves, as far as that is known before it has its text.
    package let account: String

    /// An event's part of a digest.
    ///
    /// - Parameters:
    ///   - id: The id of the message, if the event opens one.
    ///   - rule: The rule that collects.
    ///   - recipient: Who gets the message.
    ///   - terms: When, how often and how surely it leaves; they have a `digest`.
    ///   - category: What it is for, as far as that is known.
    ///   - account: Through which account it leaves, as far as that is known.
    package init(
        id: MessageID,
        rule: String,
        recipient: MessageRequest.Recipient,
        terms: SendTerms,
        category: MessageCategory? = nil,
        account: String = ""
    ) {
        self.id = id
        self.rule = rule
        self.recipient = recipient
        self.terms = terms
        self.category = category
        self.account = account
    }

    /// The business fact that it tells once; `nil` when it may be told any number of times.
    package var fact: Fact? { terms.fact(rule: rule, recipient: recipient) }

    /// Under which an event is remembered that called it off before it came; `nil` where none may.
    package var calledOffFact: Fact? { terms.calledOffFact(rule: rule) }

    /// Of which at most one digest is open.
    package var slot: DigestSlot {
        DigestSlot(rule: rule, recipient: Fact.name(of: recipient), key: terms.digest?.key ?? "", mode: terms.mode)
    }

    /// The terms of the event on its way into a digest.
    ///
    /// - Parameters:
    ///   - open: The digest that is open; `nil` when the event opens one.
    ///   - now: The time now.
    /// - Returns: Due when the digest's window ends, which its first event has fixed.
    package func terms(joining open: MessageRecord?, at now: Timestamp) -> SendTerms {
        var terms = terms
        terms.dueAt = open?.message.dueAt ?? now.advanced(by: terms.digest?.window ?? .zero)
        return terms
    }
}

/// The digests of an event, and what they show of it.
package struct DigestItems: Hashable, Sendable {
    /// The event's part of each digest, in the order of the rules.
    package let items: [DigestItem]
    /// What the rules saw of the event, as JSON; a digest gets its text from it when it leaves.
    package let payload: [UInt8]

    /// None, as of most events.
    package static let none = DigestItems([], payload: [])

    package init(_ items: [DigestItem], payload: [UInt8]) {
        self.items = items
        self.payload = payload
    }
}

/// Of one rule, one recipient and one key, at most one digest is open; a shadow's is another one than a live rule's.
package struct DigestSlot: Hashable, Sendable {
    /// The rule that collects.
    package let rule: String
    /// Who gets the message, as in ``Fact/recipient``.
    package let recipient: String
    /// What its events have in common beside.
    package let key: String
    /// Whether it is sent, or only recorded.
    package let mode: Mode

    package init(rule: String, recipient: String, key: String, mode: Mode) {
        self.rule = rule
        self.recipient = recipient
        self.key = key
        self.mode = mode
    }
}

/// What a message is beside, that collects events: its window, and how much is in it.
///
/// It takes events while it is open. Its text is built when it is to leave, and with the rule as it is then; from that on
/// what leaves is fixed. Until then the message has no account, so that nobody claims it.
package struct Digest: Hashable, Sendable {
    /// So many events at most are kept with what they say; the rest is counted.
    package static let mostKept = 1_000
    /// Events of so many bytes together at most are kept with what they say: all of them are in memory while it is built.
    package static let mostBytes = 8 << 20

    /// What its events have in common beside rule and recipient.
    package let key: String
    /// Whether it is sent, or only recorded.
    package let mode: Mode
    /// Whether it takes events.
    package internal(set) var isOpen: Bool
    /// Whether it has its text.
    package internal(set) var isBuilt: Bool
    /// How many events are in it.
    package private(set) var size: Int
    /// How many of them with what they say.
    package private(set) var kept: Int
    /// How many bytes that is.
    package private(set) var bytes: Int
    /// How often its events have changed, so that a text is known that was built of others.
    package private(set) var version: Int

    package init(
        key: String,
        mode: Mode,
        isOpen: Bool,
        isBuilt: Bool,
        size: Int,
        kept: Int,
        bytes: Int = 0,
        version: Int
    ) {
        self.bytes = bytes
        self.key = key
        self.mode = mode
        self.isOpen = isOpen
        self.isBuilt = isBuilt
        self.size = size
        self.kept = kept
        self.version = version
    }

    /// The digest that an event opens.
    init(of item: DigestItem, bytes: Int) {
        let (key, mode) = (item.terms.digest?.key ?? "", item.terms.mode)
        self.init(key: key, mode: mode, isOpen: true, isBuilt: false, size: 1, kept: 1, bytes: bytes, version: 1)
    }

    /// One more event.
    ///
    /// - Parameter more: How much it says.
    /// - Returns: Whether it is kept with what it says.
    mutating func add(bytes more: Int) -> Bool {
        let isKept = kept < Self.mostKept && bytes + more <= Self.mostBytes
        size += 1
        kept += isKept ? 1 : 0
        bytes += isKept ? more : 0
        version += 1
        return isKept
    }

    /// Fewer events.
    mutating func remove(_ part: DigestPart) {
        size -= part.count
        kept -= part.kept
        bytes -= part.bytes
        version += 1
    }
}

/// Some events of a digest.
package struct DigestPart: Hashable, Sendable {
    /// How many.
    package let count: Int
    /// How many of them are kept with what they say.
    package let kept: Int
    /// How many bytes that is.
    package let bytes: Int

    package init(count: Int, kept: Int, bytes: Int = 0) {
        self.count = count
        self.kept = kept
        self.bytes = bytes
    }
}

/// What is to be built: a digest that is to leave, with its events.
package struct DigestOrder: Sendable {
    /// The message.
    package let message: MessageID
    /// The rule that collected.
    package let rule: String
    /// The source of its first event.
    package let source: String
    /// Who gets it.
    package let recipient: MessageRequest.Recipient
    /// How many events are in it.
    package let size: Int
    /// Which events: ``Digest/version``.
    package let version: Int
    /// Those that are kept with what they say, in the order in which they were accepted.
    package let items: [Item]

    /// One event.
    package struct Item: Sendable {
        /// The event as it was accepted.
        package let event: NewEvent
        /// What the rules saw of it, as JSON.
        package let payload: [UInt8]

        package init(event: NewEvent, payload: [UInt8]) {
            self.event = event
            self.payload = payload
        }
    }

    /// The order for a digest; `nil` for a message that is none.
    package init?(_ record: MessageRecord, _ items: [Item]) {
        guard let digest = record.digest, let recipient = record.recipient.flatMap(Fact.recipient) else { return nil }
        message = record.message.id
        rule = record.message.rule
        source = record.message.source
        self.recipient = recipient
        size = digest.size
        version = digest.version
        self.items = items
    }
}

/// What building a digest gave.
package enum DigestContent: Hashable, Sendable {
    /// Its message.
    case built(NewMessage)
    /// None, and why, in a sentence.
    case failed(String)

    /// What is kept for its message to leave as; `nil` for nothing.
    package var alternative: Alternative? {
        if case .built(let new) = self { new.alternative } else { nil }
    }
}

/// What is known of a digest's events, for people.
package struct DigestDetail: Hashable, Sendable {
    /// What its events have in common beside rule and recipient; empty for nothing.
    package let key: String
    /// Whether it still takes events.
    package let isOpen: Bool
    /// How many events are in it.
    package let size: Int
    /// The first of them, in the order in which they were accepted.
    package let events: [EventID]

    package init(_ digest: Digest, events: [EventID]) {
        key = digest.key
        isOpen = digest.isOpen
        size = digest.size
        self.events = events
    }
}
