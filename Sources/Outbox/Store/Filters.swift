// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// One page of a list: the newest first, unless the list says otherwise.
package struct Page<Element: Hashable & Sendable>: Hashable, Sendable {
    /// The elements, in the list's order.
    package let elements: [Element]
    /// Where the next page begins; `nil` when there is none.
    package let next: PageCursor?
    /// Where the page before this one is; `nil` when this is the first, and in lists that go one way.
    package let previous: PageCursor?

    package init(elements: [Element], next: PageCursor?, previous: PageCursor? = nil) {
        self.elements = elements
        self.next = next
        self.previous = previous
    }

    /// A page of a list that is at hand whole, and that only grows at its end.
    ///
    /// - Parameters:
    ///   - all: The elements, the oldest first; each keeps its place for ever.
    ///   - limit: The most that it holds.
    ///   - cursor: Where to go on; `nil` begins with the newest.
    package init(newestOf all: [Element], limit: Int, cursor: PageCursor?) {
        let place = ListPlace(cursor)
        let (isBack, number) = (place?.isBack ?? false, place?.number ?? .max)
        var rows = all.enumerated().map { (number: Int64($0.offset + 1), element: $0.element) }
        rows.removeAll { isBack ? $0.number <= number : $0.number >= number }
        if !isBack { rows.reverse() }
        self.init(Array(rows.prefix(limit + 1)), limit: limit, at: place)
    }

    /// A page out of the rows that were read at a cursor, one more than it holds where there are more.
    ///
    /// - Parameters:
    ///   - rows: With their numbers, the nearest to the cursor first.
    ///   - limit: The most that it holds.
    ///   - place: The cursor; `nil` for the first page.
    package init(_ rows: [(number: Int64, element: Element)], limit: Int, at place: ListPlace?) {
        let kept = Array(rows.prefix(limit))
        let hasMore = rows.count > limit
        let isBack = place?.isBack ?? false
        let page = isBack ? kept.reversed() : kept
        let older = isBack || hasMore ? page.last.map { PageCursor(rawValue: String($0.number)) } : nil
        let newer =
            (isBack ? hasMore : place != nil) ? page.first.map { PageCursor(rawValue: String(-$0.number)) } : nil
        self.init(elements: page.map(\.element), next: older, previous: newer)
    }
}

/// What a cursor says: the number of a row, and whether one goes on to older rows or back to newer ones.
package struct ListPlace: Hashable, Sendable {
    /// The row at which a page ended.
    package let number: Int64
    /// Whether the rows are wanted that are newer than it.
    package let isBack: Bool

    /// Reads a cursor; one that no list made begins at the front.
    package init?(_ cursor: PageCursor?) {
        guard let cursor, let number = Int64(cursor.rawValue) else { return nil }
        (self.number, isBack) = (Int64(clamping: number.magnitude), cursor.rawValue.hasPrefix("-"))
    }
}

/// A place in a list, opaque to everyone but the store that made it.
package struct PageCursor: Hashable, Sendable, CustomStringConvertible {
    /// The cursor's text, for links and `--after`.
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Before the oldest entry of a list: its page has the oldest ones.
    package static let front = PageCursor(rawValue: "-0")

    /// The cursor's text.
    package var description: String { rawValue }
}

/// Which events to list; what is left out does not restrict.
package struct EventFilter: Hashable, Sendable {
    /// So many of the newest events are searched for a secret's.
    package static let secretReach = 100_000

    /// The source's name.
    package var source: String?
    /// The event's type.
    package var type: String?
    /// The label of the secret that had signed the event; it is looked for among the newest ``secretReach`` events of all, for
    /// which no index is kept.
    package var secretLabel: String?
    /// What became of the event.
    package var disposition: Disposition.Name?
    /// Of whom some message of it is, by any of these names (``MessageFilter/recipients``); empty for anybody.
    package var recipients: [String]
    /// Not those that reached us before.
    package var since: Timestamp?
    /// The most to return.
    package var limit: Int
    /// Where to go on.
    package var cursor: PageCursor?

    package init(
        source: String? = nil,
        type: String? = nil,
        secretLabel: String? = nil,
        disposition: Disposition.Name? = nil,
        recipients: [String] = [],
        since: Timestamp? = nil,
        limit: Int = 50,
        cursor: PageCursor? = nil
    ) {
        self.source = source
        self.type = type
        self.secretLabel = secretLabel
        self.disposition = disposition
        self.recipients = recipients
        self.since = since
        self.limit = limit
        self.cursor = cursor
    }
}

/// Which messages to list; what is left out does not restrict.
package struct MessageFilter: Hashable, Sendable {
    /// Where the message stands.
    package var state: MessageState?
    /// How far it got after the partner had taken it, and no further.
    package var arrival: DeliveryReport.Status?
    /// The rule's name.
    package var rule: String?
    /// The name of the event's source.
    package var source: String?
    /// Who gets it, by any of these names, such as `phone:919812345670` (``Fact/name(of:)``); empty for anybody.
    package var recipients: [String]
    /// By which later events call it off, as exact text.
    package var key: String?
    /// The partner's id of it.
    package var partnerID: String?
    /// The event that caused it.
    package var event: EventID?
    /// Not those that were stored before.
    package var since: Timestamp?
    /// Only those that were stored before.
    package var until: Timestamp?
    /// Only those that wait, and that none of these rules made.
    ///
    /// These are the rules that run. What applications send has no rule, and is not among them.
    package var notOf: Set<String>?
    /// The most to return.
    package var limit: Int
    /// Where to go on.
    package var cursor: PageCursor?

    package init(
        state: MessageState? = nil,
        arrival: DeliveryReport.Status? = nil,
        rule: String? = nil,
        source: String? = nil,
        recipients: [String] = [],
        key: String? = nil,
        partnerID: String? = nil,
        event: EventID? = nil,
        since: Timestamp? = nil,
        until: Timestamp? = nil,
        notOf: Set<String>? = nil,
        limit: Int = 50,
        cursor: PageCursor? = nil
    ) {
        self.notOf = notOf
        self.state = state
        self.arrival = arrival
        self.rule = rule
        self.source = source
        self.recipients = recipients
        self.key = key
        self.partnerID = partnerID
        self.event = event
        self.since = since
        self.until = until
        self.limit = limit
        self.cursor = cursor
    }
}

/// Which rejections to list; what is left out does not restrict.
package struct RejectionFilter: Hashable, Sendable {
    /// The source's name, as the request had it.
    package var source: String?
    /// Not those from before.
    package var since: Timestamp?
    /// The most to return.
    package var limit: Int
    /// Where to go on.
    package var cursor: PageCursor?

    package init(source: String? = nil, since: Timestamp? = nil, limit: Int = 50, cursor: PageCursor? = nil) {
        self.source = source
        self.since = since
        self.limit = limit
        self.cursor = cursor
    }
}

/// Where the lists of events and messages ended at a moment: the numbers of their newest rows.
package struct ListEnds: Hashable, Sendable, CustomStringConvertible {
    /// The newest event; 0 when there was none.
    package let event: Int64
    /// The newest message; 0 when there was none.
    package let message: Int64

    package init(event: Int64, message: Int64) {
        self.event = event
        self.message = message
    }

    /// Reads what ``description`` wrote; `nil` comes back for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let areNumbers = parts.allSatisfy { part in
            (1...18).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard parts.count == 2, areNumbers, let event = Int64(parts[0]), let message = Int64(parts[1]) else {
            return nil
        }
        self.init(event: event, message: message)
    }

    package var description: String { "\(event)-\(message)" }
}

/// What has come since a moment.
package struct Growth: Hashable, Sendable {
    /// Where the lists end now.
    package let ends: ListEnds
    /// How many events came.
    package let events: Int
    /// How many messages came.
    package let messages: Int

    package init(ends: ListEnds, events: Int, messages: Int) {
        self.ends = ends
        self.events = events
        self.messages = messages
    }
}
