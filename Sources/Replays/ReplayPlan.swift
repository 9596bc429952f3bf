// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import FairThreads
package import Messages
package import Outbox
package import PartnerAPI

/// What a replay would come to, before anybody wants it: counted without writing anything.
///
/// What `once_per`, an expiry and shadow mode keep is counted as the replay will act: by the same law, over what is told now
/// and what the events before would tell. What a recipient wants, a limit, `when_changed` and a later event's word are asked
/// only when a message begins; of what would be made some may not leave.
package struct ReplayPlan: Sendable {
    /// How many events it is about.
    package private(set) var events = 0
    /// Which events.
    package private(set) var ids: Set<EventID> = []
    /// How many events cannot be replayed, by reason.
    package private(set) var omitted: [ArchiveDecoder.Omission: Int] = [:]
    /// How many messages would be made, by rule.
    package private(set) var made: [String: Int] = [:]
    /// How many would tell what was told, or is about to be.
    package private(set) var told = 0
    /// How many would be made and not leave, by what keeps them.
    package private(set) var kept: [Beginning.Obstacle: Int] = [:]
    /// How many parts of digests the rules would make: they are left alone.
    package private(set) var digests = 0
    /// How many a rule cannot build.
    package private(set) var notBuilt = 0
    /// Rules that look new, and under which other name they told the same recipients of the same events.
    package private(set) var renamed: [String: Renamed] = [:]
    private var known: Set<String> = []
    /// Who tells now, or would, what is told once.
    private var book = FactBook()
    private let scope: ReplayScope
    private let rules: Set<String>
    private let now: Timestamp
    /// The messages that the rules make now, as many as are listed.
    package private(set) var items: [Item] = []
    /// What a rule cannot build, likewise.
    package private(set) var failures: [(event: EventID, message: FailedMessage)] = []

    /// So many of each are listed; all are counted.
    private static let mostItems = 50

    /// A message that a rule makes of an event now.
    package struct Item: Hashable, Sendable {
        /// The event.
        package let event: EventID
        /// The message.
        package let message: NewMessage
        /// What becomes of it.
        package let fate: Fate
    }

    /// What becomes of a message that a rule makes of an event now.
    package enum Fate: Hashable, Sendable {
        /// It is made, and leaves as far as is known now.
        case made
        /// It is not made: this message told the same, or is about to.
        case told(MessageID)
        /// It is made and does not leave: what keeps it, and why.
        case kept(Beginning.Obstacle, reason: String)
    }

    /// A rule that looks like another one under a new name.
    package struct Renamed: Hashable, Sendable {
        /// The other name.
        package let old: String
        /// How many would be sent again.
        package fileprivate(set) var count: Int
    }

    /// How many messages would be made.
    package var total: Int { made.values.reduce(0, +) }

    /// Nothing was looked at yet.
    ///
    /// - Parameters:
    ///   - scope: Which events.
    ///   - rules: The names of the rules that run.
    ///   - now: The time now.
    init(_ scope: ReplayScope, rules: Set<String>, at now: Timestamp) {
        (self.scope, self.rules, self.now) = (scope, rules, now)
    }

    /// Learns who tells now what messages tell once that are added next.
    mutating func learn(_ holders: [Fact: FactHolder]) {
        book.learn(holders)
    }

    mutating func omit(_ reason: ArchiveDecoder.Omission, _ event: PlacedEvent) {
        note(event)
        omitted[reason, default: 0] += 1
    }

    /// Counts what the rules make of an event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - consequences: What they make of it.
    mutating func add(_ event: PlacedEvent, _ consequences: Consequences) {
        note(event)
        let earlier = event.archived.messages.map { EarlierMessage($0.message, recipient: $0.recipient) }
        for message in consequences.messages where scope.rule ?? message.rule == message.rule {
            let fate = fate(of: message, beside: earlier)
            count(fate, of: message, beside: earlier)
            guard items.count < Self.mostItems else { continue }
            items.append(Item(event: event.archived.event.id, message: message, fate: fate))
        }
        digests += consequences.digests.items.count { scope.rule ?? $0.rule == $0.rule }
        let failed = consequences.failures.filter { scope.rule ?? $0.rule == $0.rule }
        notBuilt += failed.count
        let rest = max(0, Self.mostItems - failures.count)
        failures += failed.prefix(rest).map { (event.archived.event.id, $0) }
    }

    /// What becomes of a message, as stores decide it, and who tells from then on what it tells once.
    private mutating func fate(of message: NewMessage, beside earlier: [EarlierMessage]) -> Fate {
        if let before = earlier.first(where: { $0.stands(inWayOf: message, again: scope.again) }) {
            return .told(before.id)
        }
        let giving = Set(earlier.filter { $0.givesWay(again: scope.again) }.map(\.id))
        let beginning = book.beginAgain(message, calledOffBy: nil, from: giving, at: now, keys: now)
        return beginning.obstacle.map { .kept($0, reason: beginning.reason) } ?? .made
    }

    private mutating func count(_ fate: Fate, of message: NewMessage, beside earlier: [EarlierMessage]) {
        switch fate {
        case .told: told += 1
        case .kept(let obstacle, _): kept[obstacle, default: 0] += 1
        case .made:
            made[message.rule, default: 0] += 1
            let twin = earlier.first { $0.isTold && !rules.contains($0.ruleName) && $0.goesWhere(message) }
            if let twin { renamed[message.rule, default: Renamed(old: twin.ruleName, count: 0)].count += 1 }
        }
    }

    private mutating func note(_ event: PlacedEvent) {
        events += 1
        ids.insert(event.archived.event.id)
        for message in event.archived.messages { known.insert(message.message.rule) }
    }

    /// Forgets the names of rules that are known from before after all.
    mutating func end() {
        for rule in known { renamed[rule] = nil }
    }

    /// The plan for people.
    package var text: String {
        var lines = ["\(events.counted("event")): \(total.counted("message")) would be made"]
        for (rule, count) in made.sorted(by: { $0.key < $1.key }) { lines.append("  \(count) by \(rule)") }
        if told > 0 { lines.append("\(told) told before, or about to be: not made without --again") }
        for obstacle in Beginning.Obstacle.allCases {
            if let count = kept[obstacle] { lines.append("\(count) would not leave: \(words(obstacle))") }
        }
        if notBuilt > 0 { lines.append("\(notBuilt) cannot be built") }
        if digests > 0 {
            let parts = digests.counted("event of a digest", "events of digests")
            lines.append("\(parts): digests are not replayed; 'hookline messages retry ID' builds one that failed anew")
        }
        lines += leftOut.map { "left out: \($0)" }
        for (rule, twin) in renamed.sorted(by: { $0.key < $1.key }) {
            let count = twin.count.counted("message")
            lines.append(
                "warning: \(rule) looks new, and like '\(twin.old)' under another name: \(count) would be sent again"
            )
        }
        return lines.map { VisibleText.line($0) + "\n" }.joined()
    }

    /// Why messages would be made and not leave.
    private func words(_ obstacle: Beginning.Obstacle) -> String {
        switch obstacle {
        case .repeated: "another message tells the same, and the rule tells it once (once_per)"
        case .expired: "too late by now" + (scope.isAsOfNow ? "" : "; with --as-of now expiries count from now")
        case .shadow: "the rule only records (shadow mode)"
        case .calledOff: "an event called them off"
        case .unchanged: "what their rule looks at is what it was"
        case .optedOut: "their recipients want none"
        }
    }

    /// What is left out, in words.
    private var leftOut: [String] {
        ArchiveDecoder.Omission.allCases.compactMap { reason in omitted[reason].map(reason.sentence) }
    }

    /// The plan as data.
    ///
    /// - Parameters:
    ///   - request: What is shown of what would leave.
    ///   - reason: What is shown of why a message could not be built.
    /// - Returns: The counts, and the first of the messages.
    package func json(_ request: (MessageRequest) -> JSON, reason: (String) -> String) -> JSON {
        let renamed = renamed.sorted { $0.key < $1.key }.map { rule, twin -> JSON in
            ["rule": .string(rule), "was": .string(twin.old), "count": .number(JSONNumber(twin.count))]
        }
        let made = made.sorted { $0.key < $1.key }.map { rule, count -> JSON in
            ["rule": .string(rule), "count": .number(JSONNumber(count))]
        }
        return [
            "events": .number(JSONNumber(events)), "made": .number(JSONNumber(total)), "by_rule": .array(made),
            "told": .number(JSONNumber(told)), "held": .number(JSONNumber(kept.values.reduce(0, +))),
            "digests": .number(JSONNumber(digests)),
            "not_built": .number(JSONNumber(notBuilt)),
            "omitted": .number(JSONNumber(omitted.values.reduce(0, +))), "renamed": .array(renamed),
            "left_out": .array(leftOut.map(JSON.string)), "messages": .array(items.map { $0.json(request, reason) }),
            "failures": .array(
                failures.map { event, message in
                    [
                        "event": .string(event.rawValue), "rule": .string(message.rule),
                        "reason": .string(reason(message.reason)),
                    ]
                }
            ),
        ]
    }
}

extension ReplayPlan.Item {
    fileprivate func json(_ request: (MessageRequest) -> JSON, _ reason: (String) -> String) -> JSON {
        let (result, told, why): (JSON, JSON, JSON) =
            switch fate {
            case .made: ("made", .null, .null)
            case .told(let other): ("told", .string(other.rawValue), .null)
            case .kept(_, let why): ("held", .null, .string(reason(why)))
            }
        return [
            "event": .string(event.rawValue), "rule": .string(message.rule), "account": .string(message.account),
            "result": result, "told": told, "reason": why, "request": message.request.message.map(request) ?? .null,
        ]
    }
}

extension Replayer {
    /// Looks ahead: what a replay would come to now.
    ///
    /// - Parameters:
    ///   - scope: Which events.
    ///   - rules: The names of the rules that run.
    ///   - now: The time now.
    /// - Returns: The plan.
    /// - Throws: `StoreError` when the store cannot be read.
    package func plan(
        _ scope: ReplayScope,
        rules: Set<String>,
        at now: Timestamp
    ) async throws(StoreError) -> ReplayPlan {
        var (plan, place) = (ReplayPlan(scope, rules: rules, at: now), Int64(0))
        while true {
            let events = try await store.events(scope, after: place, upTo: .max, limit: Self.planned)
            let made = await consequences(of: events, scope, at: now)
            let facts = made.flatMap { (try? $0.get())?.messages ?? [] }.compactMap(\.fact)
            plan.learn(try await store.holders(of: facts, at: now))
            for (event, consequences) in zip(events, made) {
                place = event.place
                do throws(ArchiveDecoder.Omission) {
                    plan.add(event, try consequences.get())
                } catch {
                    plan.omit(error, event)
                }
            }
            if events.count < Self.planned { break }
        }
        plan.end()
        return plan
    }

    /// So many events are read and evaluated in one piece; between two of them others have their turn.
    private static let planned = 100

    /// What the rules make of some events, on the threads for that: a body may have ten megabytes, and whoever serves many
    /// must not wait for it.
    private func consequences(
        of events: [PlacedEvent],
        _ scope: ReplayScope,
        at now: Timestamp
    ) async -> [Result<Consequences, ArchiveDecoder.Omission>] {
        await EvaluationThreads.shared.runInTurn(of: "replay plan") { [self] in
            var decoder = ArchiveDecoder(settings)
            return events.map { event in
                Result { () throws(ArchiveDecoder.Omission) in
                    consequences(of: try decoder.decode(event.archived), scope, at: now)
                }
            }
        }
    }
}
