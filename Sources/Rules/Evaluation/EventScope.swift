// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid
import OrderedCollections

/// What the texts of a rule can name: the payload's fields, `body`, and `webhook`.
enum EventScope {
    /// The scope before `let`.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - context: Time, zone and conventions.
    ///   - withWebhook: Whether some text reads `webhook`, which is not for nothing.
    /// - Returns: The scope, with the budget of all that is rendered for the event.
    static func make(_ event: Event, _ context: EvaluationContext, withWebhook: Bool) -> LiquidScope {
        var scope = LiquidScope(
            event,
            now: context.now,
            timeZone: context.timeZone,
            conventions: context.conventions,
            withWebhook: withWebhook
        )
        scope.budget = LiquidBudget()
        return scope
    }

    /// What one event of a digest is among its `items`: the payload's fields, what `let` names, `body` and `webhook`.
    ///
    /// - Parameters:
    ///   - scope: The event's own scope, with `let` in it.
    ///   - names: What `let` names; it hides fields of the same name.
    /// - Returns: An object; fields that are called `body` or `webhook` stay what they are.
    static func item(of scope: LiquidScope, lets names: [String]) -> LiquidValue {
        var members = scope.root.flatMap { LiquidValue($0).asObject } ?? [:]
        for name in ["body", "webhook"] where members[name] == nil { members[name] = scope.value(of: name) }
        for name in names { members[name] = scope.value(of: name) }
        return .object(members)
    }

    /// The element of a list and its place in it, for `for_each`.
    static func element(_ item: LiquidValue, _ index: Int, of count: Int, in scope: LiquidScope) -> LiquidScope {
        let loop: LiquidValue = [
            "index": .int(index + 1), "index0": .int(index), "rindex": .int(count - index),
            "rindex0": .int(count - index - 1),
            "first": .bool(index == 0), "last": .bool(index == count - 1), "length": .int(count),
        ]
        return scope.adding("item", item).adding("forloop", loop)
    }
}
