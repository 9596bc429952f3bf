// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// One of the texts that a source's senders may have signed with, and the name it is known by.
///
/// It prints as `[redacted]` wherever it is printed, dumped or interpolated; the label may be shown.
package struct SourceSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
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

/// Why a secret, a scheme or a request to sign could not be used.
package struct WebhookError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of mistakes.
    package enum Code: String, Hashable, Sendable {
        /// A secret without a character.
        case emptySecret
        /// A secret that is not in the encoding its scheme wants.
        case badSecret
        /// A sender's key that was fetched and is none.
        case badCertificate
        /// A body that its sender signed and that cannot be read.
        case unreadableBody
        /// A scheme that needs a secret and has none.
        case noSecret
        /// A signed text, a place or another setting that cannot be read.
        case badSetting
        /// The scheme signs the URL and no public URL is configured.
        case noPublicURL
    }

    /// The kind of mistake.
    package let code: Code
    /// One sentence: what was found and what was expected, without the secret.
    package let reason: String

    /// The sentence.
    package var description: String { reason }
}
