// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Messages
package import Outbox

/// Keys of the durable partner API as the command line shows them.
package enum KeyViews {
    /// Keys, one a line.
    ///
    /// - Parameter keys: In the order to show.
    /// - Returns: A table.
    package static func table(_ keys: [APIKey]) -> String {
        TextTable.render(
            titles: ["KEY", "CREATED", "ACCOUNT", "STATE", "LABEL"],
            rows: keys.map { key in
                [
                    key.id, key.createdAt.rfc3339, key.account ?? "(first)",
                    key.revokedAt.map { "revoked \($0.rfc3339)" } ?? "live", key.label,
                ]
            }
        )
    }

    /// A new key with its secret.
    ///
    /// - Parameter issued: The key.
    /// - Returns: Some lines.
    package static func text(_ issued: IssuedKey) -> String {
        FieldList.render([
            ("apiKey", issued.key.id),
            ("apiSecret", issued.secret),
            ("label", issued.key.label),
            ("account", issued.key.account ?? "(the first of the configuration)"),
        ]) + "\nThe secret is shown this once and kept nowhere; whoever loses it needs a new key.\n"
    }
}

extension APIKey {
    /// The key as `--json` shows it.
    package var json: JSON {
        [
            "id": .string(id), "label": .string(label), "account": account.map(JSON.string) ?? .null,
            "created_at": .string(createdAt.rfc3339), "revoked_at": revokedAt.map { .string($0.rfc3339) } ?? .null,
        ]
    }
}

extension IssuedKey {
    /// The key and its secret as `--json` shows them, this once.
    package var json: JSON {
        [
            "id": .string(key.id), "secret": .string(secret), "label": .string(key.label),
            "account": key.account.map(JSON.string) ?? .null, "created_at": .string(key.createdAt.rfc3339),
        ]
    }
}
