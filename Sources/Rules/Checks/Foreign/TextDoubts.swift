// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Liquid

/// What a text of a rule holds that another tool would understand, and Liquid sends as it stands.
enum TextDoubts {
    /// Filters that look for their first argument in a text, letter by letter.
    private static let searching: Set<String> = [
        "replace", "replace_first", "replace_last", "remove", "remove_first", "remove_last", "split",
    ]

    /// Looks through a text.
    ///
    /// - Parameters:
    ///   - template: The compiled text.
    ///   - location: The place in the file of a line and column of the text.
    /// - Returns: Warnings; of gaps, the first of each piece of text.
    static func find(_ template: LiquidTemplate, _ location: (Int, Int) -> SourceLocation) -> [Diagnostic] {
        placeholders(template, location) + dates(template, location) + searches(template, location)
    }

    private static func placeholders(
        _ template: LiquidTemplate,
        _ location: (Int, Int) -> SourceLocation
    ) -> [Diagnostic] {
        template.texts.compactMap { piece in
            guard let found = Placeholder.first(in: piece.text) else { return nil }
            let before = piece.text.prefix(found.offset)
            let breaks = before.count { $0 == "\n" }
            let inLine = before.split(separator: "\n", omittingEmptySubsequences: false).last?.count ?? 0
            let place = location(piece.line + breaks, (breaks > 0 ? 1 : piece.column) + inLine)
            let message = "found '\(found.text)', which is sent as it stands; expected Liquid"
            return Diagnostic(.foreignPlaceholder, at: place, message, hint: found.hint)
        }
    }

    private static func dates(_ template: LiquidTemplate, _ location: (Int, Int) -> SourceLocation) -> [Diagnostic] {
        template.textArguments(of: ["date"]).compactMap { argument in
            guard argument.position == 0, let found = ForeignDateFormat.finding(in: argument.text) else { return nil }
            let place = location(argument.line, argument.column)
            return Diagnostic(.foreignDateFormat, at: place, found.message, hint: found.hint)
        }
    }

    private static func searches(_ template: LiquidTemplate, _ location: (Int, Int) -> SourceLocation) -> [Diagnostic] {
        template.textArguments(of: searching).compactMap { argument in
            guard argument.position == 0, RegularExpression.isDelimited(argument.text) else { return nil }
            let message =
                "found '\(argument.text)' in '\(argument.filter)', which looks for these very letters; expected a text"
            let hint = "Liquid has no regular expressions; 'digits' keeps the digits of a text"
            return Diagnostic(.foreignPattern, at: location(argument.line, argument.column), message, hint: hint)
        }
    }
}

/// Texts that look like regular expressions.
enum RegularExpression {
    /// `/…/`, `/…/i` with a character between that no plain path has.
    static func isDelimited(_ text: String) -> Bool {
        guard text.hasPrefix("/"), let end = text.lastIndex(of: "/"), end > text.startIndex else { return false }
        let flags = text[text.index(after: end)...]
        guard flags.count <= 4, flags.allSatisfy({ "gimsuxy".contains($0) }) else { return false }
        return text.dropFirst()[..<end].contains { "^$*+?()[]|\\".contains($0) }
    }

    /// `^TEA`, `TEA$`, `.*`, `\d+`.
    static func isBare(_ text: String) -> Bool {
        let hasAnchor = text.hasPrefix("^") || (text.hasSuffix("$") && text.count > 1)
        return hasAnchor || [".*", ".+", "\\d", "\\w", "[0-9]", "[a-z]", "[A-Z]"].contains(where: text.contains)
    }

    /// The fixed text in front of an expression, such as `TEA` of `/^TEA/`; `nil` where there is more to it.
    static func prefix(of text: String) -> String? {
        var inner = Substring(text)
        if isDelimited(text), let end = inner.lastIndex(of: "/") { inner = inner.dropFirst()[..<end] }
        guard inner.hasPrefix("^") else { return nil }
        inner = inner.dropFirst()
        if inner.hasSuffix(".*") { inner = inner.dropLast(2) }
        let isPlain = !inner.isEmpty && !inner.contains { "^$*+?()[]|\\.".contains($0) }
        return isPlain ? String(inner) : nil
    }
}
