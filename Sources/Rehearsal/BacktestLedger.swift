// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Rules

/// What a backtest has seen so far, and what that comes to in the end.
struct BacktestLedger {
    /// An event, as differences name it.
    private struct Seen {
        let id: EventID
        let source: String
        let type: String
        let receivedAt: Timestamp
    }

    /// The names of rules on the side that is compared with.
    var oldRules: Set<String> = []
    private var events: [Seen] = []
    private var pairs: [(event: Int, pair: MessagePairing.Pair)] = []

    /// Keeps the messages of an event.
    mutating func add(_ event: Event, _ found: [MessagePairing.Pair]) {
        guard !found.isEmpty else { return }
        events.append(Seen(id: event.id, source: event.source, type: event.type, receivedAt: event.receivedAt))
        for pair in found { pairs.append((events.count - 1, pair)) }
    }

    /// Compares what became of all messages.
    func report(from before: Rerun?, to now: Rerun, limit: Int) -> BacktestReport {
        var tally = BacktestTally(now.rules, oldRules: oldRules)
        var differences: [BacktestReport.Difference] = []
        var count = 0
        for (place, kept) in pairs {
            let pair = kept.built(from: before, to: now)
            let old = pair.old.map { message in before?.fate(of: message) ?? message.keptFate }
            let new = pair.new.map(now.fate)
            let kinds = Self.kinds(pair, old, new)
            tally.add(pair, kinds, leaves: (old?.isLeaving ?? false) || (new?.isLeaving ?? false))
            guard kinds.contains(where: \.isDifference) else { continue }
            count += 1
            guard differences.count < limit else { continue }
            let event = events[place]
            differences.append(
                BacktestReport.Difference(
                    kinds: kinds,
                    event: event.id,
                    source: event.source,
                    type: event.type,
                    receivedAt: event.receivedAt,
                    rule: pair.rule,
                    recipient: (pair.new ?? pair.old)?.shownRecipient ?? "-",
                    before: old?.leavingTime,
                    after: new?.leavingTime,
                    changes: pair.changes,
                    why: why(pair, old, new, tally)
                )
            )
        }
        return BacktestReport(
            counts: tally.counts,
            rules: tally.rows,
            differences: differences,
            omitted: count - differences.count
        )
    }

    private static func kinds(
        _ pair: MessagePairing.Pair,
        _ old: RuledFate?,
        _ new: RuledFate?
    ) -> [BacktestReport.Kind] {
        switch (old?.leavingTime, new?.leavingTime) {
        case (nil, nil): return []
        case (nil, _?): return pair.old?.isUndecided == true ? [.undecided] : [.added]
        case (_?, nil): return pair.old?.isUndecided == true && new?.isHeldByOthers == true ? [.undecided] : [.removed]
        case (let before?, let after?):
            var kinds: [BacktestReport.Kind] = pair.changes.isEmpty ? [] : [.changed]
            if before != after, before != .unknown, after != .unknown { kinds.append(.moved) }
            return kinds.isEmpty ? [.same] : kinds
        }
    }

    /// Why a message leaves on one side alone; `nil` where it leaves on both.
    private func why(
        _ pair: MessagePairing.Pair,
        _ old: RuledFate?,
        _ new: RuledFate?,
        _ tally: BacktestTally
    ) -> String? {
        switch (old?.leavingTime, new?.leavingTime) {
        case (nil, _?):
            if let why = old?.obstacle { return "it did not leave: \(why)" }
            if let why = pair.absence { return "it could not be built: \(why)" }
            return oldRules.contains(pair.rule) ? "the rule made no such message" : "the rule is new"
        case (_?, nil):
            if let why = new?.obstacle { return "it does not leave: \(why)" }
            if let why = pair.absence { return "it cannot be built: \(why)" }
            return tally.absence(of: pair.rule) ?? "the rule makes no such message"
        default: return nil
        }
    }
}

extension MessagePairing.Pair {
    /// The pair with what its digests say, now that time has passed.
    fileprivate func built(from before: Rerun?, to now: Rerun) -> Self {
        guard old?.isDigest == true || new?.isDigest == true else { return self }
        let (old, new) = (old.map { before?.built($0) ?? $0 }, new.map(now.built))
        var changes: [MessageChange] = []
        if let old, let new, old.body != nil, new.body != nil { changes = MessageChange.between(old, new) }
        return Self(rule: rule, old: old, new: new, changes: changes, absence: absence, twin: twin)
    }
}

extension RehearsedMessage {
    /// The fate of a message that was kept.
    fileprivate var keptFate: RuledFate {
        guard case .known(let fate) = fate else {
            preconditionFailure("what is open belongs to rules, and what is kept does not")
        }
        return fate
    }
}

extension RuledFate {
    fileprivate var isLeaving: Bool { leavingTime != nil }

    /// When it leaves; `nil` when it does not.
    fileprivate var leavingTime: LeavingTime? {
        if case .leaves(let time) = self { time } else { nil }
    }

    /// Whether what came before it holds it, or its time: anything but its rule's own mode.
    fileprivate var isHeldByOthers: Bool {
        if case .held(let why) = self { !why.hasPrefix(Beginning.shadowMark) } else { false }
    }

    /// Why it does not leave.
    fileprivate var obstacle: String? {
        switch self {
        case .leaves: nil
        case .held(let why), .notBuilt(let why): NumberHiding.hide(in: why)
        }
    }
}

/// Counts by rule, and what is to be said of a rule.
struct BacktestTally {
    private(set) var counts = BacktestReport.Counts()
    private var byRule: [String: BacktestReport.Counts] = [:]
    private let rules: [String: RuleSummary]
    private let oldRules: Set<String>
    /// How many messages a rule that is gone made which a new one makes just so.
    private var twins: [String: [String: Int]] = [:]

    init(_ rules: RuleSet, oldRules: Set<String>) {
        self.rules = Dictionary(rules.summaries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.oldRules = oldRules
    }

    mutating func add(_ pair: MessagePairing.Pair, _ kinds: [BacktestReport.Kind], leaves: Bool) {
        for kind in kinds {
            counts[kind] += 1
            byRule[pair.rule, default: BacktestReport.Counts()][kind] += 1
        }
        guard leaves, kinds == [.added], let twin = pair.twin, isNew(pair.rule), rules[twin] == nil else { return }
        twins[pair.rule, default: [:]][twin, default: 0] += 1
    }

    /// A rule that is there, and of which nothing is known from before.
    private func isNew(_ rule: String) -> Bool { rules[rule] != nil && !oldRules.contains(rule) }

    /// Why a rule makes no message any more; `nil` when it might.
    func absence(of rule: String) -> String? {
        guard let summary = rules[rule] else { return "the rule is not there any more" }
        return summary.isEnabled ? nil : "the rule is switched off"
    }

    /// The rules that have something to tell, by name.
    var rows: [BacktestReport.RuleRow] {
        byRule.sorted { $0.key < $1.key }.map { rule, counts in
            BacktestReport.RuleRow(rule: rule, counts: counts, note: note(on: rule))
        }
    }

    private func note(on rule: String) -> String? {
        if let absence = absence(of: rule) { return absence }
        if let (old, count) = twins[rule]?.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
            return
                "the rule looks new, and like '\(old)' under another name: \(count.counted("message")) would be sent again"
        }
        if isNew(rule) { return "the rule is new" }
        return rules[rule]?.isShadow == true ? "the rule is in shadow mode: it only records" : nil
    }
}
