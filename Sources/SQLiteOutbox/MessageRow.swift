// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import PartnerAPI

/// A row of `messages` with its event's id.
struct MessageRow {
    /// Selects what ``init(_:)`` reads; a condition follows.
    static let select = """
        SELECT m.seq, m.id, e.id, m.source, m.rule, m.account, m.state, m.reason, m.due_at, m.expires_at,
            m.on_uncertain, m.claims, m.claimed_at, m.lease_ends, m.attempts, m.ages_from, m.steps, m.partner_id,
            m.created_at, m.updated_at, m.request
        FROM messages m JOIN events e ON e.seq = m.event
        """

    let seq: Int64
    var message: Message
    var claims: Int
    var claimedAt: Timestamp?
    var leaseEnds: Timestamp?
    var agesFrom: Timestamp
    /// How many entries the timeline has.
    var steps: Int

    init(_ row: Row) throws {
        seq = row[0]
        claims = row[11]
        claimedAt = row.optionalTime(12)
        leaseEnds = row.optionalTime(13)
        agesFrom = row.time(15)
        steps = row[16]
        message = Message(
            id: MessageID(rawValue: row[1]),
            event: EventID(rawValue: row[2]),
            source: row[3],
            rule: row[4],
            account: row[5],
            request: (row[20] as String?).flatMap(Self.request),
            state: try row.name(6),
            reason: row[7],
            dueAt: row.optionalTime(8),
            expiresAt: row.optionalTime(9),
            onUncertain: try row.name(10),
            attempts: row[14],
            partnerID: row[17],
            createdAt: row.time(18),
            updatedAt: row.time(19)
        )
    }

    /// The stored request; `nil` when this build no longer reads it.
    private static func request(_ text: String) -> MessageRequest? {
        (try? JSON(parsing: text)).flatMap { try? MessageRequest(json: $0) }
    }

    /// The law of this message.
    func machine() -> MessageStateMachine {
        MessageStateMachine(
            state: message.state,
            attempts: message.attempts,
            dueAt: message.dueAt,
            agesFrom: agesFrom,
            expiresAt: message.expiresAt,
            onUncertain: message.onUncertain
        )
    }

    /// The message as a worker holds it; `nil` when it is not `sending` or its request does not read.
    func claimed() -> ClaimedMessage? {
        guard let request = message.request, let claimedAt, let leaseEnds else { return nil }
        return ClaimedMessage(
            id: message.id,
            event: message.event,
            rule: message.rule,
            account: message.account,
            request: request,
            claim: claims,
            claimedAt: claimedAt,
            leaseEnds: leaseEnds,
            attempts: message.attempts,
            agesFrom: agesFrom,
            expiresAt: message.expiresAt,
            onUncertain: message.onUncertain
        )
    }
}
