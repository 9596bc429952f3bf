// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HTTPTypes
import Messages
import Outbox
import PartnerAPI
import PostgresConnection
import PostgresOutbox

/// Events of 600 bytes, each with a short message and a dedupe key, through the ports of the store on PostgreSQL.
struct PostgresLoad {
    let count: Int
    let batch: Int
    private static let account = "main"

    /// One event with its message, that came now.
    private func submission(_ number: Int) throws -> Submission {
        let now = Self.now
        let start = #"{"id": \#(number), "note": ""#
        let body = start + String(repeating: "n", count: 598 - start.utf8.count) + #""}"#
        let event = NewEvent(
            id: EventID(at: now),
            source: "shop",
            type: "orders/paid",
            senderID: "evt-\(number)",
            receivedAt: now,
            headers: [.contentType: "application/json", .userAgent: "Shop/1.0", .accept: "*/*"],
            rawBody: Array(body.utf8),
            secretLabel: nil,
            disposition: .matched
        )
        let phone = try PhoneNumberDigits("91981\(1_000_000 + number % 9_000_000)")
        let message = NewMessage(
            id: MessageID(at: now),
            rule: "order-paid",
            account: Self.account,
            request: try MessageRequest(
                recipient: .phone(phone),
                content: .text("Namaste Asha, we have your order \(number) over ₹698.00 and send it today.")
            )
        )
        return Submission(event: event, messages: [message], dedupe: Submission.Dedupe(key: "\(UUID())"))
    }

    private static var now: Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }

    /// Accepts, claims and settles all events, so many a commit; the settlements of a batch ride with the claims of the next.
    ///
    /// - Returns: Events a second, and microseconds of this process's processor time for each.
    func cycle(_ store: PostgresOutbox) async throws -> (rate: Double, processor: Double) {
        let events = try (0..<count).map(submission)
        return try await measured {
            var claimed: [ClaimedMessage] = []
            for start in stride(from: 0, to: count, by: batch) {
                _ = try await store.accept(Array(events[start..<min(start + batch, count)]))
                claimed = try await exchange(store, settling: claimed, limit: batch).claimed
                guard claimed.count == min(batch, count - start) else {
                    preconditionFailure("\(claimed.count) of a batch were claimed")
                }
            }
            _ = try await exchange(store, settling: claimed, limit: 0)
        }
    }

    /// Stores all messages, then claims and settles them; the claims alone are measured.
    func claims(_ store: PostgresOutbox) async throws -> (rate: Double, processor: Double) {
        for start in stride(from: 0, to: count, by: 500) {
            _ = try await store.accept(try (start..<min(start + 500, count)).map(submission))
        }
        var all: [ClaimedMessage] = []
        let measure = try await measured {
            while all.count < count {
                let claimed = try await exchange(store, settling: [], limit: batch).claimed
                guard !claimed.isEmpty else { preconditionFailure("the queue ran dry") }
                all += claimed
            }
        }
        for start in stride(from: 0, to: count, by: 500) {
            _ = try await exchange(store, settling: Array(all[start..<min(start + 500, count)]), limit: 0)
        }
        return measure
    }

    private func exchange(
        _ store: PostgresOutbox,
        settling claimed: [ClaimedMessage],
        limit: Int
    ) async throws -> Exchange {
        let quotas = limit > 0 ? [ClaimQuota(account: Self.account, limit: limit)] : []
        let exchange = try await store.exchange(
            try claimed.map(Self.settlement),
            quotas,
            lease: .seconds(60),
            now: Self.now,
            riding: nil
        )
        guard exchange.results.allSatisfy({ $0 == .settled }) else { preconditionFailure("a message was not settled") }
        return exchange
    }

    /// The partner took the message.
    private static func settlement(_ claimed: ClaimedMessage) throws -> Settlement {
        var machine = claimed.machine()
        var generator = SystemRandomNumberGenerator()
        let outcome = Outcome.accepted(partnerID: "wamid.HBgMOTE5ODEyMzQ1Njc4FQIAERgS")
        try machine.attemptEnded(outcome, at: now, policy: RetryPolicy(), using: &generator)
        let attempt = Attempt(number: claimed.claim, startedAt: now, duration: .milliseconds(120), outcome: outcome)
        return Settlement(of: claimed, machine, attempt: attempt, at: now)
    }

    private func measured(_ body: () async throws -> Void) async rethrows -> (rate: Double, processor: Double) {
        let (start, processor) = (ContinuousClock.now, clock())
        try await body()
        let seconds = start.duration(to: .now) / .seconds(1)
        let used = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
        return (Double(count) / seconds, used / Double(count) * 1_000_000)
    }
}
