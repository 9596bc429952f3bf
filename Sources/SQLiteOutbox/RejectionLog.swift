// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// The requests that were turned away: a table that strangers can write to, and therefore bounded.
struct RejectionLog {
    let database: Database

    func record(_ rejection: Rejection) throws {
        try database.run(
            "INSERT INTO rejections (at, source, status, code, reason, count) VALUES (?, ?, ?, ?, ?, ?)",
            [
                rejection.at.microseconds, rejection.source, rejection.status, rejection.code, rejection.reason,
                rejection.count,
            ]
        )
        try database.run(
            "DELETE FROM rejections WHERE seq <= ?",
            [database.lastInsertedRowID - Int64(Rejection.capacity)]
        )
    }
}
