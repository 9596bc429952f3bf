// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Messages

extension RuleFileCompiler {
    /// The keys that are read, checked and kept, and on which nothing acts yet.
    private static let keptKeys = ["digest"]

    /// Compiles what a rule says about when its messages leave.
    ///
    /// - Parameter node: The rule.
    /// - Returns: What could be read; mistakes are reported.
    mutating func compileTiming(_ node: YAMLNode) -> RuleTiming {
        warnOfKeptKeys(node)
        checkTiming(node)
        return RuleTiming(
            oncePer: node["once_per"].flatMap { expressions($0) } ?? [],
            onceWithin: duration(inherited("once_within", node)) ?? OncePer.defaultWindow,
            delay: inherited("delay", node).flatMap { compileDelay($0) },
            expiresAfter: duration(inherited("expires_after", node)),
            onUncertain: inherited("on_uncertain", node)?.text.flatMap(OnUncertain.init) ?? .retry,
            key: node["key"].flatMap { expression($0) },
            cancelWhen: node["cancel_when"].flatMap { compileCancel($0) },
            whenChanged: node["when_changed"].flatMap { expression($0) },
            digest: node["digest"].flatMap { compileDigest($0) },
            quietHours: compileQuietHours(node),
            limit: inherited("limit", node).flatMap(limit)
        )
    }

    private mutating func warnOfKeptKeys(_ node: YAMLNode) {
        for entry in node.entries ?? [] where Self.keptKeys.contains(entry.key) {
            warn(of: entry)
        }
        guard let defaults, node.location == firstRule else { return }
        for entry in defaults.entries ?? [] where Self.keptKeys.contains(entry.key) { warn(of: entry) }
    }

    private mutating func warn(of entry: YAMLEntry) {
        let message = "found '\(entry.key)', which is checked and kept; this version does not act on it yet"
        diagnostics.append(Diagnostic(.notActedOn, at: entry.keyLocation, message))
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
        return duration(node["every"]).map { DigestSetting(every: $0, key: key) }
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
