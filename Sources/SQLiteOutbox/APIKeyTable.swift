// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDB
import Messages
import Outbox

/// The keys of the durable partner API, inside the caller's transaction or snapshot.
struct APIKeyTable {
    let database: Database

    private static let select =
        "SELECT id, label, account, secret_fingerprint, created_at, revoked_at FROM api_keys"

    func add(_ key: APIKey) throws {
        guard try self.key(key.id) == nil else { throw StoreError(.conflict, "there is a key with this id already") }
        try database.run(
            """
            INSERT INTO api_keys (id, label, account, secret_fingerprint, created_at, revoked_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                key.id, key.label, key.account, Data(key.secretFingerprint), key.createdAt.microseconds,
                key.revokedAt?.microseconds,
            ]
        )
    }

    func key(_ id: String) throws -> APIKey? {
        try database.row("\(Self.select) WHERE id = ?", [id], Self.key)
    }

    func all() throws -> [APIKey] {
        try database.rows("\(Self.select) ORDER BY created_at, id", [], Self.key)
    }

    func revoke(_ id: String, at now: Timestamp) throws -> APIKey {
        try database.run(
            "UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
            [now.microseconds, id]
        )
        guard let key = try key(id) else { throw StoreError(.notFound, "there is no key with this id") }
        return key
    }

    private static func key(_ row: Row) -> APIKey {
        APIKey(
            id: row[0],
            label: row[1],
            account: row[2],
            secretFingerprint: [UInt8](row[3] as Data),
            createdAt: row.time(4),
            revokedAt: row.optionalTime(5)
        )
    }
}
