// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// One of the texts that a source's senders may have signed with, and the name it is known by.
///
/// It prints as `[redacted]` wherever it is printed, dumped or interpolated; the label may be shown.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What the event's record calls the secret when it matched: its name, or its position such as `secrets[0]`.
    package let label: String
    /// The secret as its sender shows it; not empty.
    let text: String

    /// A secret of that text.
    ///
    /// - Parameters:
    ///   - text: As the sender shows it.
    ///   - label: What to call it in records.
    /// - Throws: ``WebhookError`` with code `emptySecret`: an empty key would accept what anybody signs.
    package init(_ text: String, label: String) throws(WebhookError) {
        guard !text.allSatisfy(\.isWhitespace) else {
            throw WebhookError(
                code: .emptySecret,
                reason: "the secret is empty; expected what the sender shows as its secret"
            )
        }
        self.label = label
        self.text = text
    }

    /// Whether a text that came with a request is the secret, in a time that does not depend on where they differ.
    func isSame(as other: String) -> Bool {
        Fingerprint(of: text).isSame(as: Fingerprint(of: other).bytes)
    }

    /// Never the text.
    package var description: String { "[redacted]" }
    /// Never the text.
    package var debugDescription: String { "[redacted]" }
    /// Never the text.
    package var customMirror: Mirror { Mirror(self, children: ["label": label]) }
}
