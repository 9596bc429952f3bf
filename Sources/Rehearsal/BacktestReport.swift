// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
import OrderedCollections

/// What a comparison has found.
package struct BacktestReport: Sendable {
    /// How a message compares; the raw value is its word.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// It leaves as before.
        case same
        /// It leaves, and did not.
        case added
        /// It left, and does not any more.
        case removed
        /// It says something else.
        case changed
        /// It leaves at another time.
        case moved
        /// It would leave if nobody had told the same before, or nothing had been known of it; what that was is not kept any
        /// more. Or it would not leave, and whether it would have was not asked: its recipient had opted out.
        case undecided

        /// Whether a message of this kind is a difference.
        var isDifference: Bool { self != .same && self != .undecided }
    }

    /// How many messages there are of each kind; one may be changed and moved.
    package struct Counts: Hashable, Sendable {
        private var counts: [Kind: Int] = [:]

        package init() {}

        package subscript(kind: Kind) -> Int {
            get { counts[kind, default: 0] }
            set { counts[kind] = newValue }
        }

        /// The counts as data.
        package var json: JSON {
            .object(.init(uniqueKeysWithValues: Kind.allCases.map { ($0.rawValue, .number(JSONNumber(self[$0]))) }))
        }
    }

    /// What is to be said of a rule.
    package struct RuleRow: Hashable, Sendable {
        /// The rule's name.
        package let rule: String
        /// Its messages.
        package let counts: Counts
        /// That it is new, gone, switched off, renamed.
        package let note: String?
    }

    /// A message that differs.
    package struct Difference: Hashable, Sendable {
        /// In which ways.
        package let kinds: [Kind]
        /// The event that causes it.
        package let event: EventID
        /// The event's source.
        package let source: String
        /// The event's type.
        package let type: String
        /// When the event came.
        package let receivedAt: Timestamp
        /// The rule.
        package let rule: String
        /// Who gets it; a number but for its last digits.
        package let recipient: String
        /// When it left; `nil` when it did not.
        package let before: RuledFate.LeavingTime?
        /// When it leaves; `nil` when it does not.
        package let after: RuledFate.LeavingTime?
        /// What it says otherwise.
        package let changes: [MessageChange]
        /// Why it leaves on one side alone.
        package internal(set) var why: String?
    }

    /// All messages.
    package let counts: Counts
    /// By rule's name: those with messages.
    package let rules: [RuleRow]
    /// In the order of the events; of one event, those first that leave on both sides.
    package let differences: [Difference]
    /// How many more differences there are than are listed.
    package let omitted: Int

    /// Whether all messages leave as before.
    package var isEmpty: Bool { differences.isEmpty && omitted == 0 }

    /// The report as data.
    package var json: JSON {
        [
            "counts": counts.json,
            "rules": .array(
                rules.map { row in
                    ["rule": .string(row.rule), "counts": row.counts.json, "note": row.note.map(JSON.string) ?? .null]
                }
            ),
            "differences": .array(differences.map(\.json)), "omitted": .number(JSONNumber(omitted)),
        ]
    }
}

extension BacktestReport.Difference {
    /// The difference as data.
    fileprivate var json: JSON {
        let changes = changes.map { change -> JSON in
            [
                "field": .string(change.field), "before": change.before.map(JSON.string) ?? .null,
                "after": change.after.map(JSON.string) ?? .null,
            ]
        }
        return [
            "kinds": .array(kinds.map { .string($0.rawValue) }), "event": .string(event.rawValue),
            "source": .string(source), "type": .string(type), "received_at": .string(receivedAt.rfc3339),
            "rule": .string(rule), "to": .string(recipient), "before": before.map { .string($0.words) } ?? .null,
            "after": after.map { .string($0.words) } ?? .null, "changes": .array(changes),
            "why": why.map(JSON.string) ?? .null,
        ]
    }
}

extension RuledFate.LeavingTime {
    /// The time, or `at once`.
    package var words: String {
        switch self {
        case .atOnce: "at once"
        case .at(let time): time.rfc3339
        case .unknown: "not known"
        }
    }
}
