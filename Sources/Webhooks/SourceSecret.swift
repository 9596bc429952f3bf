// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Crypto

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

/// The SHA-256 of a secret or a body: what can be kept and compared where the text itself must or need not be.
package struct Fingerprint: Sendable {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// The fingerprint of a text's UTF-8.
    ///
    /// - Parameter text: Such as an API key's secret.
    package init(of text: String) {
        self.init(of: Array(text.utf8))
    }

    /// The fingerprint of bytes.
    ///
    /// - Parameter bytes: Such as a request's body.
    package init(of bytes: [UInt8]) {
        self.bytes = Array(SHA256.hash(data: bytes))
    }

    /// Whether it is that one, in a time that does not depend on where two differ.
    ///
    /// - Parameter other: A fingerprint's bytes, as they were kept.
    /// - Returns: Whether all bytes are equal.
    package func isSame(as other: [UInt8]) -> Bool {
        guard other.count == bytes.count else { return false }
        return zip(bytes, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
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
