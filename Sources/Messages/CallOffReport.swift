// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// A `cancel_when` that is about an event which has no key for it: nothing is called off.
package struct KeylessCancellation: Hashable, Sendable {
    /// The rule whose messages would be meant.
    package let rule: String
    /// Why there is no key; no phone number.
    package let reason: String

    package init(rule: String, reason: String) {
        self.rule = rule
        // The text of a rule may repeat what it could not read.
        self.reason = NumberHiding.hide(in: reason)
    }
}

/// What an event called off, in whole and by rule and key: what its record says, and the answer to its sender.
package struct CallOffReport: Hashable, Sendable {
    /// What one rule's `cancel_when` came to.
    package struct Part: Hashable, Sendable {
        /// The rule whose messages are meant.
        package let rule: String
        /// The key that they have; `nil` when the event has none.
        package let key: String?
        /// How many were called off under it.
        package let count: CallOffCount
        /// Why there is no key.
        package let reason: String?
    }

    /// All rules and keys together.
    package private(set) var total: CallOffCount
    /// By rule and key, those without a key last; empty for an event of before there were any.
    package private(set) var parts: [Part] = []

    /// A report to which keys are added.
    package init() {
        total = CallOffCount()
    }

    /// Takes in what was called off under one key.
    ///
    /// - Parameters:
    ///   - count: How many messages, and how.
    ///   - cancellation: The rule and the key.
    package mutating func add(_ count: CallOffCount, under cancellation: Cancellation) {
        total += count
        parts.append(Part(rule: cancellation.rule, key: cancellation.key, count: count, reason: nil))
    }

    /// Takes in a rule under which the event has no key.
    package mutating func add(_ keyless: KeylessCancellation) {
        parts.append(Part(rule: keyless.rule, key: nil, count: CallOffCount(), reason: keyless.reason))
    }
}

// MARK: In words and as data

extension CallOffReport {
    /// The report from what ``json`` gave; `nil` for anything else.
    package init?(_ json: JSON) {
        guard let total = CallOffCount(json) else { return nil }
        self.total = total
        parts = (json["by"]?.array ?? []).compactMap { part in
            guard let rule = part["rule"]?.string else { return nil }
            let count = CallOffCount(part) ?? CallOffCount()
            let reason = part["reason"]?.string.map(NumberHiding.hide)
            return Part(rule: rule, key: part["key"]?.string, count: count, reason: reason)
        }
    }

    /// The report as it is kept, and as programs of ours are told.
    package var json: JSON { json(withReasons: true) }

    /// The report as a sender is told: without the reasons, which name our files.
    package var answer: JSON { json(withReasons: false) }

    private func json(withReasons: Bool) -> JSON {
        [
            "cancelled": total.json["cancelled"] ?? .null, "leaving": total.json["leaving"] ?? .null,
            "too_late": total.json["too_late"] ?? .null, "by": .array(parts.map { $0.json(withReason: withReasons) }),
        ]
    }

    /// A line for each rule and key, as people are told.
    package var lines: [String] {
        parts.map { part in
            guard let key = part.key else {
                return "rule '\(part.rule)': nothing, for \(part.reason ?? "it has no key")"
            }
            return "rule '\(part.rule)', key '\(key)': \(part.count.sentence)"
        }
    }

    /// The count in a cell of a table.
    package var cell: String {
        let late = total.leaving + total.tooLate
        return "\(total.cancelled)" + (late > 0 ? " (\(late) too late)" : "")
    }
}

extension CallOffReport.Part {
    fileprivate func json(withReason: Bool) -> JSON {
        let key = key.map(JSON.string) ?? .null
        if let reason, withReason { return ["rule": .string(rule), "key": key, "reason": .string(reason)] }
        return [
            "rule": .string(rule), "key": key, "cancelled": count.json["cancelled"] ?? .null,
            "leaving": count.json["leaving"] ?? .null, "too_late": count.json["too_late"] ?? .null,
        ]
    }
}
