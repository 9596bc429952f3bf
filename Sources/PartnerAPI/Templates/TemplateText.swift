// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A text with gaps such as `{{1}}` or `{{first_name}}`.
package struct TemplateText: Hashable, Sendable {
    /// The text as Meta approved it.
    package let text: String
    /// The names of the gaps in slot order: `1` to the highest number, or names in the order of first appearance.
    package let slots: [String]
    /// The text in its order: what is literal, and the gaps by name.
    package let parts: [Part]

    /// Whether the gaps have names (`{{customer}}`) rather than numbers: Meta wants the names with the values then.
    package var isNamed: Bool { slots.contains { Slot($0) == nil } }

    /// What stands before the first gap: the address that a button's value is put behind.
    package var prefix: String {
        guard case .literal(let text)? = parts.first else { return "" }
        return text
    }

    /// A piece of the text.
    package enum Part: Hashable, Sendable {
        /// What every message says.
        case literal(String)
        /// The place of a value, by its name.
        case gap(String)
    }

    /// Finds the gaps of a text.
    ///
    /// - Parameter text: The text as Meta approved it; braces that close nowhere are ordinary characters.
    package init(_ text: String) {
        self.text = text
        parts = Self.split(text)
        var names: [String] = []
        for case .gap(let name) in parts where !names.contains(name) { names.append(name) }
        let numbers = names.compactMap { Slot($0)?.number }
        if let highest = numbers.max(), numbers.count == names.count {
            slots = (1...highest).map(String.init)
        } else {
            slots = names
        }
    }

    /// Puts values into the gaps.
    ///
    /// - Parameter values: Values by slot number, from 1.
    /// - Returns: The text; a gap without value stays visible as `{{name}}`.
    package func filled(with values: [Int: String]) -> String {
        parts.map { part in
            switch part {
            case .literal(let text): return text
            case .gap(let name):
                let slot = slots.firstIndex(of: name).map { $0 + 1 }
                return slot.flatMap { values[$0] } ?? "{{\(name)}}"
            }
        }.joined()
    }

    private static func split(_ text: String) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            let name = rest[open.upperBound..<close.lowerBound].trimmingPrefix(while: \.isWhitespace)
            parts.append(.literal(String(rest[..<open.lowerBound])))
            parts.append(.gap(String(name.prefix { !$0.isWhitespace })))
            rest = rest[close.upperBound...]
        }
        return parts + [.literal(String(rest))]
    }
}
