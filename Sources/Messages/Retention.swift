// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// How long what is settled is kept.
package struct Retention: Hashable, Sendable {
    /// Events with their messages and timelines, from the event's arrival.
    package let events: Duration
    /// What they say: headers, bodies, requests, what was looked up and answered; `nil` for as long as the events.
    package let contents: Duration?
    /// Requests that were turned away.
    package let rejections: Duration

    /// What is kept.
    ///
    /// - Parameters:
    ///   - events: 90 days unless said otherwise.
    ///   - contents: What events and messages say; as long as these unless said otherwise.
    ///   - rejections: 14 days unless said otherwise.
    package init(
        events: Duration = .seconds(90 * 86_400),
        contents: Duration? = nil,
        rejections: Duration = .seconds(14 * 86_400)
    ) {
        self.events = events
        self.contents = contents
        self.rejections = rejections
    }
}

extension MessageState {
    /// The states that keep a message, and its event with it, however old it is: what waits, what is on its way, and
    /// what nobody has decided about.
    package static let kept: [MessageState] = waiting + [.sending, .uncertain]
}

/// What need not be kept any more at some moment: the one place where that is judged.
///
/// A store that looks for rows by these times decides nothing else, and holds itself to ``takes(eventFrom:isPending:_:)``.
package struct PruneRule: Hashable, Sendable {
    /// Events that came before then may go.
    package let eventsBefore: Timestamp
    /// What events that came before then say may go, while the record of them stays; `nil` where both go together.
    package let contentsBefore: Timestamp?
    /// Rejections from before then go.
    package let rejectionsBefore: Timestamp
    /// Keys that are held until then or less go, on the line of keys.
    package let keysUntil: Timestamp

    /// What goes now.
    ///
    /// - Parameters:
    ///   - retention: How long what is settled is kept.
    ///   - deleting: The time now for what cannot be taken back: the earliest that it can be.
    ///   - keys: The time now on the line of keys.
    package init(_ retention: Retention, deleting: Timestamp, keys: Timestamp) {
        eventsBefore = deleting.advanced(by: .zero - retention.events)
        contentsBefore = retention.contents.map { deleting.advanced(by: .zero - $0) }
        rejectionsBefore = deleting.advanced(by: .zero - retention.rejections)
        keysUntil = keys
    }

    /// Whether an event goes, with all its messages.
    ///
    /// - Parameters:
    ///   - receivedAt: When it came.
    ///   - isPending: Whether it waits for its look-up.
    ///   - messages: Where its messages stand.
    /// - Returns: `false` as long as it is young, waits, or has a message that is not settled or not decided about.
    package func takes(eventFrom receivedAt: Timestamp, isPending: Bool, _ messages: [MessageState]) -> Bool {
        receivedAt < eventsBefore && Self.isOver(isPending, messages)
    }

    /// Whether what an event and its messages say goes, while their record stays.
    ///
    /// - Parameters:
    ///   - receivedAt: When the event came.
    ///   - isPending: Whether it waits for its look-up.
    ///   - messages: Where its messages stand.
    /// - Returns: `false` as long as something of it may still be needed to send.
    package func takes(contentsFrom receivedAt: Timestamp, isPending: Bool, _ messages: [MessageState]) -> Bool {
        contentsBefore.map { receivedAt < $0 } == true && Self.isOver(isPending, messages)
    }

    /// Whether nothing of an event waits, is on its way, or is to be decided about.
    private static func isOver(_ isPending: Bool, _ messages: [MessageState]) -> Bool {
        !isPending && !messages.contains(where: MessageState.kept.contains)
    }

    /// Whether a rejection goes.
    package func takes(rejectionFrom at: Timestamp) -> Bool { at < rejectionsBefore }

    /// Whether a key goes: of an event, of a request, of a fact.
    ///
    /// A dedupe key outlives its event, if need be.
    ///
    /// - Parameter until: Until when it is held.
    /// - Returns: Whether it is free.
    package func takes(keyHeldUntil until: Timestamp) -> Bool { until <= keysUntil }
}

/// What pruning deleted.
package struct Pruned: Hashable, Sendable {
    /// Events, each with its messages.
    package let events: Int
    /// The messages of those events.
    package let messages: Int
    /// Requests that were turned away.
    package let rejections: Int
    /// Dedupe, `once_per` and idempotency keys whose window is over.
    package let keys: Int
    /// Events of which only the record is left.
    package let contents: Int
    /// Whether nothing is left to delete.
    package let isComplete: Bool

    package init(events: Int, messages: Int, rejections: Int, keys: Int, contents: Int = 0, isComplete: Bool) {
        self.contents = contents
        self.events = events
        self.messages = messages
        self.rejections = rejections
        self.keys = keys
        self.isComplete = isComplete
    }

    /// What one round deleted.
    ///
    /// - Parameters:
    ///   - events: How many events.
    ///   - messages: How many messages went with them.
    ///   - rejections: How many rejections.
    ///   - keys: How many keys, of each kind.
    ///   - contents: Of how many events only the record is left.
    ///   - limit: The most of each kind that a round deletes: a kind that reached it may have more.
    package init(events: Int, messages: Int, rejections: Int, keys: [Int], contents: Int = 0, limit: Int) {
        self.init(
            events: events,
            messages: messages,
            rejections: rejections,
            keys: keys.reduce(0, +),
            contents: contents,
            isComplete: ([events, rejections, contents] + keys).allSatisfy { $0 < limit }
        )
    }
}
