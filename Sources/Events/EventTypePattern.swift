// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What a rule or a look-up says about an event's type: a name, in which `*` stands for any letters.
package struct EventTypePattern: Hashable, Sendable, CustomStringConvertible {
    /// The text as it was written.
    package let text: String

    package init(text: String) {
        self.text = text
    }

    /// The text, as diagnostics show it.
    package var description: String { text }

    /// Whether the text has a `*`.
    package var hasWildcard: Bool { text.contains("*") }

    /// The condition in an event pattern's form.
    package var alternative: JSON {
        guard hasWildcard else { return .string(text) }
        return ["wildcard": .string(collapsed.replacing("\\", with: "\\\\"))]
    }

    /// Whether a type is one of those meant.
    package func matches(_ type: String) -> Bool {
        guard hasWildcard else { return type == text }
        let parts = text.split(separator: "*", omittingEmptySubsequences: false)
        guard let head = parts.first, let tail = parts.last, type.hasPrefix(head) else { return false }
        var rest = type.dropFirst(head.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(tail)
    }

    /// The text with every run of stars as one, which is what patterns want.
    private var collapsed: String {
        text.reduce(into: "") { result, letter in
            if letter != "*" || result.last != "*" { result.append(letter) }
        }
    }
}
