// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A text that must not be shown by accident, such as a key: every way to print it says `[redacted]`.
///
/// The label may be shown.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What records call it: its name, or its position such as `secrets[0]`; empty where nobody asks.
    package let label: String
    private let text: String

    /// A secret of that text, which may be blank: who configures it refuses that.
    ///
    /// - Parameters:
    ///   - text: As its giver shows it.
    ///   - label: What to call it in records.
    package init(_ text: String, label: String = "") {
        self.text = text
        self.label = label
    }

    /// The text itself, for the one place that needs it.
    package func reveal() -> String { text }

    /// Whether nothing but white space is in it: an empty key would accept what anybody signs.
    package var isBlank: Bool { text.allSatisfy(\.isWhitespace) }

    /// Whether a text that came from elsewhere is the secret, in a time that does not depend on where they differ.
    ///
    /// - Parameter other: The text.
    /// - Returns: Whether both are equal.
    package func isSame(as other: String) -> Bool {
        Fingerprint(of: text).isSame(as: Fingerprint(of: other).bytes)
    }

    /// Never the text.
    package var description: String { "[redacted]" }
    /// Never the text.
    package var debugDescription: String { "[redacted]" }
    /// Never the text.
    package var customMirror: Mirror { Mirror(self, children: label.isEmpty ? [:] : ["label": label]) }
}
