// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// What leaves of events that share messages: a table to which the stores, `rules test` and virtual time are held.
///
/// The numbers are those of the decisions that a row shows. A text is how many events, then what each says.
package struct DigestLaw: Sendable, CustomStringConvertible {
    /// What is looked at.
    package let description: String
    /// `every`, in seconds.
    package var window = 900
    /// `expires_after`, in seconds from each event.
    package var expiresAfter: Int?
    /// `quiet_hours`, in seconds from the first event; the beginning of a minute each.
    package var quiet: Range<Int>?
    /// `limit` of one message, in seconds.
    package var limit: (every: Int, excess: SendLimit.Excess)?
    /// A limit of the configuration of one message, in seconds.
    package var named: (every: Int, excess: SendLimit.Excess)?
    /// The events, in the order of their arrival.
    package let steps: [Step]
    /// What leaves, and when, in seconds.
    package let leaves: [Told]

    /// One event; its number is its place in the table, from 0.
    package struct Step: Hashable, Sendable {
        /// When it arrives, in seconds from the first one.
        package let at: Int
        /// What the events of a message have in common.
        package var key = ""
        /// By what it is called off.
        package var subject: String?
        /// What it tells once.
        package var once: String?
        /// What it calls off; it tells nothing then.
        package var callsOff: String?
    }

    /// A message that leaves.
    package struct Told: Hashable, Sendable, CustomStringConvertible {
        /// When, in seconds.
        package let at: Int
        /// Its text.
        package let text: String

        package init(_ at: Int, _ text: String) {
            self.at = at
            self.text = text
        }

        package var description: String { "\(at) s '\(text)'" }
    }

    /// The first event's time: the beginning of an hour in UTC.
    package static let start = Timestamp(seconds: 1_767_229_200)

    /// What an event adds; `nil` for one that only calls off.
    package func item(_ step: Step) throws -> DigestItem? {
        guard step.callsOff == nil else { return nil }
        let now = Self.start.advanced(by: .seconds(step.at))
        return try Make.item(
            key: step.key,
            window: .seconds(window),
            once: step.once.map { OncePer(key: $0, window: .seconds(86_400)) },
            subject: step.subject,
            expiresAt: expiresAfter.map { now.advanced(by: .seconds($0)) },
            quiet: quiet.map { span in
                let minute = Int(Self.start.seconds / 60)
                let (from, to) = ((minute + span.lowerBound / 60) % 1_440, (minute + span.upperBound / 60) % 1_440)
                return QuietHours(from: from, to: to, zones: ["Etc/UTC"], spread: .zero, place: 0)
            },
            limit: limit.map { SendLimit(count: 1, every: .seconds($0.every), excess: $0.excess) },
            at: now
        )
    }

    /// The limits of the configuration.
    package var limits: [NamedLimit] {
        guard let named else { return [] }
        let limit = SendLimit(count: 1, every: .seconds(named.every), excess: named.excess)
        return [NamedLimit(name: "news", limit: limit, categories: [.service])]
    }

    /// What an event does beside.
    package func sideEffects(_ step: Step) -> SideEffects {
        guard let key = step.callsOff else { return .none }
        let window: Duration = .seconds(window)
        let cancellation = Cancellation(rule: "alerts", key: key, delay: window, collects: true)
        return SideEffects(cancellations: [cancellation])
    }

    /// All rows.
    package static let rows: [DigestLaw] = [
        DigestLaw(
            description: "19: events of a window are one message, in the order of their acceptance",
            steps: [Step(at: 0), Step(at: 10), Step(at: 10), Step(at: 899)],
            leaves: [Told(900, "4: 0 1 2 3")]
        ),
        DigestLaw(
            description: "20: keys never merge",
            steps: [Step(at: 0, key: "a"), Step(at: 1, key: "b"), Step(at: 2, key: "a"), Step(at: 3, key: "A")],
            leaves: [Told(900, "2: 0 2"), Told(901, "1: 1"), Told(903, "1: 3")]
        ),
        DigestLaw(
            description: "21: the window is fixed from the first event, and the event at its end begins the next one",
            steps: [Step(at: 0), Step(at: 600), Step(at: 900), Step(at: 1_799), Step(at: 1_800)],
            leaves: [Told(900, "2: 0 1"), Told(1_800, "2: 2 3"), Told(2_700, "1: 4")]
        ),
        DigestLaw(
            description: "23: held by quiet hours it stays open: one message in the morning, not two",
            quiet: 600..<7_200,
            steps: [Step(at: 0), Step(at: 1_000), Step(at: 5_000), Step(at: 7_200)],
            leaves: [Told(7_200, "3: 0 1 2"), Told(8_100, "1: 3")]
        ),
        DigestLaw(
            description: "23: held by a limit it stays open",
            limit: (every: 3_600, excess: .defer),
            steps: [Step(at: 0), Step(at: 1_000), Step(at: 2_000), Step(at: 4_000)],
            leaves: [Told(900, "1: 0"), Told(4_500, "3: 1 2 3")]
        ),
        DigestLaw(
            description: "23: a limit that drops drops the digest with its events",
            limit: (every: 3_600, excess: .drop),
            steps: [Step(at: 0), Step(at: 1_000), Step(at: 4_000)],
            leaves: [Told(900, "1: 0"), Told(4_900, "1: 2")]
        ),
        DigestLaw(
            description: "23, 32: held by a limit of the configuration it stays open",
            named: (every: 3_600, excess: .defer),
            steps: [Step(at: 0), Step(at: 1_000), Step(at: 2_000), Step(at: 4_000)],
            leaves: [Told(900, "1: 0"), Told(4_500, "3: 1 2 3")]
        ),
        DigestLaw(
            description: "23, 32: a limit of the configuration that drops drops the digest, whatever its key",
            named: (every: 3_600, excess: .drop),
            steps: [Step(at: 0, key: "a"), Step(at: 1_000, key: "b"), Step(at: 4_000, key: "b")],
            leaves: [Told(900, "1: 0"), Told(4_900, "1: 2")]
        ),
        DigestLaw(
            description: "24: what is called off is taken out, and the rest is told",
            steps: [
                Step(at: 0, subject: "x"), Step(at: 1, subject: "y"), Step(at: 2, subject: "x"),
                Step(at: 3, callsOff: "x"), Step(at: 1_000, subject: "z"),
            ],
            leaves: [Told(900, "1: 1"), Told(1_900, "1: 4")]
        ),
        DigestLaw(
            description: "24: a digest that is emptied is cancelled, and the next event opens another one",
            steps: [Step(at: 0, subject: "x"), Step(at: 1, callsOff: "x"), Step(at: 100, subject: "y")],
            leaves: [Told(1_000, "1: 2")]
        ),
        DigestLaw(
            description: "11, 24: what was called off before it came does not join",
            steps: [Step(at: 0, callsOff: "x"), Step(at: 1, subject: "x"), Step(at: 2, subject: "y")],
            leaves: [Told(902, "1: 2")]
        ),
        DigestLaw(
            description: "24: it expires as its first event does",
            expiresAfter: 1_000,
            quiet: 600..<1_200,
            steps: [Step(at: 0), Step(at: 500), Step(at: 1_200)],
            leaves: [Told(1_400, "2: 1 2")]
        ),
        DigestLaw(
            description: "24: events that join later do not prolong that",
            expiresAfter: 3_200,
            limit: (every: 3_600, excess: .defer),
            steps: [Step(at: 0), Step(at: 1_000), Step(at: 1_500), Step(at: 5_000)],
            leaves: [Told(900, "1: 0"), Told(5_900, "1: 3")]
        ),
        DigestLaw(
            description: "24: once_per counts for each event before it joins",
            steps: [
                Step(at: 0, once: "1"), Step(at: 1, once: "1"), Step(at: 2, once: "2"), Step(at: 2_000, once: "1"),
            ],
            leaves: [Told(900, "2: 0 2")]
        ),
    ]
}
