// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// What a rule sets between the claim of a message and its send; asked in this order whenever the message is claimed.
///
/// All gates in their order, of which the store asks those that need its transaction and the dispatcher those that live
/// in memory, on the same claim (1): called off, expired, consent, quiet hours, limit (these in the claim's transaction);
/// what the partner's answers taught of the account, the template and the recipient; the pair's pace; the portfolio's
/// budget. The account's rate and its circuit decide before the claim how many may be claimed at all.
///
/// A message without them costs nothing. One that is held spends nothing: no attempt, no age, nothing of a limit.
package struct SendGates: Hashable, Sendable {
    /// When nothing is sent.
    package let quiet: QuietHours?
    /// How many may leave.
    package let limit: SendLimit?
    /// The same over rules, by limits of the configuration.
    package let named: [CountedLimit]

    /// The gates of a message; `nil` for one that has none.
    package init?(quiet: QuietHours?, limit: SendLimit?, named: [CountedLimit] = []) {
        guard quiet != nil || limit != nil || !named.isEmpty else { return nil }
        self.quiet = quiet
        self.limit = limit
        self.named = named
    }

    /// Whether departures are counted, so that a claim has to ask who left before.
    package var counts: Bool { limit != nil || !named.isEmpty }
}

/// A gate between claim and send; the raw value is its name in metrics.
package enum SendGate: String, CaseIterable, Hashable, Sendable {
    /// What the recipient said (``ConsentEntry``).
    case consent
    /// Whether the recipient has written lately (``ServiceWindow``).
    case window
    /// `quiet_hours` of a rule.
    case quietHours = "quiet_hours"
    /// `limit` of a rule, or one of the configuration.
    case limit
    /// `pair_interval` of an account: a message to the same recipient left just before.
    case pair
    /// `number_rate` of an account: other messages of the same sending number leave before.
    case number
    /// `portfolio` of the configuration: so many new recipients in a day.
    case portfolio

    /// With what the reasons of its holds begin.
    package var words: String {
        switch self {
        case .consent: "consent: "
        case .window: "service window: "
        case .quietHours: "quiet hours: "
        case .limit: "limit: "
        case .pair: "pair pace: "
        case .number: "number rate: "
        case .portfolio: "portfolio: "
        }
    }
}

extension SendGate {
    /// Whether it gives each message a turn of its own, at which that leaves as it is.
    var givesTurns: Bool { self == .pair || self == .number }

    /// Why it lets a message wait for its turn.
    package var wordsOfTurn: String {
        self == .pair
            ? "a message to the recipient left just before" : "others of the same sending number leave before"
    }
}

extension Hold {
    /// A pace lets a message wait for its turn.
    package init(_ gate: SendGate, turn: Timestamp) {
        self.init(gate, .wait(until: turn), "\(gate.wordsOfTurn); its turn is at \(turn.rfc3339)")
    }
}

/// What a gate makes of a message that would leave.
package struct Hold: Hashable, Sendable {
    /// What becomes of the message.
    package enum Fate: Hashable, Sendable {
        /// It waits, and meets all gates anew at that time.
        case wait(until: Timestamp)
        /// It does not leave.
        case drop
    }

    /// Which gate.
    package let gate: SendGate
    /// What becomes of the message.
    package let fate: Fate
    /// Why, as the timeline says it.
    package let reason: String
    /// The turn that a limit gives it, for others to go behind; `nil` for any other hold.
    package internal(set) var turn: Turn?

    /// A message's turn in the line of a limit.
    package struct Turn: Hashable, Sendable {
        /// Whose line it is, and who waits.
        package let fact: Fact
        /// Until when it counts once it has come, on the line of keys.
        package let holder: FactHolder
    }

    /// A hold.
    ///
    /// - Parameters:
    ///   - gate: Which gate.
    ///   - fate: What becomes of the message.
    ///   - reason: Why, without the name of the gate.
    init(_ gate: SendGate, _ fate: Fate, _ reason: String) {
        self.gate = gate
        self.fate = fate
        self.reason = gate.words + reason
    }

    /// When the message meets the gates anew; `nil` when it does not leave.
    package var until: Timestamp? {
        if case .wait(let until) = fate { until } else { nil }
    }

    /// Whether a message that is held for a reason is held by the same gate.
    func isOfSameGate(as reason: String) -> Bool {
        reason.hasPrefix(gate.words) || reason.contains("; \(gate.words)")
    }
}

extension MessageRecord {
    /// Whether a gate lets it wait, as it stands.
    package func isHeld(by gate: SendGate) -> Bool {
        message.state == .deferred && message.reason.hasPrefix(gate.words)
    }
}

extension SendGates {
    /// The gates as a store keeps them.
    package var json: JSON {
        let (quiet, limit) = (quiet?.json ?? .null, limit?.json ?? .null)
        guard !named.isEmpty else { return ["quiet": quiet, "limit": limit] }
        return ["quiet": quiet, "limit": limit, "named": .array(named.map(\.json))]
    }

    /// The gates from what a store kept.
    ///
    /// - Parameter json: What ``json`` gave; `nil` comes back for anything else.
    package init?(_ json: JSON) {
        guard let quiet = json["quiet"], let limit = json["limit"] else { return nil }
        let (kept, counted) = (QuietHours(quiet), SendLimit(limit))
        // What is there and does not read must not let the message pass.
        guard kept != nil || quiet == .null, counted != nil || limit == .null else { return nil }
        let named = json["named"]?.array ?? []
        let limits = named.compactMap(CountedLimit.init)
        guard limits.count == named.count else { return nil }
        self.init(quiet: kept, limit: counted, named: limits)
    }
}

extension QuietHours {
    fileprivate var json: JSON {
        [
            "from": .number(JSONNumber(from)), "to": .number(JSONNumber(to)), "zones": .array(zones.map(JSON.string)),
            "spread": .number(JSONNumber(spread.microseconds)), "place": .number(JSONNumber(place)),
        ]
    }

    fileprivate init?(_ json: JSON) {
        guard let from = json["from"]?.number?.int, let to = json["to"]?.number?.int,
            let zones = json["zones"]?.array?.compactMap(\.string), let spread = json["spread"]?.number?.int,
            let place = json["place"]?.number?.int.flatMap(UInt32.init(exactly:))
        else { return nil }
        self.init(from: from, to: to, zones: zones, spread: .microseconds(spread), place: place)
    }
}

extension SendLimit {
    var json: JSON {
        [
            "count": .number(JSONNumber(count)), "every": .number(JSONNumber(every.microseconds)),
            "per": .string(scope.rawValue), "excess": .string(excess.rawValue),
        ]
    }

    init?(_ json: JSON) {
        guard let count = json["count"]?.number?.int, let every = json["every"]?.number?.int,
            let scope = json["per"]?.string.flatMap(Scope.init),
            let excess = json["excess"]?.string.flatMap(Excess.init)
        else { return nil }
        self.init(count: count, every: .microseconds(every), scope: scope, excess: excess)
    }
}
