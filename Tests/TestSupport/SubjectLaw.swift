// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// What becomes of several events about one thing, with `cancel_when` or with `when_changed`: two tables, which the
/// store and `rules test` are both held to.
///
/// The numbers are those of the decisions that a row shows.
package struct SubjectLaw: Sendable, CustomStringConvertible {
    /// What is looked at.
    package let description: String
    /// `delay`, in seconds.
    package var delay = 0
    /// The events, in the order of their arrival.
    package let steps: [Step]
    /// Which steps' messages leave, by their place from 0.
    package let leaves: [Int]

    /// One event.
    package struct Step: Hashable, Sendable {
        /// When it arrives, in seconds from the first one.
        package let at: Int
        /// What it is about.
        package let key: String
        /// Whether it makes a message.
        package var makes = true
        /// Whether it calls off what has the same key.
        package var callsOff = false
        /// What `when_changed` finds; `nil` in the table of `cancel_when`.
        package var value: String?
        /// When it happened in the sender's word, in seconds from the first arrival; `nil` where it does not say.
        package var time: Int?

        /// An event whose message is wanted.
        package static func wants(_ at: Int, _ key: String = "1") -> Step { Step(at: at, key: key) }

        /// An event that calls messages off.
        package static func callsOff(_ at: Int, _ key: String = "1") -> Step {
            Step(at: at, key: key, makes: false, callsOff: true)
        }

        /// An event that does both.
        package static func replaces(_ at: Int, _ key: String = "1") -> Step { Step(at: at, key: key, callsOff: true) }

        /// An event that says how something is.
        package static func says(_ value: String, _ at: Int, time: Int? = nil, _ key: String = "1") -> Step {
            Step(at: at, key: key, value: value, time: time)
        }
    }

    private static let day = 86_400

    /// `cancel_when`.
    package static let cancelling: [SubjectLaw] = [
        SubjectLaw(
            description: "9: what waits is called off, all of it",
            delay: 900,
            steps: [.wants(0), .wants(10), .callsOff(600)],
            leaves: []
        ),
        SubjectLaw(
            description: "10: what has left stays, what waits does not",
            delay: 900,
            steps: [.wants(0), .wants(100), .callsOff(901)],
            leaves: [0]
        ),
        SubjectLaw(
            description: "11: a payment that arrives two seconds before the checkout calls it off",
            delay: 900,
            steps: [.callsOff(0), .wants(2)],
            leaves: []
        ),
        SubjectLaw(
            description: "11: what came first holds for the delay and an hour, and no longer",
            delay: 900,
            steps: [.callsOff(0), .wants(4_499), .wants(4_500)],
            leaves: [2]
        ),
        SubjectLaw(
            description: "11: it holds for seven days at most",
            delay: 8 * day,
            steps: [.callsOff(0), .wants(7 * day - 1), .wants(7 * day)],
            leaves: [2]
        ),
        SubjectLaw(
            description: "11: of two that came first, the later one counts",
            delay: 900,
            steps: [.callsOff(0), .callsOff(1_000), .wants(5_499), .wants(5_500)],
            leaves: [3]
        ),
        SubjectLaw(
            description: "12: an event that makes a message of the rule itself takes the place of those before it",
            delay: 900,
            steps: [.replaces(0), .replaces(60), .replaces(120)],
            leaves: [2]
        ),
        SubjectLaw(
            description: "14: keys are compared as exact text: 1 is not 1.0, nor A a",
            delay: 900,
            steps: [.wants(0, "1"), .wants(1, "A"), .callsOff(10, "1.0"), .callsOff(11, "a")],
            leaves: [0, 1]
        ),
        SubjectLaw(
            description: "without a delay there is nothing to call off but what comes late",
            steps: [.wants(0), .callsOff(1), .wants(2)],
            leaves: [0]
        ),
    ]

    /// `when_changed`.
    package static let changing: [SubjectLaw] = [
        SubjectLaw(
            description: "15: what is seen first counts as a change, and the same again does not",
            steps: [.says("paid", 0), .says("paid", 10), .says("paid", 100 * day)],
            leaves: [0]
        ),
        SubjectLaw(
            description: "15: A, B and A again are two changes after the first sight",
            steps: [.says("A", 0), .says("B", 10), .says("A", 20), .says("A", 30)],
            leaves: [0, 1, 2]
        ),
        SubjectLaw(
            description: "15: of paid and shipped, delivered as shipped and paid, only shipped is told",
            steps: [.says("shipped", 20, time: 10), .says("paid", 30, time: 5), .says("shipped", 40, time: 12)],
            leaves: [0]
        ),
        SubjectLaw(
            description: "15: what is older never flips back what is known, and what is newer goes on from there",
            steps: [
                .says("A", 10, time: 1), .says("B", 11, time: 3), .says("A", 12, time: 2), .says("B", 13, time: 4),
                .says("A", 14, time: 5),
            ],
            leaves: [0, 1, 4]
        ),
        SubjectLaw(
            description: "15: events of the same time are in the order of their acceptance",
            steps: [.says("A", 10, time: 1), .says("B", 11, time: 1), .says("A", 12, time: 1)],
            leaves: [0, 1, 2]
        ),
        SubjectLaw(
            description: "4: a sender's clock that goes ahead by years makes no later event old",
            steps: [.says("A", 0, time: 3_650 * day), .says("B", 10), .says("C", 20, time: 15)],
            leaves: [0, 1, 2]
        ),
        SubjectLaw(
            description: "each key has a value of its own",
            steps: [.says("A", 0), .says("A", 1, "2"), .says("A", 2), .says("B", 3, "2")],
            leaves: [0, 1, 3]
        ),
    ]
}
