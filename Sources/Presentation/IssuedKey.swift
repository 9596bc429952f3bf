// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Messages
package import Outbox
internal import PartnerAPI

/// A new key of the durable partner API with its secret, which nobody can read again.
package struct IssuedKey: Sendable {
    /// The key as the store keeps it.
    package let key: APIKey
    /// The secret: `sk_` and 43 letters and digits, 256 random bits.
    package let secret: String

    /// Draws a new key.
    ///
    /// - Parameters:
    ///   - label: Whose key it is.
    ///   - account: The account that its messages use; `nil` for the configuration's first.
    ///   - time: The time now.
    package init(label: String, account: String?, at time: Timestamp) {
        let drawn = DrawnKey()
        secret = drawn.secret
        key = APIKey(
            id: drawn.id,
            label: label,
            account: account,
            secretFingerprint: Fingerprint(of: secret).bytes,
            createdAt: time
        )
    }
}

extension IssuedKey {
    /// The key and its secret for people, this once.
    package var text: String {
        FieldList.render([
            ("apiKey", key.id),
            ("apiSecret", secret),
            ("label", key.label),
            ("account", key.account ?? "(the first of the configuration)"),
        ]) + "\nThe secret is shown this once and kept nowhere; whoever loses it needs a new key.\n"
    }

    /// The key and its secret as `--json` shows them, this once.
    package var json: JSON { key.json.adding(["secret": .string(secret)]) }
}
