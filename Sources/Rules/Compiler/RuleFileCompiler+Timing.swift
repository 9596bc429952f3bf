// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Messages

extension RuleFileCompiler {
    /// Compiles what a rule says about when its messages leave.
    ///
    /// - Parameter node: The rule.
    /// - Returns: What could be read; mistakes are reported.
    mutating func compileTiming(_ node: YAMLNode) -> RuleTiming {
        checkTiming(node)
        let digest = node["digest"].flatMap { compileDigest($0) }
        if let digest { checkDigest(digest, node) }
        return RuleTiming(
            oncePer: node["once_per"].flatMap { expressions($0) } ?? [],
            onceWithin: duration(inherited("once_within", node)) ?? OncePer.defaultWindow,
            delay: inherited("delay", node).flatMap { compileDelay($0) },
            expiresAfter: duration(inherited("expires_after", node)),
            onUncertain: inherited("on_uncertain", node)?.text.flatMap(OnUncertain.init) ?? .retry,
            key: node["key"].flatMap { expression($0) },
            cancelWhen: node["cancel_when"].flatMap { compileCancel($0) },
            whenChanged: node["when_changed"].flatMap { expression($0) },
            digest: digest,
            quietHours: compileQuietHours(node),
            limit: inherited("limit", node).flatMap(limit)
        )
    }

    /// Refuses what cannot be meant beside a digest.
    private mutating func checkDigest(_ digest: DigestSetting, _ node: YAMLNode) {
        let every = node["digest"]?["every"]
        if let delay = node["delay"] {
            refuse(delay, "found 'delay' beside 'digest', which waits by itself; expected one of the two")
        }
        if let list = node["for_each"] {
            let advice =
                "expected one of the two, for one makes many messages of an event, the other one of many events"
            refuse(list, "found 'for_each' beside 'digest'; \(advice)")
        }
        guard let expiry = inherited("expires_after", node), let span = duration(expiry), span <= digest.every,
            digest.every > .zero
        else { return }
        let window = DurationText.write(digest.every)
        let message =
            "found expires_after: \(expiry.text ?? "") with a digest that collects for \(window), which never leaves"
        refuse(every ?? expiry, "\(message); expected a longer one")
    }

    private mutating func refuse(_ node: YAMLNode, _ message: String) {
        diagnostics.append(Diagnostic(.invalidValue, at: node.location, message))
    }

    func duration(_ node: YAMLNode?) -> Duration? {
        node?.text.flatMap(DurationText.parse)
    }

    private mutating func compileDelay(_ node: YAMLNode) -> DelaySetting? {
        if let span = duration(node) { return .span(span) }
        return expression(node).map(DelaySetting.computed)
    }

    private mutating func compileCancel(_ node: YAMLNode) -> CancelSetting? {
        let events = compileEvents(node["event"])
        guard let pattern = compilePattern(match: node["match"], headers: nil),
            let key = node["key"].flatMap({ expression($0) })
        else { return nil }
        let match = node["match"].map(Self.patternJSON)
        let condition = EventCondition(events: events, match: match, headers: nil, pattern: pattern)
        let eventNodes = node["event"].map { $0.elements ?? [$0] } ?? []
        return CancelSetting(condition: condition, eventNodes: eventNodes, matchNode: node["match"], key: key)
    }

    private mutating func compileDigest(_ node: YAMLNode) -> DigestSetting? {
        let key = node["key"].flatMap { expression($0) }
        return duration(node["every"]).map { DigestSetting(every: $0, key: key, location: node.location) }
    }

    private func limit(_ node: YAMLNode) -> SendLimit? {
        guard let count = node["count"]?.scalar.flatMap({ CoreSchema.resolve($0).number?.int }),
            let every = duration(node["every"])
        else { return nil }
        return SendLimit(
            count: count,
            every: every,
            scope: node["per"]?.text.flatMap(SendLimit.Scope.init) ?? .recipient,
            excess: node["on_exceed"]?.text.flatMap(SendLimit.Excess.init) ?? .drop
        )
    }
}
