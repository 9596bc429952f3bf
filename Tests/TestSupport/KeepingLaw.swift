// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
package import Messages

/// Which deliveries repeat an earlier one: a table that the law and every store are held to.
package struct DedupeLaw: Sendable, CustomStringConvertible {
    /// What is looked at.
    package let description: String
    /// In the order of their arrival.
    package let deliveries: [Delivery]

    /// One delivery of an event.
    package struct Delivery: Sendable {
        /// When it comes, in seconds from the first one.
        package let at: Int
        package let source: String
        /// By what it is recognised; `nil` where its source gives nothing to go by.
        package let dedupe: Submission.Dedupe?
        /// The position of the delivery that it repeats; `nil` for one that is new.
        package let repeats: Int?

        fileprivate init(
            _ at: Int,
            _ key: String? = "a",
            window: Int = 60,
            of source: String = "shop",
            repeats: Int? = nil
        ) {
            self.at = at
            self.source = source
            dedupe = key.map { Submission.Dedupe(key: $0, window: .seconds(window)) }
            self.repeats = repeats
        }
    }

    /// The table.
    package static let table: [DedupeLaw] = [
        DedupeLaw(
            description: "a key is held to the end of its window, and free at the very end",
            deliveries: [
                Delivery(0), Delivery(59, repeats: 0), Delivery(60), Delivery(119, repeats: 2), Delivery(120),
            ]
        ),
        DedupeLaw(
            description: "a repetition does not lengthen the window",
            deliveries: [Delivery(0), Delivery(59, window: 600, repeats: 0), Delivery(61)]
        ),
        DedupeLaw(
            description: "a source's keys are its own, and letters of another case another key",
            deliveries: [Delivery(0), Delivery(0, of: "erp"), Delivery(0, "A"), Delivery(1, of: "erp", repeats: 1)]
        ),
        DedupeLaw(
            description: "without a key nothing is repeated, not even an empty one",
            deliveries: [
                Delivery(0, nil), Delivery(0, nil), Delivery(0, ""), Delivery(0, nil), Delivery(0, "", repeats: 2),
            ]
        ),
    ]
}

/// Which old events go, and which stay: a table that the law and every store are held to.
package struct PruneLaw: Sendable, CustomStringConvertible {
    /// How long events are kept.
    package static let retention = Retention(events: .seconds(3_600))

    /// Where the event's messages stand.
    package let messages: [MessageState]
    /// Whether the event waits for its look-up.
    package var isPending = false
    /// How old the event is, in seconds.
    package var age = 3_601
    package let goes: Bool

    package var description: String {
        "\(age) s old, \(isPending ? "pending" : "evaluated"), with \(messages.map(\.rawValue)): \(goes ? "goes" : "stays")"
    }

    /// The table; nothing makes a message `deferred` yet.
    package static let table: [PruneLaw] =
        [.accepted, .failed, .cancelled, .suppressed].map { PruneLaw(messages: [$0], goes: true) }
        + [.scheduled, .queued, .sending, .retrying, .uncertain].map { PruneLaw(messages: [$0], goes: false) }
        + [
            PruneLaw(messages: [], goes: true),
            PruneLaw(messages: [.accepted, .failed], goes: true),
            PruneLaw(messages: [.suppressed, .uncertain], goes: false),
            PruneLaw(messages: [], isPending: true, goes: false),
            PruneLaw(messages: [.accepted], age: 3_600, goes: false),
        ]
}
