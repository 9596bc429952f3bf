// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox
import PartnerAPI

/// How an account stands as its row has it, as JSON; times are microseconds since 1970, as everywhere.
///
/// Of an account that sends as it would there is none, so that its row says nothing beside its pace.
struct StandingText {
    let condition: AccountCondition
    let probe: AccountStanding.Probe?

    init(_ standing: AccountStanding) {
        (condition, probe) = (standing.condition, standing.probe)
    }

    /// The text; `nil` where there is nothing to say.
    var text: String? {
        guard condition != AccountCondition() || probe != nil else { return nil }
        let members: [(String, JSON)] = [
            ("rest", Self.json(condition.notBefore)), ("refused", Self.json(condition.refusal)),
            ("failing", Self.json(condition.failure)), ("slowed", Self.json(condition.slowness)),
            ("stops", Self.json(condition.stops)), ("resumed", Self.json(condition.resumedAt)),
            ("templates", Self.json(condition.templates)),
            ("failures", condition.failures == 0 ? .null : .number(JSONNumber(condition.failures))),
            ("uncertain", Self.json(condition.uncertain)), ("braked", Self.json(condition.brakedSince)),
            ("probe", probe.map { ["node": .string($0.node), "until": Self.json($0.until)] } ?? .null),
        ]
        return Self.object(members.filter { $0.1 != .null }).text()
    }

    /// Reads what a row says; what does not read is as if nobody had said it, and the partner says it again.
    init(_ text: String?) {
        let json = text.flatMap { try? JSON(parsing: $0) } ?? .null
        var condition = AccountCondition()
        condition.notBefore = Self.time(json["rest"])
        condition.refusal = Self.refusal(json["refused"])
        condition.failure = Self.failure(json["failing"])
        condition.slowness = Self.slowness(json["slowed"])
        condition.resumedAt = Self.time(json["resumed"])
        for wait in json["templates"]?.array ?? [] {
            if let name = wait["name"]?.string { condition.templates[name] = Self.wait(wait) }
        }
        condition.failures = json["failures"]?.number?.int ?? 0
        condition.uncertain = Self.counts(json["uncertain"])
        condition.brakedSince = Self.time(json["braked"])
        for part in MetaCode.Part.allCases { condition.stops[part] = Self.stop(json["stops"]?[part.rawValue]) }
        self.condition = condition
        let (node, until) = (json["probe"]?["node"]?.string, Self.time(json["probe"]?["until"]))
        probe = node.flatMap { node in until.map { .init(node: node, until: $0) } }
    }

    // MARK: Writing

    private static func json(_ time: Timestamp?) -> JSON {
        time.map { .number(JSONNumber($0.microseconds)) } ?? .null
    }

    private static func json(_ span: Duration) -> JSON { .number(JSONNumber(span.microseconds)) }

    private static func json(_ refusal: AccountCondition.Refusal?) -> JSON {
        guard let refusal else { return .null }
        return [
            "since": json(refusal.since), "reason": .string(refusal.reason), "probe": json(refusal.nextProbe),
        ]
    }

    private static func json(_ failure: AccountCondition.Failure?) -> JSON {
        guard let failure else { return .null }
        return [
            "since": json(failure.since), "reason": .string(failure.reason), "probe": json(failure.nextProbe),
            "pause": json(failure.pause),
        ]
    }

    private static func json(_ slowness: AccountCondition.Slowness?) -> JSON {
        guard let slowness else { return .null }
        return [
            "interval": json(slowness.interval), "usual": json(slowness.usual), "since": json(slowness.since),
        ]
    }

    private static func json(_ stops: [MetaCode.Part: AccountCondition.Stop]) -> JSON {
        let parts = MetaCode.Part.allCases.compactMap { part in
            stops[part].map { (part.rawValue, ["since": json($0.since), "reason": .string($0.reason)] as JSON) }
        }
        return parts.isEmpty ? .null : object(parts)
    }

    private static func json(_ waits: [String: AccountCondition.Wait]) -> JSON {
        let members = waits.sorted { $0.key < $1.key }.map { name, wait -> JSON in
            [
                "name": .string(name), "level": .number(JSONNumber(wait.level)), "since": json(wait.struckAt),
                "until": json(wait.until), "reason": .string(wait.words),
            ]
        }
        return members.isEmpty ? .null : .array(members)
    }

    /// Times and numbers in turns, in order of time.
    private static func json(_ counts: [Timestamp: Int]) -> JSON {
        let members = counts.sorted { $0.key < $1.key }.flatMap { [json($0.key), .number(JSONNumber($0.value))] }
        return members.isEmpty ? .null : .array(members)
    }

    private static func object(_ members: [(String, JSON)]) -> JSON {
        members.reduce([:]) { $0.adding([$1.0: $1.1]) }
    }

    // MARK: Reading

    private static func time(_ json: JSON?) -> Timestamp? {
        json?.number?.int.map { Timestamp(microseconds: Int64($0)) }
    }

    private static func counts(_ json: JSON?) -> [Timestamp: Int] {
        let numbers = json?.array?.map { $0.number?.int ?? 0 } ?? []
        let pairs = stride(from: 0, to: numbers.count - 1, by: 2).map { index in
            (Timestamp(microseconds: Int64(numbers[index])), numbers[index + 1])
        }
        return Dictionary(pairs, uniquingKeysWith: +)
    }

    private static func span(_ json: JSON?) -> Duration? {
        json?.number?.int.flatMap { $0 > 0 ? .microseconds(Int64($0)) : nil }
    }

    private static func refusal(_ json: JSON?) -> AccountCondition.Refusal? {
        guard let since = time(json?["since"]), let probe = time(json?["probe"]) else { return nil }
        return .init(since: since, reason: json?["reason"]?.string ?? "", nextProbe: probe)
    }

    private static func failure(_ json: JSON?) -> AccountCondition.Failure? {
        guard let since = time(json?["since"]), let probe = time(json?["probe"]), let pause = span(json?["pause"])
        else { return nil }
        return .init(since: since, reason: json?["reason"]?.string ?? "", nextProbe: probe, pause: pause)
    }

    private static func slowness(_ json: JSON?) -> AccountCondition.Slowness? {
        guard let interval = span(json?["interval"]), let usual = span(json?["usual"]),
            let since = time(json?["since"])
        else { return nil }
        return .init(interval: interval, usual: usual, since: since)
    }

    private static func wait(_ json: JSON) -> AccountCondition.Wait? {
        guard let since = time(json["since"]), let until = time(json["until"]) else { return nil }
        let (level, words) = (json["level"]?.number?.int ?? 0, json["reason"]?.string ?? "")
        let known = max(0, min(level, MetaCode.templatePauses.count - 1))
        return .init(level: known, struckAt: since, until: until, words: words)
    }

    private static func stop(_ json: JSON?) -> AccountCondition.Stop? {
        time(json?["since"]).map { .init(since: $0, reason: json?["reason"]?.string ?? "") }
    }
}
