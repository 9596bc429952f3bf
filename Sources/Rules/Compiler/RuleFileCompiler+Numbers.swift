// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Liquid
import PhoneNumbers

extension RuleFileCompiler {
    /// Compiles the text of a number; one that no event makes a number is an error, and the only finding there.
    mutating func number(_ node: YAMLNode) -> Expression? {
        let before = diagnostics
        guard let compiled = expression(node) else { return nil }
        guard let finding = mistake(in: compiled, node) else { return compiled }
        diagnostics = before + [finding]
        return nil
    }

    /// Compiles one number or a list of them; `nil` when one has a mistake.
    mutating func numbers(_ node: YAMLNode) -> [Expression]? {
        let nodes = node.elements ?? [node]
        let compiled = nodes.compactMap { number($0) }
        return compiled.count == nodes.count ? compiled : nil
    }

    private func mistake(in number: Expression, _ node: YAMLNode) -> Diagnostic? {
        if let quote = number.template.texts.map(\.text).joined().first(where: { "“”„‟‘’«»".contains($0) }) {
            let message = "found '\(quote)' in a phone number; expected straight quotes around the text, or none"
            let text = (node.text ?? "").filter { !"“”„‟‘’«»\"".contains($0) }
            let hint = number.constant == nil ? "write \"\(text)\"" : "write \" or ' in their place"
            return Diagnostic(.invalidValue, at: node.location, message, hint: hint)
        }
        guard let text = number.constant, text.contains(where: \.isLetter) || !text.contains(where: \.isNumber) else {
            return nil
        }
        let message = "found \(node.found), which is no phone number; expected one, or Liquid that gives one"
        let isPath = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || "._".contains($0) }
        let path = isPath ? text : Placeholder.first(in: text)?.path
        let hint = path.map { "write \"{{ \($0) }}\"" } ?? Placeholder.first(in: text)?.hint
        return Diagnostic(.invalidValue, at: node.location, message, hint: hint)
    }

    /// Reports constant numbers that no message can go to, read as they are when an event comes.
    ///
    /// What only a source's configuration can decide is left alone: a number without any country, and kinds of numbers
    /// that it may allow.
    mutating func checkConstants(_ plan: PhonePlan) {
        let isOpen = plan.country.map { $0.constant == nil } ?? false
        let country = isOpen ? nil : plan.country?.constant ?? defaults?["country"]?.text
        for candidate in plan.candidates where !candidate.isRead {
            guard let text = candidate.expression.constant else { continue }
            do throws(PhoneNumberError) {
                let home = country.flatMap(Country.init(_:))
                _ = try PhoneNumber.read(
                    text,
                    at: home,
                    allowing: Set(NumberKind.allCases),
                    takesFirst: plan.takesFirst
                )
            } catch {
                guard error.code != .noCountry else { continue }
                let message = "found a number that no message can go to: \(error.description)"
                let hint = error.code == .severalNumbers ? "give a list, or 'several: first'" : nil
                diagnostics.append(Diagnostic(.invalidValue, at: candidate.expression.location, message, hint: hint))
            }
        }
    }
}
