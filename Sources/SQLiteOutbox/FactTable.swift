// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages

/// Who holds which business fact, inside the caller's transaction.
struct FactTable {
    let database: Database

    /// Who holds the fact; the law says whether that still counts.
    func holder(of fact: Fact) throws -> FactHolder? {
        try database.row(
            "SELECT message_id, until FROM facts WHERE rule = ? AND recipient = ? AND kind = ? AND key = ?",
            [fact.rule, fact.recipient, fact.kind.rawValue, fact.key]
        ) { FactHolder(message: MessageID(rawValue: $0[0]), until: $0.time(1)) }
    }

    /// Gives the fact to a message, whoever held it before.
    func hold(_ fact: Fact, _ holder: FactHolder) throws {
        try database.run(
            "INSERT OR REPLACE INTO facts (rule, recipient, kind, key, message_id, until) VALUES (?, ?, ?, ?, ?, ?)",
            [
                fact.rule, fact.recipient, fact.kind.rawValue, fact.key, holder.message.rawValue,
                holder.until.microseconds,
            ]
        )
    }
}
