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
        let messages = MessageTable(database: database)
        guard let row = try messages.row(id) else { return nil }
        let (table, story) = (TimelineTable(database: database), try messages.story(of: row.seq))
        // What is known of a claim later stands in place of what was known before: a late acceptance of its uncertainty.
        let numbers = Set(story.attempts.map(\.number))
        let attempts = try table.attempts(of: row.seq).filter { !numbers.contains($0.number) } + story.attempts
        return MessageDetail(
            message: row.record.message,
            attempts: attempts.sorted { $0.number < $1.number },
            timeline: try table.entries(of: row.seq) + story.timeline,
            digest: try row.record.digest.map { digest in
                DigestDetail(digest, events: try DigestTable(database: database).events(of: row.seq))
            },
            replay: try ReplayWork.replay(of: row.seq, database),
            successor: try row.record.message.state == .failed
                ? ReplayWork.successor(of: row.seq, database)?.message : nil
        )
    }

    func messages(_ filter: MessageFilter) throws -> Page<Message> {
        try list(filter).page(database, limit: filter.limit, cursor: filter.cursor) {
            try StoredMessage($0).record.message
        }
    }

    /// What waits, in the order of leaving: of each account no more is read than is wanted, along the index of what is due.
    func leavingNext(limit: Int) throws -> [Message] {
        let accounts = try database.values(of: "account", in: "messages", where: "due_at IS NOT NULL")
        let table = MessageTable(database: database)
        let waiting = try accounts.flatMap { account in
            try table.rows(
                "WHERE m.account = ? AND m.due_at IS NOT NULL ORDER BY m.due_at, m.seq LIMIT ?",
                [account, limit]
            )
        }
        let places = waiting.map { (due: $0.record.message.dueAt?.microseconds ?? 0, seq: $0.seq, row: $0) }
        return places.sorted { ($0.due, $0.seq) < ($1.due, $1.seq) }.prefix(limit).map(\.row.record.message)
    }

    /// The messages that a filter means.
    ///
    /// By the partner's id they are found at once where sources told of messages when it was stored; else one by one.
    func list(_ filter: MessageFilter) throws -> ListQuery {
        var query = ListQuery(MessageTable.select, of: "messages m", key: "m.seq")
        query.add("m.state = ?", filter.state?.rawValue)
        // An index of few rows is used where the query says that no others are wanted.
        switch filter.state {
        case .accepted, nil: break
        case .sending: query.add("m.seq IN (SELECT seq FROM messages WHERE lease_ends IS NOT NULL)")
        default: query.add("m.state NOT IN ('accepted', 'sending')")
        }
        if let arrival = filter.arrival { query.add(Self.condition(arrival)) }
        query.add("m.rule = ?", filter.rule)
        if let source = filter.source { try restrict(&query, to: source) }
        query.add("m.recipient IN ?", anyOf: filter.recipients)
        // The first condition says that the index of keys has all that is wanted.
        if filter.key != nil { query.add("m.key IS NOT NULL") }
        query.add("m.key = ?", filter.key)
        query.add("m.partner_id = ?", filter.partnerID)
        if let id = filter.partnerID, try MessageTable(database: database).isLinked(partnerID: id) {
            query.add("m.arrival IS NOT NULL")
        }
        query.add("m.event = (SELECT seq FROM events WHERE id = ?)", filter.event?.rawValue)
        query.add("m.created_at >= ?", filter.since?.microseconds)
        query.add("m.seq >= ?", try filter.since.map { try place(of: $0.advanced(by: Self.largestStep * -1)) })
        query.add("m.created_at < ?", filter.until?.microseconds)
        query.add("m.seq < ?", try filter.until.map { try place(of: $0.advanced(by: Self.largestStep)) })
        if let rules = filter.notOf {
            // The first condition says that an index of few rows has all that is wanted.
            query.add("m.state NOT IN ('accepted', 'sending')")
            query.add("m.state IN ?", anyOf: MessageState.waiting.map(\.rawValue))
            query.add("m.rule NOT IN ?", anyOf: [NewMessage.apiRule] + rules.sorted())
        }
        return query
    }

    /// Of few events two indexes tell the numbers of the messages, of which the list reads those of a page.
    private func restrict(_ query: inout ListQuery, to source: String) throws {
        query.add("m.source = ?", source)
        let events = try countEvents(of: source)
        if events == 0 { query.add("0") }
        guard events <= Self.fewEvents else { return }
        query.add(
            "m.seq IN (SELECT seq FROM messages WHERE event IN (SELECT seq FROM events WHERE source = ?))",
            source
        )
    }

    /// Rows are numbered as they came: where somebody set the clock by less than this, none that is wanted stands before the first
    /// one of that time, and the list need not go through all to find that there are few.
    private static let largestStep: Duration = .seconds(2 * 86_400)

    /// The number from which on rows are of a time or later; about twenty rows are read.
    private func place(of time: Timestamp) throws -> Int64 {
        // Both in one would read all rows.
        let sql = "SELECT (SELECT min(seq) FROM messages), (SELECT max(seq) FROM messages)"
        let ends = try database.row(sql, []) {
            ($0[0] as Int64?, $0[1] as Int64?)
        }
        guard let ends, var first = ends.0, let last = ends.1 else { return 0 }
        var end = last + 1
        while first < end {
            let middle = first + (end - first) / 2
            let found = try database.row(
                "SELECT seq, created_at FROM messages WHERE seq >= ? ORDER BY seq LIMIT 1",
                [middle]
            ) { (seq: $0[0] as Int64, at: $0.time(1)) }
            if let found, found.at < time { first = found.seq + 1 } else { end = middle }
        }
        return first
    }

    /// The messages of a source are looked for by its events where it has no more than these, else from the newest on.
    private static let fewEvents = 5_000

    /// How many events came from a source, one more than ``fewEvents`` at most: a name with a slip of the pen is not looked for in
    /// every row.
    private func countEvents(of source: String) throws -> Int {
        try database.row(
            "SELECT count(*) FROM (SELECT 1 FROM events WHERE source = ? LIMIT ?)",
            [source, Self.fewEvents + 1]
        ) { $0[0] as Int } ?? 0
    }

    /// That a message got so far and no further, as ``Arrival/status`` says it.
    private static func condition(_ status: DeliveryReport.Status) -> String {
        let furthest: [DeliveryReport.Status] = [.read, .delivered, .failed, .sent]
        let places = furthest.prefix { $0 != status }.map { "\(place(of: $0)) IS NULL" }
        return (places + ["\(place(of: status)) IS NOT NULL"]).joined(separator: " AND ")
    }

    private static func place(of status: DeliveryReport.Status) -> String {
        let place = DeliveryReport.Status.allCases.firstIndex(of: status) ?? 0
        return "json_extract(m.arrival, '$[\(place)]')"
    }

    func countsByState() throws -> [MessageState: Int] {
        try MessageCounts(database: database).all()
    }

    /// Reads so many rows: what a rule did is kept nowhere, and an index by state would cost every settlement an entry.
    func countsByState(of rule: String, newest limit: Int) throws -> [MessageState: Int] {
        let counts = try database.rows(
            """
            SELECT state, count(*) FROM (SELECT state FROM messages WHERE rule = ? ORDER BY seq DESC LIMIT ?) GROUP BY state
            """,
            [rule, limit]
        ) { row in (try row.name(0) as MessageState, row[1] as Int) }
        return Dictionary(uniqueKeysWithValues: counts)
    }
}

/// How many messages stand in which state: the table `message_counts`, kept by every write that moves one.
struct MessageCounts {
    let database: Database

    /// The counts; a state without messages is left out.
    func all() throws -> [MessageState: Int] {
        let counts = try database.rows("SELECT state, count FROM message_counts WHERE count > 0", []) { row in
            (try row.name(0) as MessageState, row[1] as Int)
        }
        return Dictionary(uniqueKeysWithValues: counts)
    }

    /// Adds what a transaction changed.
    func add(_ changes: [MessageState: Int]) throws {
        for (state, change) in changes where change != 0 {
            try database.write(
                """
                INSERT INTO message_counts (state, count) VALUES (?, ?)
                    ON CONFLICT (state) DO UPDATE SET count = count + excluded.count
                """
            ) { row in
                row.add(state.rawValue)
                row.add(change)
            }
        }
    }
}
