// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A credential that cannot be printed by accident: every way to show it says `[redacted]`.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    package init(_ value: String) {
        self.value = value
    }

    /// The value itself, for the one place that sends it.
    package func reveal() -> String { value }

    /// Whether nothing is in it, which a configuration must refuse.
    package var isEmpty: Bool { value.isEmpty }

    package var description: String { "[redacted]" }

    package var debugDescription: String { "[redacted]" }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
