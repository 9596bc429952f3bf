// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// Reads messages inside the caller's snapshot.
struct MessageReading {
    let database: Database

    func message(_ id: MessageID) throws -> MessageDetail? {
        guard let row = try MessageTable(database: database).row(id) else { return nil }
        let timeline = TimelineTable(database: database)
        return MessageDetail(
            message: row.record.message,
            attempts: try timeline.attempts(of: row.seq),
            timeline: try timeline.entries(of: row.seq)
        )
    }

    func messages(_ filter: MessageFilter) throws -> Page<Message> {
        var query = ListQuery(MessageTable.select, key: "m.seq")
        query.add("m.state = ?", filter.state?.rawValue)
        query.add("m.rule = ?", filter.rule)
        query.add("m.source = ?", filter.source)
        query.add("m.created_at >= ?", filter.since?.microseconds)
        return try query.page(database, limit: filter.limit, cursor: filter.cursor) {
            try StoredMessage($0).record.message
        }
    }

    func countsByState() throws -> [MessageState: Int] {
        let counts = try database.rows("SELECT state, count(*) FROM messages GROUP BY state", []) { row in
            (try row.name(0) as MessageState, row[1] as Int)
        }
        return Dictionary(counts) { $0 + $1 }
    }
}
