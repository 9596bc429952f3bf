// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Outbox

/// How a table of a copy is read from this schema's tables, and written into them.
struct CopiedTableSQL {
    /// What is written of a row into one table.
    struct Insertion {
        let table: String
        /// Its columns, each with an expression in which `:name` is a column of the copied row.
        let columns: [(name: String, expression: String)]
        /// The column of the copied row without which nothing is written.
        let needed: String?
        /// The statement.
        let sql: String
        /// The columns of the copied row in the order in which SQLite numbers their names.
        let parameters: [String]

        /// - Parameters:
        ///   - table: The table.
        ///   - copied: The columns that have the names and the values of the copied row's, between spaces.
        ///   - others: Those that have not, with their expressions.
        ///   - needed: The column without which nothing is written.
        init(
            _ table: String,
            _ copied: String,
            _ others: KeyValuePairs<String, String> = [:],
            with needed: String? = nil
        ) {
            self.table = table
            columns =
                copied.split(separator: " ").map { (String($0), ":\($0)") }
                + others.map { (name: $0.key, expression: $0.value) }
            self.needed = needed
            let names = columns.map(\.name).joined(separator: ", ")
            let values = columns.map(\.expression).joined(separator: ", ")
            sql = "INSERT INTO \(table) (\(names)) VALUES (\(values))"
            parameters = Self.parameters(of: values)
        }

        private static func parameters(of values: String) -> [String] {
            var found: [String] = []
            for piece in values.split(separator: ":", omittingEmptySubsequences: false).dropFirst() {
                let name = String(piece.prefix { $0.isLetter || $0 == "_" })
                if !found.contains(name) { found.append(name) }
            }
            return found
        }
    }

    let table: CopiedTable
    /// What is read, with a letter for the table whose columns are meant where nothing else is said.
    let from: String
    let letter: String
    /// Which rows alone.
    var condition: String?
    /// The columns along which it is read.
    let place: [String]
    /// What columns of the copied row are, where they are not columns of that name.
    var expressions: [String: String] = [:]
    let insertions: [Insertion]
    /// Where in a copied row the columns are that each of them binds, and the one that it needs.
    let places: [(bound: [Int], needed: Int?)]

    private init?(
        _ name: String,
        _ from: String,
        by place: [String],
        where condition: String? = nil,
        _ expressions: [String: String] = [:],
        into insertions: [Insertion]
    ) {
        guard let table = CopiedTable.all.first(where: { $0.name == name }) else { return nil }
        self.table = table
        self.from = from
        letter = String(place[0].prefix { $0 != "." })
        self.condition = condition
        self.place = place
        self.expressions = expressions
        self.insertions = insertions
        places = insertions.map { ($0.parameters.compactMap(table.index), $0.needed.flatMap(table.index)) }
    }

    /// A table that is here as it is in a copy: read along what says which row it is, each column itself.
    ///
    /// - Parameter name: The table.
    /// - Returns: How it is copied; `nil` where no copy has such a table.
    private static func whole(_ name: String) -> CopiedTableSQL? {
        guard let table = CopiedTable.all.first(where: { $0.name == name }) else { return nil }
        let names = table.columns.map(\.name)
        return CopiedTableSQL(
            name,
            "\(name) t",
            by: names.prefix(table.identity).map { "t.\($0)" },
            into: [Insertion(name, names.joined(separator: " "))]
        )
    }

    /// The statement that counts its rows.
    var count: String { "SELECT count(*) FROM \(from)\(condition.map { " WHERE \($0)" } ?? "")" }

    /// The statement that reads rows behind a place, which is bound as texts and numbers in its order.
    func select(after values: [CopiedValue]?) -> String {
        let columns = table.columns.map { expressions[$0.name] ?? "\(letter).\($0.name)" }
        let marks = (values ?? []).map { $0.text == nil ? "?" : "CAST(? AS TEXT)" }
        let behind = values == nil ? nil : "(\(place.joined(separator: ", "))) > (\(marks.joined(separator: ", ")))"
        let conditions = [condition, behind].compactMap(\.self).joined(separator: " AND ")
        return """
            SELECT \((place + columns).joined(separator: ", ")) FROM \(from)\(conditions.isEmpty ? "" : " WHERE \(conditions)")
            ORDER BY \(place.joined(separator: ", ")) LIMIT ?
            """
    }
}

extension CopiedTableSQL {
    /// All of them, in the order in which they are copied.
    static let all = ([events, eventBodies, messages] + ofMessages + hanging + keys + consent + access)
        .compactMap(\.self)

    /// What is not copied, and why: tables, and columns as `table.column`.
    static let left = [
        "grdb_migrations": "says which tables there are",
        "sqlite_sequence": "SQLite's own",
        "message_counts": "counted anew when the copy ends",
        "timeline": "lines of before migration 8 are copied as lines of the story",
        "messages.request": "a request of before migration 8 is copied as a row of message_requests",
        "attempts.partner_id": "an acceptance of before migration 8 is copied as a line of the story",
        "copying": "says how far a copy into this database is",
    ]

    private static let event = "(SELECT seq FROM events WHERE id = :event)"
    private static let message = "(SELECT seq FROM messages WHERE id = :message)"

    private static let events = CopiedTableSQL(
        "events",
        "events e LEFT JOIN event_traces t ON t.event = e.seq",
        by: ["e.seq"],
        ["place": "e.seq", "traceparent": "t.traceparent"],
        into: [
            Insertion(
                "events",
                """
                id source type sender_id time received_at secret_label disposition disposition_reason duplicates \
                last_duplicate_at message_count called_off
                """,
                ["seq": ":place"]
            ),
            Insertion("event_traces", "traceparent", ["event": ":place"], with: "traceparent"),
        ]
    )

    private static let eventBodies = CopiedTableSQL(
        "event_bodies",
        "event_bodies b JOIN events e ON e.seq = b.event",
        by: ["b.event"],
        ["event": "e.id"],
        into: [Insertion("event_bodies", "headers body", ["event": event])]
    )

    private static let messages = CopiedTableSQL(
        "messages",
        "messages m JOIN events e ON e.seq = m.event LEFT JOIN digests d ON d.message = m.seq",
        by: ["m.seq"],
        [
            "place": "m.seq", "event": "e.id",
            "updated_at": "coalesce(iif(m.state = 'sending', m.claimed_at, NULL), m.updated_at)",
            "digest_key": "d.key", "digest_mode": "d.mode", "digest_open": "d.is_open", "digest_built": "d.is_built",
            "digest_size": "d.size", "digest_kept": "d.kept", "digest_bytes": "d.bytes",
            "digest_version": "d.version",
        ],
        into: [
            Insertion(
                "messages",
                """
                id source rule account state reason due_at expires_at on_uncertain claims claimed_at attempts ages_from \
                steps partner_id created_at updated_at story recipient gates key once_key category called_off_by \
                alternative arrival overrides_until
                """,
                ["seq": ":place", "event": event, "lease_ends": "CASE WHEN :state = 'sending' THEN 0 END"]
            ),
            Insertion(
                "digests",
                "rule",
                [
                    "message": ":place", "recipient": "coalesce(:recipient, '')", "key": ":digest_key",
                    "mode": ":digest_mode", "is_open": ":digest_open", "is_built": ":digest_built",
                    "size": ":digest_size", "kept": ":digest_kept", "bytes": ":digest_bytes",
                    "version": ":digest_version",
                ],
                with: "digest_mode"
            ),
        ]
    )

    private static let ofMessages = [
        CopiedTableSQL(
            "message_requests",
            "messages m LEFT JOIN message_requests r ON r.message = m.seq",
            by: ["m.seq"],
            where: "(r.request IS NOT NULL OR m.request IS NOT NULL)",
            ["message": "m.id", "request": "CAST(coalesce(r.request, m.request) AS BLOB)"],
            into: [Insertion("message_requests", "", ["message": message, "request": "CAST(:request AS TEXT)"])]
        ),
        CopiedTableSQL(
            "message_alternatives",
            "message_alternatives a JOIN messages m ON m.seq = a.message",
            by: ["a.message"],
            ["message": "m.id", "request": "CAST(a.request AS BLOB)"],
            into: [
                Insertion(
                    "message_alternatives",
                    "account category",
                    ["message": message, "request": "CAST(:request AS TEXT)"]
                )
            ]
        ),
        CopiedTableSQL(
            "attempts",
            "attempts a JOIN messages m ON m.seq = a.message",
            by: ["a.message", "a.number"],
            where: "a.outcome <> 'accepted'",
            ["message": "m.id", "code": "coalesce(a.code, '')", "reason": "coalesce(a.reason, '')"],
            into: [
                Insertion(
                    "attempts",
                    "number started_at duration outcome retry_after status code reason body",
                    ["message": message]
                )
            ]
        ),
    ]

    private static let hanging = [
        CopiedTableSQL(
            "digest_items",
            "digest_items i JOIN messages m ON m.seq = i.message JOIN events e ON e.seq = i.event",
            by: ["i.seq"],
            ["number": "i.seq", "message": "m.id", "event": "e.id"],
            into: [
                Insertion(
                    "digest_items",
                    "rule key joined_at payload",
                    ["seq": ":number", "message": message, "event": event]
                )
            ]
        ),
        CopiedTableSQL(
            "waiting_messages",
            "waiting_messages w JOIN messages m ON m.seq = w.message",
            by: ["w.account", "w.condition", "w.message"],
            ["message": "m.id"],
            into: [Insertion("waiting_messages", "account condition", ["message": message])]
        ),
        CopiedTableSQL(
            "look_ups",
            "look_ups l JOIN events e ON e.seq = l.event",
            by: ["l.event"],
            ["event": "e.id"],
            into: [Insertion("look_ups", "source payload since failures due_at result", ["event": event])]
        ),
        CopiedTableSQL(
            "jobs",
            "jobs j",
            by: ["j.seq"],
            ["place": "j.seq", "reached": "j.place"],
            into: [
                Insertion(
                    "jobs",
                    "id key job_order state total bound tally note created_at updated_at next_at",
                    ["seq": ":place", "place": ":reached"]
                )
            ]
        ),
        CopiedTableSQL(
            "replayed_messages",
            """
            replayed_messages r JOIN messages m ON m.seq = r.message JOIN events e ON e.seq = r.event
            JOIN jobs j ON j.seq = r.job
            """,
            by: ["r.message"],
            ["message": "m.id", "job": "j.id", "event": "e.id"],
            into: [
                Insertion(
                    "replayed_messages",
                    "rule place",
                    ["message": message, "job": "(SELECT seq FROM jobs WHERE id = :job)", "event": event]
                )
            ]
        ),
    ]

    private static let keys = [
        CopiedTableSQL(
            "dedupe_keys",
            "dedupe_keys d",
            by: ["d.source", "d.key"],
            ["event": "d.event_id"],
            into: [Insertion("dedupe_keys", "source key expires_at", ["event_id": ":event"])]
        ),
        CopiedTableSQL(
            "facts",
            "facts f",
            by: ["f.rule", "f.recipient", "f.kind", "f.key"],
            ["holder": "f.message_id"],
            into: [
                Insertion("facts", "rule recipient kind key until value at since", ["message_id": ":holder"])
            ]
        ),
        CopiedTableSQL(
            "idempotency_keys",
            "idempotency_keys i",
            by: ["i.api_key", "i.key"],
            ["caller": "i.api_key", "fingerprint": "i.body_fingerprint", "event": "nullif(i.event_id, '')"],
            into: [
                Insertion(
                    "idempotency_keys",
                    "key status answer expires_at",
                    ["api_key": ":caller", "body_fingerprint": ":fingerprint", "event_id": "coalesce(:event, '')"]
                )
            ]
        ),
        CopiedTableSQL(
            "early_reports",
            "early_reports r",
            by: ["r.partner_id", "r.status"],
            ["event": "r.event_id"],
            into: [
                Insertion("early_reports", "partner_id status code words at source until", ["event_id": ":event"])
            ]
        ),
        CopiedTableSQL(
            "rejections",
            "rejections r",
            by: ["r.seq"],
            ["place": "r.seq"],
            into: [Insertion("rejections", "at source status code reason count", ["seq": ":place"])]
        ),
    ]

    private static let consent: [CopiedTableSQL?] = [
        CopiedTableSQL(
            "consents",
            "consents c",
            by: ["c.seq"],
            ["place": "c.seq", "event": "c.event_id"],
            into: [
                Insertion(
                    "consents",
                    "recipient scope account decision origin at who reason recorded_at",
                    ["seq": ":place", "event_id": ":event"]
                )
            ]
        ),
        .whole("opt_outs"),
        .whole("erasure_key"),
        .whole("conversations"),
        CopiedTableSQL(
            "consent_doubts",
            "consent_doubts d",
            by: ["d.seq"],
            ["place": "d.seq", "event": "d.event_id"],
            into: [Insertion("consent_doubts", "recipient at text source", ["seq": ":place", "event_id": ":event"])]
        ),
        .whole("undeliverable"),
    ]

    private static let access: [CopiedTableSQL?] = [
        .whole("api_keys"),
        .whole("access_tokens"),
        CopiedTableSQL(
            "audit",
            "audit a",
            by: ["a.seq"],
            ["place": "a.seq"],
            into: [
                Insertion("audit", "at actor who action subject reason count result detail", ["seq": ":place"])
            ]
        ),
        .whole("clock"),
    ]
}
