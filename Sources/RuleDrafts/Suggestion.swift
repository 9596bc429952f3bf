// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Liquid
internal import Rules

/// What could stand in a gap.
package struct Suggestion: Hashable, Sendable {
    /// Where it comes from.
    package enum Origin: Hashable, Sendable {
        /// From a rule that comes with Hookline, of that name.
        case shipped(String)
        /// From a field of the event.
        case field(String)
        /// From whoever asked.
        case person
    }

    /// The text of the rule file, such as `{{ order.total | money: order.currency }}`.
    package internal(set) var expression: String
    /// What has to stand in the rule's `let` for it.
    package let lets: [DraftedLet]
    /// What it gives for this event.
    package let value: String
    /// Why it is suggested: one sentence without anything of the event's values.
    package let why: String
    /// Where it comes from.
    package let origin: Origin
    /// What the rule's writer has to know of it; `nil` for nothing.
    package var note: String?
    /// What its field was taken for; `nil` where it is none.
    var meaning: Meaning?
    /// How well it fits; what is below ``enough`` is not taken unasked.
    let score: Double

    /// From here on a suggestion is taken unasked.
    static let enough = 4.5
}

/// An event whose fields expressions can be tried on.
struct DraftScope: Sendable {
    let event: Event
    private let scope: LiquidScope

    /// The scope of an event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - conventions: How its sender writes.
    init(_ event: Event, conventions: DataConventions) {
        self.event = event
        scope = LiquidScope(event, now: event.receivedAt, conventions: conventions)
    }

    private init(_ event: Event, _ scope: LiquidScope) {
        self.event = event
        self.scope = scope
    }

    /// The same with what `let` names; what cannot be evaluated is undefined.
    func adding(_ lets: [DraftedLet]) -> DraftScope {
        var scope = scope
        for entry in lets {
            guard let template = try? LiquidTemplate(entry.value, environment: RuleFolder.liquid),
                let value = try? template.evaluate(scope)
            else { continue }
            scope = scope.adding(entry.name, value)
        }
        return DraftScope(event, scope)
    }

    /// What a text gives; `nil` where it is undefined, refused or empty.
    ///
    /// - Parameter expression: A text with Liquid.
    /// - Returns: The text that a customer would read.
    func render(_ expression: String) -> String? {
        guard let template = try? LiquidTemplate(expression, environment: RuleFolder.liquid),
            let text = try? template.render(scope), !text.allSatisfy(\.isWhitespace)
        else { return nil }
        return text
    }

    /// Whether a text reads a field that the event has; also for one that reads none.
    ///
    /// - Parameter expression: A text with Liquid.
    /// - Returns: `false` where only its `default` would be seen.
    func hasField(of expression: String) -> Bool {
        guard let template = try? LiquidTemplate(expression, environment: RuleFolder.liquid) else { return false }
        let references = template.references.filter(\.isComplete)
        return references.isEmpty
            || references.contains { render("{{ \($0.path) | json }}").map(Self.isSomething) ?? false }
    }

    private static func isSomething(_ json: String) -> Bool {
        !["null", "false", "\"\"", "[]", "{}"].contains(json)
    }

    /// The names that a text reads first, such as `payment` of `{{ payment.id }}`.
    static func names(in expression: String) -> Set<String> {
        guard let template = try? LiquidTemplate(expression, environment: RuleFolder.liquid) else { return [] }
        return Set(template.references.compactMap(\.steps.first))
    }
}

extension ShippedRules.Rule {
    /// What of its `let` some texts need, in order.
    ///
    /// - Parameter expressions: Texts with Liquid.
    /// - Returns: The entries that they name, and those that these name.
    func lets(for expressions: [String]) -> [DraftedLet] {
        var names = expressions.reduce(into: Set<String>()) { $0.formUnion(DraftScope.names(in: $1)) }
        for entry in lets.reversed() where names.contains(entry.name) {
            names.formUnion(DraftScope.names(in: entry.value))
        }
        return lets.filter { names.contains($0.name) }
    }
}
