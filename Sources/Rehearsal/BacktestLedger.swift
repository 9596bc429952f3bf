// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Rules

/// What a backtest has found so far, and what waits until both sides have come to their end.
///
/// Of what was compared the counts stay, and as many differences as are listed, so that an archive of any length is compared
/// in the memory that what waits at a time needs.
struct BacktestLedger {
    /// A side of the comparison.
    enum Side {
        case old, new
    }

    /// An event, as differences name it.
    private struct Seen {
        let id: EventID
        let source: String
        let type: String
        let receivedAt: Timestamp
    }

    /// A pair of which a side is not known to its end yet.
    private struct Waiting {
        let event: Seen
        var pair: MessagePairing.Pair
        /// Whether what it says is only known when it has come to its end.
        let isDigest: Bool
    }

    /// A difference, of which the reason may lie in what all events say of its rule.
    private struct Found {
        let difference: BacktestReport.Difference
        /// `nil` where the reason is known.
        let isWithout: Side?
    }

    private let limit: Int
    private var tally: BacktestTally
    /// How many pairs there were: the number of the next one.
    private var count = 0
    private var waiting: [Int: Waiting] = [:]
    /// The numbers of the pairs that messages in the outboxes of both sides belong to, by their places there.
    private var places: [Side: [Int: Int]] = [:]
    /// By the numbers of their pairs; no more than twice as many as are listed.
    private var differences: [Int: Found] = [:]
    private var differenceCount = 0

    /// A ledger in which nothing is.
    ///
    /// - Parameters:
    ///   - rules: The rules as they are now.
    ///   - limit: The most differences to list.
    init(_ rules: RuleSet, limit: Int) {
        self.limit = limit
        tally = BacktestTally(rules)
    }

    /// Notes names of rules on the side that is compared with.
    mutating func noteOldRules(_ names: some Sequence<String>) { tally.oldRules.formUnion(names) }

    /// Keeps the messages of an event until they have come to their end.
    mutating func add(_ event: Event, _ found: [MessagePairing.Pair]) {
        let seen = Seen(id: event.id, source: event.source, type: event.type, receivedAt: event.receivedAt)
        for pair in found {
            let isDigest = pair.old?.isDigest == true || pair.new?.isDigest == true
            if case .open(let place)? = pair.old?.fate { places[.old, default: [:]][place] = count }
            if case .open(let place)? = pair.new?.fate { places[.new, default: [:]][place] = count }
            waiting[count] = Waiting(event: seen, pair: pair, isDigest: isDigest)
            count += 1
            compareIfKnown(count - 1)
        }
    }

    /// A message of a side has come to its end.
    mutating func end(_ ended: Rerun.Ended, on side: Side) {
        guard let number = places[side]?.removeValue(forKey: ended.place), var pair = waiting[number]?.pair else {
            return
        }
        switch side {
        case .old: pair.old = pair.old?.ended(ended)
        case .new: pair.new = pair.new?.ended(ended)
        }
        waiting[number]?.pair = pair
        compareIfKnown(number)
    }

    private mutating func compareIfKnown(_ number: Int) {
        guard let found = waiting[number], found.pair.isKnown else { return }
        waiting[number] = nil
        var pair = found.pair
        if found.isDigest { pair.changes = pair.changesOfTexts }
        let (old, new) = (pair.old?.knownFate, pair.new?.knownFate)
        let kinds = Self.kinds(pair, old, new)
        tally.add(pair, kinds, leaves: (old?.isLeaving ?? false) || (new?.isLeaving ?? false))
        guard kinds.contains(where: \.isDifference) else { return }
        differenceCount += 1
        keep(pair, kinds, of: found.event, number)
    }

    /// Keeps a difference, unless there are as many before it as are listed.
    private mutating func keep(
        _ pair: MessagePairing.Pair,
        _ kinds: [BacktestReport.Kind],
        of event: Seen,
        _ number: Int
    ) {
        guard limit > 0 else { return }
        let (old, new) = (pair.old?.knownFate, pair.new?.knownFate)
        let (why, isWithout) = Self.why(pair, old, new)
        let difference = BacktestReport.Difference(
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
            why: why
        )
        differences[number] = Found(difference: difference, isWithout: isWithout)
        guard differences.count / 2 > limit else { return }
        for number in differences.keys.sorted().dropFirst(limit) { differences[number] = nil }
    }

    /// What was found, once all messages have come to their end.
    func report() -> BacktestReport {
        let listed = differences.sorted { $0.key < $1.key }.prefix(limit).map { _, found in
            var difference = found.difference
            switch found.isWithout {
            case .old:
                let isKnown = tally.oldRules.contains(difference.rule)
                difference.why = isKnown ? "the rule made no such message" : "the rule is new"
            case .new: difference.why = tally.absence(of: difference.rule) ?? "the rule makes no such message"
            case nil: break
            }
            return difference
        }
        return BacktestReport(
            counts: tally.counts,
            rules: tally.rows,
            differences: listed,
            omitted: differenceCount - listed.count
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

    /// Why a message leaves on one side alone; or which side has no such message, where only its rule can say why.
    private static func why(
        _ pair: MessagePairing.Pair,
        _ old: RuledFate?,
        _ new: RuledFate?
    ) -> (why: String?, isWithout: Side?) {
        switch (old?.leavingTime, new?.leavingTime) {
        case (nil, _?):
            if let why = old?.obstacle { return ("it did not leave: \(why)", nil) }
            if let why = pair.absence { return ("it could not be built: \(why)", nil) }
            return (nil, .old)
        case (_?, nil):
            if let why = new?.obstacle { return ("it does not leave: \(why)", nil) }
            if let why = pair.absence { return ("it cannot be built: \(why)", nil) }
            return (nil, .new)
        default: return (nil, nil)
        }
    }
}

extension MessagePairing.Pair {
    /// Whether both sides have come to their end.
    fileprivate var isKnown: Bool { (old?.knownFate != nil || old == nil) && (new?.knownFate != nil || new == nil) }

    /// What both sides say otherwise, now that their texts are known.
    fileprivate var changesOfTexts: [MessageChange] {
        guard let old, let new, old.body != nil, new.body != nil else { return [] }
        return MessageChange.between(old, new)
    }
}

extension RehearsedMessage {
    /// What became of it; `nil` while it waits.
    fileprivate var knownFate: RuledFate? {
        if case .known(let fate) = fate { fate } else { nil }
    }

    /// The message once it has come to its end: with the text that it has now, where it had none.
    fileprivate func ended(_ ended: Rerun.Ended) -> RehearsedMessage {
        RehearsedMessage(
            rule: rule,
            account: body == nil ? ended.account : account,
            body: body ?? ended.body,
            addressee: addressee,
            fate: .known(ended.fate),
            isUndecided: isUndecided
        )
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
