// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import Liquid
import OrderedCollections

/// What the texts of a rule can name: the payload's fields, `body`, and `webhook`.
enum EventScope {
    /// The scope before `let`.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - context: Time and zone.
    ///   - withWebhook: Whether some text reads `webhook`, which is not for nothing.
    /// - Returns: The scope.
    static func make(_ event: Event, _ context: EvaluationContext, withWebhook: Bool) -> LiquidScope {
        let root = event.payload.root
        var variables: [String: LiquidValue] = ["body": LiquidValue(root)]
        if withWebhook { variables["webhook"] = webhook(event) }
        return LiquidScope(
            root: root.kind == .object ? root : nil,
            variables: variables,
            now: context.now,
            timeZone: context.timeZone
        )
    }

    private static func webhook(_ event: Event) -> LiquidValue {
        [
            "source": .string(event.source),
            "type": .string(event.type),
            "id": .string(event.senderID ?? event.id.rawValue),
            "time": .string(event.time.rfc3339),
            "headers": .object(headers(event).mapValues(LiquidValue.string)),
        ]
    }

    /// The request's headers: names in lower case, the values of repeated lines joined by commas.
    static func headers(_ event: Event) -> OrderedDictionary<String, String> {
        OrderedDictionary(event.headers.map { ($0.name.canonicalName, $0.value) }) { "\($0), \($1)" }
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
