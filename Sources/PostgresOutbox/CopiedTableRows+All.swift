// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

// What is copied of which tables, in the order in which it is copied.

extension CopiedTableRows {
    static let all = ([events, eventBodies, messages] + ofMessages + hanging + keys + consent + access)
        .compactMap(\.self)

    /// What is not copied, and why: tables, and columns as `table.column`.
    static let left = [
        "meta": "says which tables there are",
        "copying": "says how far a copy into this database is",
        "nodes": "who lives is told anew every few seconds",
        "leader": "who leads is found anew",
        "stories": "copied with the message's row, in which a message begins",
        "message_counts": "counted when all is copied",
        "messages.went": "copied with the message's story",
        "limit_lines": "locks, made when somebody claims under a limit",
        "consent_subjects": "locks, made when somebody writes about a recipient",
        "account_pace": "what nodes share of paces and pauses; a new run learns it again, as it does on SQLite",
        "recipient_pace": "as account_pace",
        "portfolios": "as account_pace",
        "portfolio_recipients": "read back from what left, as a new run does on SQLite",
        "pending.holder": "a node that lives no more tries nothing",
        "pending.held_until": "as the holder",
        "leases.exchange": "the exchange of a node that lives no more",
        "clock.step": "a step that was followed; all nodes were stopped since",
        "clock.stepped_at": "as the step",
    ]

    private static let ofAnEvent = "EXISTS (SELECT 1 FROM hookline.events e WHERE e.id = %.event)"
    private static let ofAMessage = "EXISTS (SELECT 1 FROM hookline.messages m WHERE m.id = %.message)"

    private static func hangs(_ letter: String, onEvent: Bool = false, onMessage: Bool = false) -> String {
        let conditions = (onEvent ? [ofAnEvent] : []) + (onMessage ? [ofAMessage] : [])
        return conditions.joined(separator: " AND ").replacing("%", with: letter)
    }

    private static let events = CopiedTableRows(
        "events",
        "hookline.events e",
        by: ["e.place": .number, "e.id": .event],
        into: [
            Insertion(
                "events",
                """
                id place source type sender_id time received_at secret_label disposition disposition_reason duplicates \
                last_duplicate_at message_count called_off traceparent
                """
            )
        ]
    )

    private static let eventBodies = whole("event_bodies", where: hangs("t", onEvent: true), bulk: "body")

    /// The row is as it was before the claim, and the lease says the rest.
    private static let messages = CopiedTableRows(
        "messages",
        "hookline.messages m LEFT JOIN hookline.leases l ON l.message = m.id",
        by: ["m.place": .number, "m.id": .message],
        [
            "state": "CASE WHEN l.message IS NULL THEN m.state ELSE 'sending' END",
            "reason": "coalesce(l.reason, m.reason)", "due_at": "CASE WHEN l.message IS NULL THEN m.due_at END",
            "claims": "coalesce(l.claim, m.claims)", "claimed_at": "coalesce(l.claimed_at, m.claimed_at)",
            "steps": "m.steps + coalesce(l.steps, 0)", "updated_at": "coalesce(l.claimed_at, m.updated_at)",
            "story": """
            m.began || coalesce(m.went, '') || coalesce((SELECT string_agg(t.lines, '' ORDER BY t.number) FROM hookline.stories t
                WHERE t.message = m.id), '') || coalesce(l.story, '')
            """,
            "digest_key": "m.digest", "digest_mode": "NULL::text", "digest_open": "NULL::bigint",
            "digest_built": "NULL::bigint", "digest_size": "NULL::bigint", "digest_kept": "NULL::bigint",
            "digest_bytes": "NULL::bigint", "digest_version": "NULL::bigint",
        ],
        into: messageInsertions
    )?.with {
        $0.completes = readDigest
        $0.added = [
            Addition(name: "partner", kind: .bytes) { indexedKey($0, "partner_id") },
            Addition(name: "slot", kind: .bytes) { indexedKey($0, "digest_key") },
            Addition(name: "digest", kind: .text) { CopiedValue(text: DigestRows.text(digest($0))) },
        ]
    }

    /// What is on its way has a lease that is over, as after a restart: whoever comes first asks the law what became of it.
    private static let messageInsertions = [
        Insertion(
            "messages",
            """
            id place event source rule account reason expires_at on_uncertain claims attempts ages_from steps partner_id \
            created_at updated_at recipient gates key once_key category called_off_by alternative arrival overrides_until \
            claimed_at digest
            """,
            [
                "state": "CASE WHEN s.state = 'sending' THEN 'queued' ELSE s.state END", "began": "s.story",
                "due_at": "CASE WHEN s.state = 'sending' THEN coalesce(s.claimed_at, s.updated_at) ELSE s.due_at END",
                "noteworthy": "s.state <> 'sending' AND s.state NOT IN \(MessageRows.plain)",
            ]
        ),
        Insertion(
            "waiting",
            "account due_at place",
            ["message": "s.id", "turn": TurnLines.gate(of: "s")],
            where: "s.due_at IS NOT NULL"
        ),
        Insertion(
            "leases",
            "reason",
            [
                "message": "s.id", "claim": "s.claims", "steps": "0", "story": "''",
                "claimed_at": "coalesce(s.claimed_at, s.updated_at)", "lease_ends": "to_timestamp(0)",
                "called_off": "s.called_off_by IS NOT NULL",
            ],
            where: "s.state = 'sending'"
        ),
        Insertion(
            "partner_ids",
            "partner",
            ["message": "s.id"],
            where: "s.partner_id IS NOT NULL AND s.arrival IS NOT NULL"
        ),
        Insertion(
            "digest_slots",
            "rule",
            [
                "recipient": "coalesce(s.recipient, '')", "mode": "s.digest_mode", "key": "s.slot", "message": "s.id",
            ],
            where: "s.digest_open = 1"
        ),
    ]

    private static func indexedKey(_ row: CopiedRow, _ column: String) -> CopiedValue {
        guard let place = CopiedTable.messages.index(of: column), let text = row[place].text else { return .null }
        return .bytes(indexed(text))
    }

    private static let firstOfDigest = CopiedTable.messages.index(of: "digest_key") ?? 0

    /// How a digest stands is JSON here, and columns in a copy.
    @Sendable private static func readDigest(_ row: inout CopiedRow) {
        guard let text = row[firstOfDigest].text else { return }
        guard let digest = DigestRows.digest(text) else { return }
        let numbers = [
            digest.isOpen ? 1 : 0, digest.isBuilt ? 1 : 0, digest.size, digest.kept, digest.bytes, digest.version,
        ]
        row.replaceSubrange(
            firstOfDigest..<firstOfDigest + 8,
            with: [CopiedValue(text: digest.key), .text(digest.mode.rawValue)] + numbers.map { .number(Int64($0)) }
        )
    }

    private static func digest(_ row: CopiedRow) -> Digest? {
        let numbers = row[(firstOfDigest + 2)..<(firstOfDigest + 8)].compactMap { $0.number.map(Int.init) }
        guard let key = row[firstOfDigest].text, let mode = row[firstOfDigest + 1].text.flatMap(Mode.init),
            numbers.count == 6
        else { return nil }
        return Digest(
            key: key,
            mode: mode,
            isOpen: numbers[0] == 1,
            isBuilt: numbers[1] == 1,
            size: numbers[2],
            kept: numbers[3],
            bytes: numbers[4],
            version: numbers[5]
        )
    }

    private static let ofMessages: [CopiedTableRows?] = [
        .whole("message_requests", where: hangs("t", onMessage: true), bulk: "request"),
        .whole("message_alternatives", where: hangs("t", onMessage: true), bulk: "request"),
        .whole("attempts", where: hangs("t", onMessage: true), bulk: "body"),
    ]

    private static let placeOfEvent = "(SELECT e.place FROM hookline.events e WHERE e.id = s.event)"

    private static let hanging: [CopiedTableRows?] = [
        CopiedTableRows(
            "digest_items",
            "hookline.digest_items i",
            by: ["i.message": .message, "i.place": .number, "i.number": .number],
            where: hangs("i", onEvent: true, onMessage: true),
            into: [
                Insertion("digest_items", "message number event rule key joined_at payload", ["place": placeOfEvent])
            ]
        )?.with { $0.bulk = "i.payload" },
        .whole("waiting_messages", where: hangs("t", onMessage: true)),
        CopiedTableRows(
            "look_ups",
            """
            hookline.look_ups k JOIN hookline.events e ON e.id = k.event
                LEFT JOIN hookline.pending p ON p.event = k.event
            """,
            by: ["k.event": .event],
            ["source": "e.source", "due_at": "p.due_at"],
            into: [
                Insertion("look_ups", "event payload failures since result"),
                Insertion("pending", "event source due_at", ["place": placeOfEvent], where: "s.due_at IS NOT NULL"),
            ]
        )?.with { $0.bulk = "k.payload" },
        CopiedTableRows(
            "jobs",
            "hookline.jobs j",
            by: ["j.place": .number],
            into: [
                Insertion(
                    "jobs",
                    "place id key job_order state total bound reached tally note created_at updated_at next_at"
                )
            ]
        ),
        .whole("replayed_messages", where: hangs("t", onEvent: true, onMessage: true)),
    ]

    private static let keys: [CopiedTableRows?] = [
        .whole("dedupe_keys"),
        CopiedTableRows(
            "facts",
            "hookline.facts f",
            by: ["f.rule": .text, "f.recipient": .text, "f.kind": .text, "f.key": .key],
            // A row that was only locked says nothing.
            where: "f.until > '-infinity'",
            ["holder": "f.message"],
            into: [Insertion("facts", "rule recipient kind key until value at since", ["message": "s.holder"])]
        )?.with { $0.completes = nameHolder },
        .whole("idempotency_keys", bulk: "answer"),
        CopiedTableRows(
            "early_reports",
            "hookline.early_reports r",
            by: ["r.partner": .bytes, "r.status": .text],
            into: [
                Insertion("early_reports", "partner partner_id status code words at source event until")
            ]
        )?.with {
            $0.added = [Addition(name: "partner", kind: .bytes) { .bytes(indexed($0[0].text ?? "")) }]
        },
        .whole("rejections"),
    ]

    /// Of an id there are only the bits; the kind of a fact says whose it is.
    @Sendable private static func nameHolder(_ row: inout CopiedRow) {
        let kind = row[2].text.flatMap(Fact.Kind.init)
        let isOfEvent = kind == .calledOff || kind == .value
        guard !isOfEvent, let uuid = PostgresUUID(copied: row[4]) else { return }
        row[4] = .text(uuid.messageID.rawValue)
    }

    private static let consent: [CopiedTableRows?] = [
        .whole("consents"),
        .whole("opt_outs"),
        .whole("erasure_key"),
        .whole("conversations"),
        .whole("consent_doubts"),
        .whole("undeliverable"),
    ]

    private static let access: [CopiedTableRows?] = [
        .whole("api_keys"),
        .whole("access_tokens"),
        .whole("audit"),
        CopiedTableRows(
            "clock",
            "hookline.clock c",
            by: ["c.id": .number],
            where: "c.wall IS NOT NULL",
            ["keys": "coalesce(c.keys, c.wall)"],
            into: [Insertion("clock", "id wall keys")]
        ),
    ]
}
