// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The value that a rule's `when_changed` finds in an event.
///
/// It is compared with the last one of the same rule and key by the time at which it was so, not by its arrival; and it
/// is kept whether or not the message could be built.
package struct Change: Hashable, Sendable {
    /// How long a value is remembered of which nothing is heard any more.
    package static let memory: Duration = .seconds(400 * 86_400)
    /// A longer value is kept as its beginning and its fingerprint.
    private static let longestKept = 200

    /// The rule that looks.
    package let rule: String
    /// What it is about: the rule's `key`, as exact text.
    package let key: String
    /// What was found, as exact text; a long one by its beginning and its fingerprint.
    package let value: String
    /// When it was so, in the sender's word; `nil` where the sender does not say, and the order of arrival counts.
    package let time: Timestamp?
    /// Which element of the rule's list it is about, from 0.
    package let number: Int

    /// What a rule found.
    ///
    /// - Parameters:
    ///   - rule: The rule that looks.
    ///   - key: What it is about.
    ///   - value: What was found.
    ///   - time: When it was so, in the sender's word.
    ///   - number: Which element of the rule's list it is about.
    package init(rule: String, key: String, value: String, time: Timestamp?, number: Int = 0) {
        self.rule = rule
        self.key = key
        self.value = value.utf8.count <= Self.longestKept ? value : Self.shortened(value)
        self.time = time
        self.number = number
    }

    private static func shortened(_ value: String) -> String {
        let digest = Fingerprint(of: value).bytes.prefix(16).map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }
        return "\(value.prefix(60))… \(digest.joined())"
    }

    /// Under which the value is remembered.
    package var fact: Fact { Fact(kind: .value, rule: rule, key: key) }

    /// Compares it with what is known.
    ///
    /// What has happened has happened before it arrived: a later time in the sender's word counts as the arrival, so
    /// that a wrong clock of a sender does not make the rest of the year old news.
    ///
    /// - Parameters:
    ///   - held: The value that is known, if any is.
    ///   - arrival: When its event was accepted.
    ///   - keys: The time on the line of keys.
    /// - Returns: What it is against that, and what is known from then on, for how long.
    package func judge(
        _ held: Held<KnownValue>?,
        at arrival: Timestamp,
        keys: Timestamp
    ) -> (ChangeVerdict, Held<KnownValue>) {
        let known = held.flatMap { $0.holds(at: keys) ? $0.value : nil }
        let (verdict, next) = judge(known, at: arrival)
        return (verdict, Held(next, until: keys.advanced(by: Self.memory)))
    }

    /// Compares it once more, long after its event came: what the event said itself is no repetition, and what is known of
    /// later is never turned back.
    ///
    /// - Parameters:
    ///   - held: The value that is known, if any is.
    ///   - arrival: When its event was accepted.
    ///   - keys: The time on the line of keys.
    /// - Returns: What it is against that, and what is known from then on; `nil` for what was known.
    package func judgeAgain(
        _ held: Held<KnownValue>?,
        at arrival: Timestamp,
        keys: Timestamp
    ) -> (ChangeVerdict, Held<KnownValue>?) {
        let time = min(time ?? arrival, arrival)
        if let known = held.flatMap({ $0.holds(at: keys) ? $0.value : nil }) {
            if known.value == value, known.since == time { return (.itself, nil) }
            if time < known.at { return (.older(known, at: time), nil) }
        }
        let (verdict, next) = judge(held, at: arrival, keys: keys)
        return (verdict, next)
    }

    private func judge(_ known: KnownValue?, at arrival: Timestamp) -> (ChangeVerdict, KnownValue) {
        let time = min(time ?? arrival, arrival)
        guard let known else { return (.first, KnownValue(value: value, at: time, since: time)) }
        if self.time != nil, time < known.at { return (.older(known, at: time), known) }
        let last = max(time, known.at)
        if value == known.value { return (.same(known), KnownValue(value: value, at: last, since: known.since)) }
        return (.changed(from: known), KnownValue(value: value, at: last, since: last))
    }
}

/// What was seen last under a key.
package struct KnownValue: Hashable, Sendable {
    /// The value.
    package let value: String
    /// When it was so, by the last event that said it.
    package let at: Timestamp
    /// Since when it is so.
    package let since: Timestamp

    package init(value: String, at: Timestamp, since: Timestamp) {
        self.value = value
        self.at = at
        self.since = since
    }
}

/// What an event's value is against the one that was known.
package enum ChangeVerdict: Hashable, Sendable {
    /// None was known: that counts as a change.
    case first
    /// It is another one.
    case changed(from: KnownValue)
    /// It is the same.
    case same(KnownValue)
    /// It was this event that changed it, and it was looked at before.
    case itself
    /// Something later is known already.
    case older(KnownValue, at: Timestamp)

    /// How the reason begins of a message about a value that has not changed, and what stands before its time at its end.
    static let words = "when_changed: "
    static let sinceWords = " since "

    /// Why there is no message about a value; `nil` when there is one.
    func obstacle(to change: Change) -> String? {
        switch self {
        case .first, .changed, .itself: return nil
        case .same(let known):
            return "\(Self.words)\(Self.shown(change.value)) as before,\(Self.sinceWords)\(known.since.rfc3339)"
        case .older(let known, let time):
            let newer = "\(Self.shown(known.value))\(Self.sinceWords)\(known.since.rfc3339)"
            return "\(Self.words)\(Self.shown(change.value)) is of \(time.rfc3339), and it is \(newer)"
        }
    }

    /// What the timeline of a message about a value begins with; `nil` when there is none.
    func note(on change: Change) -> String? {
        switch self {
        case .first: "when_changed: \(Self.shown(change.value)) is the first that is known"
        case .changed(let known):
            "when_changed: \(Self.shown(known.value)), since \(known.since.rfc3339), became \(Self.shown(change.value))"
        case .itself: "when_changed: it became \(Self.shown(change.value)) with this event"
        case .same, .older: nil
        }
    }

    /// A value as a timeline may show it.
    private static func shown(_ value: String) -> String {
        let text = VisibleText.line(NumberHiding.hide(in: value))
        return "'\(text.count > 60 ? "\(text.prefix(59))…" : text)'"
    }
}
