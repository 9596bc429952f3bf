// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Asks the law about messages that are due and were taken out of line, and has written what it says, inside the caller's
/// transaction.
///
/// Consent and windows are read for all of them at once, limits one after the other, since each claim counts for the next; and
/// all for those alone that have such terms. Who counts under
/// a limit holds its line until the commit: of two nodes one counts what the other one claimed.
struct ClaimWork {
    /// A message whose time has come, and the time by which it has.
    struct Due {
        var message: StoredMessage
        let now: Timestamp
        /// Where its event stands in a trace; `nil` where it is in none, or nobody asks.
        let accepted: TraceRows.Accepted?
    }

    /// What was claimed, and what not.
    struct Claims {
        var claimed: [ClaimedMessage] = []
        /// When those are due again that something holds.
        var due: [Timestamp] = []
        /// What holds them that nothing had held before.
        var holds: [Hold] = []
        /// Whether some leave through another account from now on.
        var changedAccounts = false
        /// What is counted otherwise of those that were claimed.
        var counts = MessageCounts.Changes()
    }

    private let lease: Duration
    private let keys: Timestamp
    private let exchange: PostgresUUID
    private let hearing: Effects.Hearing
    private let readsTraces: Bool
    private var turns: TurnLines
    private var optOuts = ConsentRows.OptOuts()
    private var lastInbound: [String: [String: Timestamp]] = [:]
    private var alternatives: [MessageID: Alternative] = [:]
    private var claims = Claims()
    private var leased: [StoredMessage] = []
    private var others: [StoredMessage] = []

    /// Claims for a node.
    ///
    /// - Parameters:
    ///   - quotas: For whom, with the paces that hold on all nodes.
    ///   - lease: How long claims hold.
    ///   - keys: The time on the line of keys.
    ///   - exchange: Under which the claims can be found again.
    ///   - hearing: What sources tell.
    ///   - readsTraces: Whether claims say where their events were accepted.
    init(
        _ quotas: [ClaimQuota],
        lease: Duration,
        keys: Timestamp,
        exchange: PostgresUUID,
        _ hearing: Effects.Hearing,
        readsTraces: Bool
    ) {
        turns = TurnLines(quotas)
        (self.lease, self.keys, self.exchange) = (lease, keys, exchange)
        (self.hearing, self.readsTraces) = (hearing, readsTraces)
    }

    /// Claims messages, or lets their gates hold them; what a limit counts is written with the claim.
    ///
    /// - Parameters:
    ///   - due: The messages, of which none waits in line any more.
    ///   - answer: What ``ConsentRows/question`` brought after they were taken.
    ///   - effects: What others hear of.
    ///   - transaction: The transaction.
    /// - Returns: What was claimed.
    /// - Throws: `PostgresError`, `StoreError`.
    mutating func claim(
        _ due: [Due],
        _ answer: PostgresRows,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> Claims {
        guard !due.isEmpty else { return claims }
        optOuts = try ConsentRows.optOuts(of: Set(due.compactMap(\.message.record.subject)), answer, &transaction)
        try readWindows(due, &transaction)
        try lockLines(due, &transaction)
        try turns.lock(due.map(\.message.record), &transaction)
        for one in due { try claim(one, &transaction) }
        if readsTraces { try traceDigests(&transaction) }
        turns.write(&transaction)
        if let query = leases() { transaction.write(query) }
        MessageRows.saveClaimed(leased, &transaction)
        for message in leased { claims.counts.add(message.uuid, message.before?.message.state, .sending) }
        try MessageRows.save(others, &effects, &transaction)
        return claims
    }

    /// Reads when the recipients last wrote of messages that are no templates, and what those may leave as whose window is
    /// closed.
    private mutating func readWindows(_ due: [Due], _ transaction: inout PostgresTransaction) throws {
        guard hearing.knowsWindows else { return }
        let texts = due.filter(\.message.record.needsWindow)
        lastInbound = try HeardRows.lastInbound(of: Set(texts.compactMap(\.message.record.subject)), &transaction)
        let closed = texts.filter { closedWindow(of: $0.message.record, at: $0.now) != nil }
        let changing = closed.map(\.message.record).filter { $0.alternative == .template }
        alternatives = try MessageRows.alternatives(of: changing.map(\.message.id), &transaction)
    }

    private func closedWindow(of record: MessageRecord, at now: Timestamp) -> Hold? {
        guard hearing.knowsWindows, record.needsWindow, let subject = record.subject else { return nil }
        let last = HeardRows.lastInbound(lastInbound[subject], to: record.message.account)
        return ServiceWindow.hold(lastInbound: last, at: now)
    }

    private func lockLines(_ due: [Due], _ transaction: inout PostgresTransaction) throws {
        var questions: [DepartureQuestion] = []
        for one in due where one.message.record.gates?.counts == true {
            _ = one.message.record.hold(at: one.now, keys: keys) { question in
                questions.append(question)
                return nil
            }
        }
        guard let query = FactRows.lockLines(questions, at: keys) else { return }
        // What others claimed before is seen by what is asked after this.
        _ = try transaction.rows(query)
    }

    private mutating func claim(_ due: Due, _ transaction: inout PostgresTransaction) throws {
        var (message, now) = (due.message, due.now)
        message.hasPlaceInLine = false
        let account = message.record.message.account
        let closed = closedWindow(of: message.record, at: now)
        if let closed { message.added = leaveOtherwise(&message.record, closed, at: now) }
        // What leaves through another account is claimed with that one's quota.
        guard message.record.message.account == account else {
            claims.changedAccounts = true
            return hold(message)
        }
        let window = message.added.isEmpty ? closed : nil
        let hold = try hold(&message.record, window, at: now, &transaction)
        let entries = try message.record.claim(until: now.advanced(by: lease), at: now, held: hold)
        message.added += entries
        for (fact, holder) in message.record.departing(at: keys) { transaction.write(FactRows.give(fact, to: holder)) }
        if let turn = hold?.turn { transaction.write(FactRows.give(turn.fact, to: turn.holder)) }
        if let hold, !entries.isEmpty { claims.holds.append(hold) }
        guard var claim = message.record.claimed, message.record.message.state == .sending else {
            return self.hold(message)
        }
        claim.origin = due.accepted.flatMap { message.record.origin([$0.context], acceptedAt: $0.at) }
        claims.claimed.append(claim)
        leased.append(message)
    }

    /// Says of the digests that were claimed what they come of: not of one event.
    private mutating func traceDigests(_ transaction: inout PostgresTransaction) throws {
        let digests = leased.filter { $0.record.digest != nil }
        guard !digests.isEmpty else { return }
        let (ids, origins) = (Set(digests.map(\.record.message.id)), try TraceRows.origins(of: digests, &transaction))
        for index in claims.claimed.indices where ids.contains(claims.claimed[index].id) {
            claims.claimed[index].origin = origins[claims.claimed[index].id]
        }
    }

    private mutating func hold(_ message: StoredMessage) {
        others.append(message)
        if let due = message.record.message.dueAt { claims.due.append(due) }
    }

    private func leaveOtherwise(
        _ record: inout MessageRecord,
        _ closed: Hold,
        at now: Timestamp
    ) -> [TimelineEntry] {
        record.leaveOtherwise(closed, alternatives[record.message.id], at: now)
    }

    /// The message's turn among those of its number and recipient; one that does not leave anyway takes none.
    private mutating func turn(of record: MessageRecord, at now: Timestamp) -> Hold? {
        let leaves = record.message.expiresAt.map { $0 > now } ?? true && record.damage == nil
        return leaves ? turns.hold(record, at: now) : nil
    }

    /// What stands between a claim and its send: the recipient's word, a closed window, quiet hours, limits, paces.
    private mutating func hold(
        _ record: inout MessageRecord,
        _ window: Hold?,
        at now: Timestamp,
        _ transaction: inout PostgresTransaction
    ) throws -> Hold? {
        var standing: [ConsentEntry] = []
        do throws(StoreError) {
            standing = try optOuts.of(record.subject)
        } catch {
            // A line that cannot be read keeps this message back and no other.
            record.damage = "the store cannot read what its recipient opted out of: \(error.reason)"
        }
        return try record.hold(against: standing, at: now) ?? window
            ?? record.hold(at: now, keys: keys) { try FactRows.departure($0, &transaction) }
            ?? turn(of: record, at: now)
    }

    /// What is on its way: the row of the message stays as it was, and the lease says the rest.
    private func leases() -> PostgresQuery? {
        guard !leased.isEmpty else { return nil }
        let records = leased.map(\.record)
        let sql = """
            INSERT INTO hookline.leases (message, exchange, claim, claimed_at, lease_ends, reason, steps, story)
            SELECT message, $1::uuid, claim, claimed_at, lease_ends, reason, steps, story
            FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::bigint[], $8::text[])
                AS s(message, claim, claimed_at, lease_ends, reason, steps, story)
            """
        return PostgresQuery(sql) {
            $0.add(exchange)
            $0.add(leased.map(\.uuid))
            $0.add(records.map { Int64($0.claims) })
            $0.add(records.map(\.claimedAt))
            $0.add(records.map(\.leaseEnds))
            $0.add(records.map(\.message.reason))
            $0.add(leased.map { Int64($0.added.count) })
            $0.add(leased.map { String(decoding: Story($0.added).text, as: UTF8.self) })
        }
    }
}
