// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
package import Messages

/// What becomes of several events that tell the same business fact: one table, which the store and `rules test` are
/// both held to.
package struct FactLaw: Sendable, CustomStringConvertible {
    /// What is looked at.
    package let description: String
    /// `once_within`.
    package var window: Duration = .seconds(86_400)
    /// `expires_after`.
    package var expiresAfter: Duration?
    /// `mode`.
    package var mode: Mode = .live
    /// The events, in the order of their arrival.
    package let events: [Arrival]

    /// One event.
    package struct Arrival: Hashable, Sendable {
        /// When it arrives, in seconds from the first one.
        package let at: Int
        /// The instant that `delay` gives, in seconds from the first arrival; `nil` for at once.
        package var due: Int?
        /// Where its message begins.
        package let begins: MessageState
        /// Whether `rules test` lists it: it leaves, or would if the rule were live.
        package let leaves: Bool

        /// An event whose message leaves at once or at its time.
        package static func leaving(at: Int, due: Int? = nil) -> Arrival {
            Arrival(at: at, due: due, begins: due.map { $0 > at } == true ? .scheduled : .queued, leaves: true)
        }

        /// An event whose message is held back.
        package static func heldBack(at: Int, due: Int? = nil) -> Arrival {
            Arrival(at: at, due: due, begins: .suppressed, leaves: false)
        }

        /// An event whose message would leave, were the rule live.
        package static func recorded(at: Int, due: Int? = nil) -> Arrival {
            Arrival(at: at, due: due, begins: .suppressed, leaves: true)
        }
    }

    private static let hour = 3_600

    /// The table.
    package static let table: [FactLaw] = [
        FactLaw(
            description: "a fact is told once within its window, and again after it",
            events: [
                .leaving(at: 0), .heldBack(at: 24 * hour - 1), .leaving(at: 24 * hour), .heldBack(at: 24 * hour + 1),
            ]
        ),
        FactLaw(
            description: "the window runs from when the message may leave, not from when its event came",
            events: [
                .leaving(at: 0, due: 30 * hour), .heldBack(at: 25 * hour, due: 30 * hour),
                .heldBack(at: 53 * hour, due: 60 * hour), .leaving(at: 54 * hour, due: 60 * hour),
            ]
        ),
        FactLaw(
            description: "a message that waits holds its fact against one that would leave before it",
            events: [.leaving(at: 0, due: 30 * hour), .heldBack(at: hour)]
        ),
        FactLaw(
            description: "an instant that is over is now",
            events: [.leaving(at: 0, due: -hour), .heldBack(at: 24 * hour - 1), .leaving(at: 24 * hour)]
        ),
        FactLaw(
            description: "what would leave after it has expired does not leave, and takes no fact",
            expiresAfter: .seconds(12 * hour),
            events: [
                .heldBack(at: 0, due: 13 * hour), .heldBack(at: hour, due: 13 * hour),
                .leaving(at: 2 * hour, due: 13 * hour), .heldBack(at: 3 * hour),
            ]
        ),
        FactLaw(
            description: "in shadow mode the same is recorded that would leave",
            mode: .shadow,
            events: [.recorded(at: 0, due: 30 * hour), .heldBack(at: 25 * hour), .recorded(at: 54 * hour)]
        ),
    ]
}
