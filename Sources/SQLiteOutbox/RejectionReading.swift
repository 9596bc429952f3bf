// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// Reads rejections inside the caller's snapshot.
struct RejectionReading {
    let database: Database

    func rejections(_ filter: RejectionFilter) throws -> Page<Rejection> {
        var query = ListQuery(
            "SELECT r.seq, r.at, r.source, r.status, r.code, r.reason, r.count FROM rejections r",
            key: "r.seq"
        )
        query.add("r.source = ?", filter.source)
        query.add("r.at >= ?", filter.since?.microseconds)
        return try query.page(database, limit: filter.limit, cursor: filter.cursor) { row in
            Rejection(
                at: row.time(1),
                source: row[2],
                status: row[3],
                code: row[4],
                reason: row[5],
                count: row[6]
            )
        }
    }
}
