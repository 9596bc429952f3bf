// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

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
