// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Liquid

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
            return Diagnostic(.invalidValue, at: node.location, message, hint: #"write "{{ phone }}""#)
        }
        guard let text = number.constant, text.contains(where: \.isLetter) || !text.contains(where: \.isNumber) else {
            return nil
        }
        let message = "found \(node.found), which is no phone number; expected one, or Liquid that gives one"
        let isPath = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || "._".contains($0) }
        let hint = isPath ? "write \"{{ \(text) }}\"" : Placeholder.first(in: text).map(\.hint)
        return Diagnostic(.invalidValue, at: node.location, message, hint: hint)
    }
}
