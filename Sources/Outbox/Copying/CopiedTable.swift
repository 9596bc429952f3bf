// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// What a store holds of one kind, as rows whose columns no engine has a say in.
///
/// Each store says of each of them how it is read from its own tables and written into them. What a store makes of these by
/// itself (its queues, counts, indexes) is none of them.
package struct CopiedTable: Hashable, Sendable {
    /// A column's name, and what its values are.
    package struct Column: Hashable, Sendable {
        package let name: String
        package let kind: Kind
    }

    /// What values of a column are; any may be null.
    package enum Kind: Hashable, Sendable {
        case number
        case text
        /// A number: microseconds since 1970.
        case time
        /// A number: 0 or 1.
        case flag
        case bytes
        /// A text: an event's id.
        case event
        /// A text: a message's id.
        case message
        /// A text: the id of an event or of a message.
        case holder
        /// Bytes: a key of strangers' as ``indexed(_:)`` has it.
        case key
    }

    /// How it is called, for people and in what is kept of a copy.
    package let name: String
    package let columns: [Column]
    /// How many of the first columns say which row it is.
    package let identity: Int

    fileprivate init(_ name: String, identity: Int = 1, _ columns: KeyValuePairs<String, Kind>) {
        self.name = name
        self.identity = identity
        self.columns = columns.map { Column(name: $0.key, kind: $0.value) }
    }

    /// Which row it is, for people: what stands in its first columns.
    package func label(of row: CopiedRow) -> String {
        row.prefix(identity).map { value in
            switch value {
            case .null: "-"
            case .number(let number): String(number)
            case .text(let text): text
            case .bytes(let bytes): Self.shown(bytes)
            }
        }.joined(separator: " ")
    }

    private static func shown(_ bytes: [UInt8]) -> String {
        if bytes.count < 32, let text = String(validating: bytes, as: UTF8.self) { return text }
        return "sha256:" + bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "…"
    }

    /// The place of a column; a name that is none is a mistake of the build, and is told by its tests.
    package func index(of column: String) -> Int? {
        columns.firstIndex { $0.name == column }
    }

    /// A key of strangers' as it is kept where an index is on it: itself where it is short, else its fingerprint, which is
    /// longer than any of those.
    ///
    /// - Parameter key: The key.
    /// - Returns: Less than 32 bytes of UTF-8, or 32 bytes of SHA-256.
    package static func indexed(_ key: String) -> [UInt8] {
        key.utf8.count < 32 ? Array(key.utf8) : Fingerprint(of: key).bytes
    }
}

extension CopiedTable {
    /// All that a store holds, those first on which others hang.
    package static let all =
        [events, eventBodies, messages, messageRequests, messageAlternatives, attempts] + hanging + keys + consent
        + access + [clock]

    package static let events = CopiedTable(
        "events",
        [
            "id": .event, "place": .number, "source": .text, "type": .text, "sender_id": .text, "time": .time,
            "received_at": .time, "secret_label": .text, "disposition": .text, "disposition_reason": .text,
            "duplicates": .number, "last_duplicate_at": .time, "message_count": .number, "called_off": .text,
            "traceparent": .text,
        ]
    )

    package static let eventBodies = CopiedTable(
        "event_bodies",
        ["event": .event, "headers": .text, "body": .bytes]
    )

    /// A message that is on its way is `sending`; whose lease it is nobody copies: it is over, as after a restart.
    package static let messages = CopiedTable(
        "messages",
        [
            "id": .message, "place": .number, "event": .event, "source": .text, "rule": .text, "account": .text,
            "state": .text, "reason": .text, "due_at": .time, "expires_at": .time, "on_uncertain": .text,
            "claims": .number, "claimed_at": .time, "attempts": .number, "ages_from": .time, "steps": .number,
            "partner_id": .text, "created_at": .time, "updated_at": .time, "story": .text, "recipient": .text,
            "gates": .text, "key": .text, "once_key": .text, "category": .text, "called_off_by": .text,
            "alternative": .text, "arrival": .text, "overrides_until": .time, "digest_key": .text,
            "digest_mode": .text, "digest_open": .number, "digest_built": .number, "digest_size": .number,
            "digest_kept": .number, "digest_bytes": .number, "digest_version": .number,
        ]
    )

    package static let messageRequests = CopiedTable("message_requests", ["message": .message, "request": .bytes])

    package static let messageAlternatives = CopiedTable(
        "message_alternatives",
        ["message": .message, "account": .text, "category": .text, "request": .bytes]
    )

    /// The attempts that the partner did not take.
    package static let attempts = CopiedTable(
        "attempts",
        identity: 2,
        [
            "message": .message, "number": .number, "started_at": .time, "duration": .number, "outcome": .text,
            "retry_after": .number, "status": .number, "code": .text, "reason": .text, "body": .text,
        ]
    )

    /// What hangs on events and messages, and jobs, on which replays hang.
    private static let hanging = [
        CopiedTable(
            "digest_items",
            [
                "number": .number, "message": .message, "event": .event, "rule": .text, "key": .text,
                "joined_at": .time, "payload": .bytes,
            ]
        ),
        CopiedTable(
            "waiting_messages",
            identity: 3,
            ["account": .text, "condition": .text, "message": .message]
        ),
        CopiedTable(
            "look_ups",
            [
                "event": .event, "source": .text, "payload": .bytes, "since": .time, "failures": .number,
                "due_at": .time, "result": .bytes,
            ]
        ),
        CopiedTable(
            "jobs",
            [
                "id": .text, "place": .number, "key": .text, "job_order": .text, "state": .text, "total": .number,
                "bound": .number, "reached": .number, "tally": .text, "note": .text, "created_at": .time,
                "updated_at": .time, "next_at": .time,
            ]
        ),
        CopiedTable(
            "replayed_messages",
            ["message": .message, "job": .text, "event": .event, "rule": .text, "place": .number]
        ),
    ]

    private static let keys = [
        CopiedTable(
            "dedupe_keys",
            identity: 2,
            ["source": .text, "key": .key, "event": .event, "expires_at": .time]
        ),
        CopiedTable(
            "facts",
            identity: 4,
            [
                "rule": .text, "recipient": .text, "kind": .text, "key": .key, "holder": .holder, "until": .time,
                "value": .text, "at": .time, "since": .time,
            ]
        ),
        CopiedTable(
            "idempotency_keys",
            identity: 2,
            [
                "caller": .text, "key": .key, "fingerprint": .bytes, "status": .number, "answer": .bytes,
                "event": .event, "expires_at": .time,
            ]
        ),
        CopiedTable(
            "early_reports",
            identity: 2,
            [
                "partner_id": .text, "status": .text, "code": .number, "words": .text, "at": .time, "source": .text,
                "event": .text, "until": .time,
            ]
        ),
        CopiedTable(
            "rejections",
            [
                "place": .number, "at": .time, "source": .text, "status": .number, "code": .text, "reason": .text,
                "count": .number,
            ]
        ),
    ]

    private static let consent = [
        CopiedTable(
            "consents",
            [
                "place": .number, "recipient": .text, "scope": .text, "account": .text, "decision": .text,
                "origin": .text, "at": .time, "who": .text, "reason": .text, "event": .text, "recorded_at": .time,
            ]
        ),
        CopiedTable("opt_outs", identity: 2, ["recipient": .text, "consent": .number]),
        CopiedTable("erasure_key", ["id": .number, "key": .bytes]),
        CopiedTable("conversations", identity: 2, ["recipient": .text, "account": .text, "at": .time]),
        CopiedTable(
            "consent_doubts",
            ["place": .number, "recipient": .text, "at": .time, "text": .text, "source": .text, "event": .text]
        ),
        CopiedTable("undeliverable", ["recipient": .text, "count": .number, "at": .time]),
    ]

    private static let access = [
        CopiedTable(
            "api_keys",
            [
                "id": .text, "label": .text, "account": .text, "secret_fingerprint": .bytes, "created_at": .time,
                "revoked_at": .time,
            ]
        ),
        CopiedTable(
            "access_tokens",
            [
                "id": .text, "name": .text, "scope": .text, "pii": .flag, "fingerprint": .bytes, "created_at": .time,
                "expires_at": .time, "last_used_at": .time, "revoked_at": .time,
            ]
        ),
        CopiedTable(
            "audit",
            [
                "place": .number, "at": .time, "actor": .text, "who": .text, "action": .text, "subject": .text,
                "reason": .text, "count": .number, "result": .text, "detail": .text,
            ]
        ),
    ]

    /// What time it was last, and where the line of keys was.
    private static let clock = CopiedTable("clock", ["id": .number, "wall": .time, "keys": .time])
}
