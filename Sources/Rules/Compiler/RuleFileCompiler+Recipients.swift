// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Liquid
import PhoneNumbers

// `to`, and what `defaults` says about recipients.

extension RuleFileCompiler {
    typealias Lets = [(name: String, value: Expression)]

    /// Compiles `to`.
    ///
    /// - Parameters:
    ///   - node: One recipient, or a list of them.
    ///   - lets: What the rule's `let` names.
    /// - Returns: The recipients without mistakes.
    mutating func compileRecipients(_ node: YAMLNode?, _ lets: Lets) -> [RecipientPlan] {
        guard let node else { return [] }
        return (node.elements ?? [node]).compactMap { compileRecipient($0, lets) }
    }

    /// The kinds of numbers that a list names.
    func numberKinds(_ node: YAMLNode) -> Set<NumberKind> {
        Set(texts(node).compactMap(NumberKind.init(rawValue:)))
    }

    private mutating func compileRecipient(_ node: YAMLNode, _ lets: Lets) -> RecipientPlan? {
        guard node.entries != nil else {
            return number(node).map { .phone(checked(plan([$0], lets, node))) }
        }
        if let contact = node["contact_id"] { return expression(contact).map(RecipientPlan.contact) }
        if let id = node["whatsapp_id"] { return expression(id).map(RecipientPlan.whatsAppID) }
        let country = node["country"].flatMap { expression($0) }
        if country?.constant != nil, let node = node["country"] { checkCountry(node) }
        return node["phone"].flatMap { numbers($0) }.map { .phone(checked(plan($0, lets, node, country))) }
    }

    private mutating func checked(_ plan: PhonePlan) -> PhonePlan {
        checkConstants(plan)
        return plan
    }

    private func plan(_ candidates: [Expression], _ lets: Lets, _ node: YAMLNode, _ country: Expression? = nil)
        -> PhonePlan
    {
        PhonePlan(
            candidates: candidates.map { .init(expression: $0, isRead: Self.isRead($0, lets)) },
            country: country,
            allowed: node.entries == nil ? nil : node["allow_numbers"].map(numberKinds),
            takesFirst: node.entries != nil && node["several"]?.text == "first",
            location: node.location
        )
    }

    /// Reports a country that the file itself states and that nobody knows.
    mutating func checkCountry(_ node: YAMLNode?) {
        guard let node, let mistake = CountryName.mistake(in: node, .invalidValue) else { return }
        diagnostics.append(mistake)
    }

    /// Whether a text is one output that ends with the filter `phone`, or the name of a `let` that is.
    static func isRead(_ expression: Expression, _ lets: Lets) -> Bool {
        guard let output = output(expression.template.source) else { return false }
        if let filter = output.split(separator: "|").dropFirst().last {
            let name = filter.drop(while: \.isWhitespace).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            return name == "phone"
        }
        let name = output.filter { !$0.isWhitespace }
        guard let position = lets.lastIndex(where: { $0.name == name }) else { return false }
        // A `let` sees those above it alone, so this comes to an end.
        return isRead(lets[position].value, Array(lets[..<position]))
    }

    /// What stands between the braces of a text that is one output.
    private static func output(_ source: String) -> Substring? {
        var text = source[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        guard text.hasPrefix("{{"), text.hasSuffix("}}"), text.count >= 4 else { return nil }
        text = text.dropFirst(2).dropLast(2)
        guard !text.contains("}}") else { return nil }
        if text.hasPrefix("-") { text.removeFirst() }
        if text.hasSuffix("-") { text.removeLast() }
        return text
    }
}
