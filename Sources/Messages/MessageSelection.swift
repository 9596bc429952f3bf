// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// Which messages a person means without naming each; what is left out does not restrict.
package struct MessageSelection: Hashable, Sendable {
    /// Those of these ids alone; empty for any.
    package var messages: [MessageID]
    /// Where they stand; empty for every state that the decision takes.
    package var states: Set<MessageState>
    /// The rule's name.
    package var rule: String?
    /// The name of the event's source.
    package var source: String?
    /// The account's name.
    package var account: String?
    /// Not those that were stored before.
    package var since: Timestamp?
    /// Not those that were stored then or later.
    package var until: Timestamp?

    package init(
        messages: [MessageID] = [],
        states: Set<MessageState> = [],
        rule: String? = nil,
        source: String? = nil,
        account: String? = nil,
        since: Timestamp? = nil,
        until: Timestamp? = nil
    ) {
        self.messages = messages
        self.states = states
        self.rule = rule
        self.source = source
        self.account = account
        self.since = since
        self.until = until
    }

    /// Whether it means everything that its decision takes.
    package var isUnbounded: Bool { self == MessageSelection() }

    /// The states that are meant, in the order of all states.
    ///
    /// - Parameter kind: What is decided.
    /// - Returns: Those that the decision takes, less what was left out.
    package func states(for kind: Decision.Kind) -> [MessageState] {
        kind.states.filter { states.isEmpty || states.contains($0) }
    }

    /// Whether a message is meant, and can be: of what was never built nothing can be retried.
    ///
    /// - Parameters:
    ///   - record: The message as it stands.
    ///   - kind: What is decided.
    ///   - click: When it was decided.
    /// - Returns: Whether it is.
    package func takes(_ record: MessageRecord, for kind: Decision.Kind, since click: Timestamp) -> Bool {
        means(record.message, for: kind, since: click) && (kind != .retry || record.isSayable)
    }

    /// Whether a message is meant.
    ///
    /// - Parameters:
    ///   - message: The message as it stands.
    ///   - kind: What is decided.
    ///   - click: When it was decided: what has failed or become uncertain since is not meant. A message that waits is, when
    ///     it is to be called off, whatever it waits for by now.
    /// - Returns: Whether it is.
    package func means(_ message: Message, for kind: Decision.Kind, since click: Timestamp) -> Bool {
        guard states(for: kind).contains(message.state) else { return false }
        guard message.state.isWaiting || message.updatedAt <= click else { return false }
        guard messages.isEmpty || messages.contains(message.id) else { return false }
        return rule ?? message.rule == message.rule && source ?? message.source == message.source
            && account ?? message.account == message.account && message.createdAt >= since ?? message.createdAt
            && until.map { message.createdAt < $0 } ?? true
    }

    /// The selection in words, such as `rule order-paid, since 2026-01-15T10:00:00Z`.
    package var words: String {
        var words = messages.isEmpty ? [] : ["\(messages.count.counted("message")) by id"]
        if !states.isEmpty { words.append("state " + states.map(\.rawValue).sorted().joined(separator: " or ")) }
        for (name, value) in [("rule", rule), ("source", source), ("account", account)] {
            if let value { words.append("\(name) \(value)") }
        }
        if let since { words.append("since \(since.rfc3339)") }
        if let until { words.append("until \(until.rfc3339)") }
        return words.isEmpty ? "all" : words.joined(separator: ", ")
    }

    /// The selection as a store keeps it.
    package var json: JSON {
        [
            "messages": .array(messages.map { .string($0.rawValue) }),
            "states": .array(states.map(\.rawValue).sorted().map(JSON.string)), "rule": rule.json,
            "source": source.json, "account": account.json, "since": since.json, "until": until.json,
        ]
    }

    /// The selection from what ``json`` gave; `nil` for anything else.
    package init?(_ json: JSON) {
        guard let names = json["states"]?.array?.map({ $0.string.flatMap(MessageState.init) }) else { return nil }
        guard !names.contains(nil) else { return nil }
        // What names messages and cannot be read must not mean all of them.
        let ids = json["messages"].map { $0.array?.map(\.string) ?? [nil] } ?? []
        guard !ids.contains(nil) else { return nil }
        self.init(
            messages: ids.compactMap { $0.map(MessageID.init(rawValue:)) },
            states: Set(names.compactMap { $0 }),
            rule: json["rule"]?.string,
            source: json["source"]?.string,
            account: json["account"]?.string,
            since: Timestamp(kept: json["since"]),
            until: Timestamp(kept: json["until"])
        )
    }
}

/// How many messages of one rule and state a selection means.
package struct SelectionCount: Hashable, Sendable {
    /// The rule.
    package let rule: String
    /// Where they stand.
    package let state: MessageState
    /// How many.
    package let count: Int
    /// How many more stand so of which nothing can be sent: never built, or what they said is not kept any more.
    ///
    /// Only a retry asks, and is not about them.
    package let unsayable: Int

    package init(rule: String, state: MessageState, count: Int, unsayable: Int = 0) {
        self.rule = rule
        self.state = state
        self.count = count
        self.unsayable = unsayable
    }
}

extension [SelectionCount] {
    /// How many messages the selection means.
    package var total: Int { reduce(0) { $0 + $1.count } }

    /// How many more a retry cannot be about (``SelectionCount/unsayable``).
    package var unsayable: Int { reduce(0) { $0 + $1.unsayable } }
}

extension String? {
    /// The text as a store keeps it.
    var json: JSON { map(JSON.string) ?? .null }
}

extension Timestamp? {
    /// The time as a store keeps it.
    var json: JSON { map { .number(JSONNumber($0.microseconds)) } ?? .null }
}

extension Timestamp {
    /// A time that a store kept; `nil` for anything else.
    init?(kept json: JSON?) {
        guard let microseconds = json?.number?.int else { return nil }
        self.init(microseconds: Int64(microseconds))
    }
}
