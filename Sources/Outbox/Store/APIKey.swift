// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// A key with which somebody may hand us messages; the secret is not in it.
package struct APIKey: Hashable, Sendable {
    /// The public half: `pk_` and 40 letters and digits.
    package let id: String
    /// Whose key it is, in the words of whoever made it.
    package let label: String
    /// The account that its messages use; `nil` for the configuration's first.
    package let account: String?
    /// The SHA-256 of the secret.
    ///
    /// The secret is 256 random bits that we drew ourselves: nobody can guess or list it, so a salt or a slow hash
    /// would protect nothing, but would cost every request.
    package let secretFingerprint: [UInt8]
    /// When it was made.
    package let createdAt: Timestamp
    /// Since when it opens nothing any more; `nil` while it is live.
    package let revokedAt: Timestamp?

    package init(
        id: String,
        label: String,
        account: String?,
        secretFingerprint: [UInt8],
        createdAt: Timestamp,
        revokedAt: Timestamp? = nil
    ) {
        self.id = id
        self.label = label
        self.account = account
        self.secretFingerprint = secretFingerprint
        self.createdAt = createdAt
        self.revokedAt = revokedAt
    }

    /// Whether it opens nothing any more.
    package var isRevoked: Bool { revokedAt != nil }
}
