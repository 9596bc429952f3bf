// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HTTPTypes
import Messages
import Outbox
import PartnerAPI
import SQLiteOutbox

/// Orders of about 4.8 kB, each with a message of a template's size, a dedupe key and a `once_per` key.
struct StoreLoad {
    static let now = Timestamp(seconds: 1_760_000_000)
    let submissions: [Submission]
    /// The bytes of one event's body and its request.
    let bytes: Int

    init(count: Int) throws {
        submissions = try (0..<count).map(Self.submission)
        bytes =
            (submissions.first?.event.rawBody.count ?? 0) + (submissions.first?.messages.first?.request.body.count ?? 0)
    }

    private static func submission(_ number: Int) throws -> Submission {
        let line = #"{"id": 1, "title": "Masala chai, 250 g", "quantity": 2, "price": "349.00", "sku": "CHAI-250"}"#
        let lines = Array(repeating: line, count: 46).joined(separator: ",")
        let event = NewEvent(
            id: EventID(at: now),
            source: "shop",
            type: "orders/paid",
            senderID: "evt-\(number)",
            receivedAt: now,
            headers: [.contentType: "application/json", .userAgent: "Shop/1.0", .accept: "*/*"],
            rawBody: Array(#"{"id": \#(number), "lines": [\#(lines)]}"#.utf8),
            secretLabel: nil,
            disposition: .matched
        )
        let phone = try PhoneNumberDigits("91981\(1_000_000 + number)")
        let text =
            "Namaste Asha, we have your order \(number) over ₹698.00 and send it today. "
            + String(repeating: "…", count: 60)
        let message = NewMessage(
            id: MessageID(at: now),
            rule: "order-paid",
            account: "main",
            request: try MessageRequest(recipient: .phone(phone), content: .text(text)),
            terms: SendTerms(once: OncePer(key: "order \(number)"))
        )
        return Submission(
            event: event,
            messages: [message],
            dedupe: Submission.Dedupe(key: "\(UUID())")
        )
    }

    /// Accepts, claims and settles all events in a new file, so many a commit.
    func run(batch: Int, path: String) async throws -> Measure {
        let store = try await SQLiteOutbox.open(path)
        let riding = RidingClaims {}
        let quota = ClaimQuota(account: "main", limit: batch)
        let now = Self.now
        _ = try await store.exchange([], [quota], lease: .seconds(120), now: now, riding: riding)
        let measured = try await measure(submissions.count) {
            for start in stride(from: 0, to: submissions.count, by: batch) {
                let some = Array(submissions[start..<min(start + batch, submissions.count)])
                _ = try await store.accept(some)
                let settlements = try riding.take().map(Self.settlement)
                guard settlements.count == some.count else { preconditionFailure("not every message rode along") }
                let exchange = try await store.exchange(
                    settlements,
                    [quota],
                    lease: .seconds(120),
                    now: now,
                    riding: riding
                )
                guard exchange.results.allSatisfy({ $0 == .settled }) else {
                    preconditionFailure("not every message was settled")
                }
            }
        }
        guard try await store.countsByState() == [.accepted: submissions.count] else {
            preconditionFailure("messages are missing")
        }
        await store.close()
        return measured
    }

    /// The partner took the message.
    static func settlement(_ claimed: ClaimedMessage) throws -> Settlement {
        var machine = claimed.machine()
        var generator = SystemRandomNumberGenerator()
        let outcome = Outcome.accepted(partnerID: "wamid.HBgMOTE5ODEyMzQ1Njc4FQIAERgS")
        try machine.attemptEnded(outcome, at: now, policy: RetryPolicy(), using: &generator)
        let attempt = Attempt(number: claimed.claim, startedAt: now, duration: .milliseconds(120), outcome: outcome)
        return Settlement(of: claimed, machine, attempt: attempt, at: now)
    }
}

/// Claims from a queue in which many wait, and from one in which nothing else does.
struct BacklogClaims {
    let batch: Int
    let count: Int

    /// A store in which so many messages may leave, and so many others wait for their time, a month ahead.
    func fill(_ backlog: Int, ahead: Int = 0, path: String) async throws -> SQLiteOutbox {
        await (try SQLiteOutbox.open(path)).close()
        let request = try StoreLoad(count: 1).submissions[0].messages[0].request.text
        let now = StoreLoad.now
        let later = Rows(after: backlog, count: ahead, state: "scheduled", due: now.advanced(by: .seconds(30 * 86_400)))
        for rows in [Rows(after: 0, count: backlog, state: "queued", due: now), later] where rows.count > 0 {
            RawOutbox.execute(Self.sql(rows, now.microseconds, request), on: path)
        }
        return try await SQLiteOutbox.open(path)
    }

    /// A store in which so many messages may leave, beside open digests of three events each that end in a month.
    func fill(_ backlog: Int, digests: Int, path: String) async throws -> SQLiteOutbox {
        await (try await fill(backlog, path: path)).close()
        let (now, due) = (StoreLoad.now, StoreLoad.now.advanced(by: .seconds(30 * 86_400)))
        let rows = Rows(after: backlog, count: digests, state: "scheduled", due: due)
        let payload = String(decoding: try StoreLoad(count: 1).submissions[0].event.rawBody, as: UTF8.self)
        RawOutbox.execute(Self.sql(rows, now.microseconds, "{}"), on: path)
        RawOutbox.execute(
            """
            BEGIN;
            DELETE FROM message_requests WHERE message > \(backlog);
            UPDATE messages SET account = '' WHERE seq > \(backlog);
            INSERT INTO digests (message, rule, recipient, key, mode, is_open, is_built, size, kept, version)
                SELECT seq, rule, 'phone:' || seq, '', 'live', 1, 0, 3, 3, 3 FROM messages WHERE seq > \(backlog);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3)
                INSERT INTO digest_items (message, event, rule, joined_at, payload)
                SELECT seq, event, rule, created_at, CAST('\(payload)' AS BLOB) FROM messages, n WHERE seq > \(backlog);
            COMMIT;
            """,
            on: path
        )
        return try await SQLiteOutbox.open(path)
    }

    /// Messages of one state that are due at one time.
    private struct Rows {
        /// The last number before theirs.
        let after: Int
        let count: Int
        let state: String
        let due: Timestamp
    }

    func runEmpty(path: String) async throws -> Measure {
        let store = try await fill(count, path: path)
        let measured = try await run(store)
        await store.close()
        return measured
    }

    /// Claims what comes first, so many a commit.
    func run(_ store: SQLiteOutbox) async throws -> Measure {
        let quota = ClaimQuota(account: "main", limit: batch)
        return try await measure(count) {
            var claimed = 0
            while claimed < count {
                let new = try await store.claim([quota], lease: .seconds(120), now: StoreLoad.now)
                guard !new.isEmpty else { preconditionFailure("the queue ran dry") }
                claimed += new.count
            }
        }
    }

    /// Fills the tables as the store would, much faster.
    private static func sql(_ rows: Rows, _ time: Int64, _ request: String) -> String {
        """
        BEGIN;
        WITH RECURSIVE n(i) AS (SELECT \(rows.after + 1) UNION ALL SELECT i + 1 FROM n WHERE i < \(rows.after + rows.count))
            INSERT INTO events (seq, id, source, type, time, received_at, disposition, message_count)
            SELECT i, printf('evt_%012d', i), 'shop', 'orders/paid', \(time), \(time), 'matched', 1 FROM n;
        INSERT INTO messages (seq, id, event, source, rule, account, state, reason, due_at, on_uncertain, ages_from, steps,
            created_at, updated_at, story)
            SELECT seq, printf('msg_%012d', seq), seq, 'shop', 'order-paid', 'main', '\(rows.state)', 'the rule matched',
            \(rows.due.microseconds), 'retry', \(time), 1, \(time), \(time),
            '["step",\(time),null,"\(rows.state)","the rule matched"]' || char(10)
            FROM events WHERE seq > \(rows.after);
        INSERT INTO message_requests (message, request)
            SELECT seq, '\(request)' FROM messages WHERE seq > \(rows.after);
        INSERT INTO message_counts (state, count) VALUES ('\(rows.state)', \(rows.count));
        COMMIT;
        """
    }
}
