// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid
import OrderedCollections
import PartnerAPI

/// Fills in a tree of `components` or `interactive`.
struct TreeBuilder {
    let scope: LiquidScope
    /// Whether what the customer reads must show something; components have their own cleaning.
    let mustShow: Bool

    /// The tree with its texts rendered.
    ///
    /// - Parameter tree: The plan.
    /// - Returns: The value. Where it need not be a text, a lone `{{ x }}` gives numbers and truth values as they are.
    /// - Throws: A refusal with the place in the file.
    func value(of tree: TreePlan) throws(Refusal) -> JSON {
        switch tree {
        case .constant(let value): return value
        case .text(let expression, let isShown): return .string(try text(expression, isShown))
        case .value(let expression):
            switch try expression.evaluate(scope) {
            case .bool(let value):
                // Some senders write `false` for an empty field: then it is missing here, as everywhere.
                if !value { _ = try expression.render(scope) }
                return .bool(value)
            case .number(let number): return LiquidValue.number(number).json
            default: return .string(try expression.render(scope))
            }
        case .list(let elements):
            var values: [JSON] = []
            for element in elements { values.append(try value(of: element)) }
            return .array(values)
        case .object(let members):
            var values: OrderedDictionary<String, JSON> = [:]
            for (key, member) in members { values[key] = try value(of: member) }
            return .object(values)
        }
    }

    private func text(_ expression: Expression, _ isShown: Bool) throws(Refusal) -> String {
        let text = try expression.render(scope)
        guard mustShow, isShown else { return text }
        guard !ParameterCleaning.isInvisible(text) else {
            throw Refusal(.emptyParameter, "a text of the interactive message is empty", at: expression.location)
        }
        return ParameterCleaning.cleanLines(text)
    }
}
