// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Events

/// The conditions of rules and of their `cancel_when` that see the events of one source, arranged so that those which cannot match cost nothing.
///
/// Those that name their event types exactly are found by a dictionary; what is left of them, and those with `*` or
/// any type, go through one pattern index each, which reads the event once.
final class SourceIndex: Sendable {
    private let byType: [String: Group]
    private let general: Group

    /// Arranges conditions.
    ///
    /// - Parameters:
    ///   - conditions: All conditions of the set.
    ///   - positions: Those that see the source, ascending.
    init(_ conditions: [EventCondition?], _ positions: [Int]) {
        var exact: [String: [Int]] = [:]
        var rest: [Int] = []
        for position in positions {
            let events = conditions[position]?.events ?? []
            if events.isEmpty || events.contains(where: \.hasWildcard) {
                rest.append(position)
            } else {
                for type in Set(events.map(\.text)) { exact[type, default: []].append(position) }
            }
        }
        byType = exact.mapValues { Group(conditions, $0, checksType: false) }
        general = Group(conditions, rest, checksType: true)
    }

    /// The conditions that an event meets.
    ///
    /// - Parameter event: Of this source.
    /// - Returns: Their positions, ascending; `stop` is not looked at.
    func matches(_ event: Event) -> [Int] {
        let exact = byType[event.type]
        let needsEnvelope = general.needsEnvelope || exact?.needsEnvelope == true
        let envelope = needsEnvelope ? Envelope.document(event) : nil
        let found = general.matches(event, envelope)
        guard let exact else { return found }
        let more = exact.matches(event, envelope)
        return found.isEmpty ? more : (found + more).sorted()
    }

    /// Conditions that share one pattern index.
    private final class Group: Sendable {
        /// Those that every event meets.
        let always: [Int]
        let index: PatternIndex
        /// The condition of each pattern of the index.
        let positions: [Int]
        let needsEnvelope: Bool

        init(_ conditions: [EventCondition?], _ members: [Int], checksType: Bool) {
            var patterns: [EventPattern] = []
            var always: [Int] = []
            var positions: [Int] = []
            var needsEnvelope = false
            for position in members {
                guard let condition = conditions[position] else { continue }
                let hasType = checksType && !condition.events.isEmpty
                guard condition.match != nil || condition.headers != nil || hasType else {
                    always.append(position)
                    continue
                }
                needsEnvelope = needsEnvelope || hasType || condition.headers != nil
                patterns.append(hasType ? Envelope.pattern(of: condition) : condition.pattern)
                positions.append(position)
            }
            self.always = always
            self.positions = positions
            self.needsEnvelope = needsEnvelope
            index = PatternIndex(patterns)
        }

        func matches(_ event: Event, _ envelope: JSONDocument?) -> [Int] {
            guard !positions.isEmpty else { return always }
            let found = index.matches(event.payload, envelope: envelope).map { positions[$0] }
            return always.isEmpty ? found : (always + found).sorted()
        }
    }
}
