// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// Claims, settlements and decisions, inside the caller's transaction: reads records, asks the law, writes records.
struct MessageWork {
    private let database: Database
    private let table: MessageTable

    init(database: Database) {
        self.database = database
        table = MessageTable(database: database)
    }

    /// Leases due messages to a worker, by account and due time; what a quota leaves over stands, where that is wanted.
    ///
    /// - Returns: What was claimed, and when the next message is due of the accounts that could take more.
    func claim(
        _ quotas: [ClaimQuota],
        lease: Duration,
        now: Timestamp,
        keys: Timestamp,
        riding: RidingClaims?,
        effects: inout WriteQueue.Effects
    ) throws -> (claimed: [ClaimedMessage], nextDue: Timestamp?, holds: [Hold]) {
        var standing = riding.map { StandingRoom(lease: lease, riding: $0) }
        var (claimed, nextDue, holds): ([ClaimedMessage], [Timestamp], [Hold]) = ([], [], [])
        for quota in quotas where quota.limit > 0 {
            // What rode along, and the caller does not know of yet.
            let unknown =
                (riding?.count(of: quota.account) ?? 0) + effects.claimed.count { $0.account == quota.account }
            let room = max(0, quota.limit - unknown)
            let (rows, next) = try table.due(quota.account, at: now, limit: room)
            var due = rows
            for index in due.indices {
                let leaseEnds = now.advanced(by: lease)
                let hold = try claim(&due[index], until: leaseEnds, at: now, keys: keys, effects: &effects)
                if let hold { holds.append(hold) }
            }
            let traces = TraceTable(database: database)
            let new = try due.compactMap { effects.readsTraces ? try traces.traced($0) : $0.record.claimed }
            claimed += new
            // What a gate held is due again.
            nextDue += due.compactMap(\.record.message.dueAt)
            if new.count < quota.limit, let next { nextDue.append(next) }
            if next.map({ $0 > now }) ?? true { standing?.leave(room - new.count, for: quota.account) }
        }
        effects.standing = standing
        return (claimed, nextDue.min(), holds)
    }

    /// Claims a message that is due, or lets its gates hold it; what a limit counts is written with the claim.
    ///
    /// - Returns: What holds it from now on; `nil` when nothing does, or the same gate did before.
    private func claim(
        _ row: inout StoredMessage,
        until leaseEnds: Timestamp,
        at now: Timestamp,
        keys: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> Hold? {
        let facts = FactTable(database: database)
        let account = row.record.message.account
        let (closed, others) = try passWindow(&row, at: now, effects)
        // What leaves through another account is claimed with that one's quota.
        guard row.record.message.account == account else {
            try table.update(row, others, effects: &effects)
            effects.wakes = true
            return nil
        }
        let optOuts = try optOuts(&row, &effects)
        let hold =
            try row.record.hold(against: optOuts, at: now) ?? closed
            ?? row.record.hold(at: now, keys: keys) { try facts.departure($0) }
        let entries = try others + row.record.claim(until: leaseEnds, at: now, held: hold)
        try DigestTable(database: database).reopen(&row.record)
        for (fact, holder) in row.record.departing(at: keys) { _ = try facts.take(fact, holder, at: keys) }
        try table.update(row, entries, effects: &effects)
        if let turn = hold?.turn { try facts.put(turn) }
        return entries.isEmpty ? nil : hold
    }

    /// What stands of its recipient; a line that cannot be read keeps this message back and no other.
    private func optOuts(_ row: inout StoredMessage, _ effects: inout WriteQueue.Effects) throws -> [ConsentEntry] {
        do {
            return try ConsentTable(database: database).optOuts(of: row.record.subject, &effects)
        } catch let error as StoreError where error.code == .corrupt {
            row.record.damage = "the store cannot read what its recipient opted out of: \(error.reason)"
            return []
        }
    }

    /// Looks whether a message that is no template still arrives, where a source passes on what recipients write.
    ///
    /// - Returns: What the closed window makes of it; and where it leaves as its alternative instead, the entry that says so.
    private func passWindow(
        _ row: inout StoredMessage,
        at now: Timestamp,
        _ effects: WriteQueue.Effects
    ) throws -> (hold: Hold?, entries: [TimelineEntry]) {
        guard effects.knowsWindows, row.record.needsWindow,
            let closed = try HeardWork(database: database).closedWindow(of: row.record, at: now)
        else { return (nil, []) }
        let alternative = row.record.alternative == .template ? try table.alternative(of: row.seq) : nil
        let entries = row.record.leaveOtherwise(closed, alternative, at: now)
        guard !entries.isEmpty else { return (closed, []) }
        try table.become(row)
        return (nil, entries)
    }

    /// The messages whose lease has run out.
    func expired(at now: Timestamp, limit: Int) throws -> [ClaimedMessage] {
        try table.rows(
            "WHERE m.lease_ends IS NOT NULL AND m.lease_ends <= ? ORDER BY m.lease_ends, m.seq LIMIT ?",
            [now.microseconds, limit]
        ).compactMap(\.record.claimed)
    }

    /// Writes down how claimed messages fared.
    func settle(_ settlements: [Settlement], effects: inout WriteQueue.Effects) throws -> [SettlementResult] {
        let results = try settlements.map { settlement in
            if settlement.dueAt != nil { effects.wakes = true }
            let result = try settle(settlement, effects: &effects)
            if result == .settled {
                if let condition = settlement.waitsFor {
                    try WaitingTable(database: database).put(settlement.message, waitsFor: condition)
                }
                for departure in settlement.takesBack { try FactTable(database: database).takeBack(departure) }
            }
            guard result == .settled || result == .acceptedLate, let attempt = settlement.attempt else { return result }
            try TimelineTable(database: database).put(attempt, to: settlement.message)
            if let code = attempt.outcome.detail?.recipientCode { try note(code, settlement, &effects) }
            return result
        }
        try ReportWork(database: database).catchUp(with: settlements, &effects)
        return results
    }

    /// Writes down what an answer said about the recipient.
    private func note(_ code: Int, _ settlement: Settlement, _ effects: inout WriteQueue.Effects) throws {
        guard let record = try table.row(settlement.message)?.record else { return }
        let codes = CodeWork(database: database)
        try codes.note(code, of: record, by: .answer, at: settlement.at, now: settlement.at, &effects)
    }

    private func settle(_ settlement: Settlement, effects: inout WriteQueue.Effects) throws -> SettlementResult {
        if try !settlement.takesOtherwise && table.settle(settlement, effects: &effects) { return .settled }
        guard var row = try table.row(settlement.message) else { return .unknown }
        let alternative = settlement.takesOtherwise ? try table.alternative(of: row.seq) : nil
        let (kept, (result, entries)) = (row.record.alternative, row.record.settle(settlement, otherwise: alternative))
        if entries.isEmpty { return result }
        try table.update(row, entries, attempt: settlement.attempt, effects: &effects)
        if row.record.alternative != kept { try table.become(row) }
        return result
    }

    /// Carries out what a person decided.
    func decide(
        _ decision: Decision,
        on id: MessageID,
        by who: String,
        at now: Timestamp,
        keys: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> Message {
        guard var row = try table.row(id) else { throw StoreError(.notFound, "there is no message \(id)") }
        do {
            // Only what sends asks who else tells it, and whether it is wanted.
            let sends = decision.kind == .retry || decision.kind == .release
            let rival = sends ? try rival(of: row.record, at: keys) : nil
            let optOuts = sends ? try ConsentTable(database: database).optOuts(of: row.record.subject, &effects) : []
            let successor = decision.kind == .retry ? try ReplayWork.successor(of: row.seq, database) : nil
            let other = successor ?? rival?.rival
            let entries = try row.record.decide(decision, by: who, at: now, rival: other, optOuts: optOuts)
            try table.update(row, entries, effects: &effects)
            if row.record.overridesUntil == now { try table.override(row) }
            if let rival, row.record.message.state == .queued {
                let holder = FactHolder(id, until: rival.until)
                try FactTable(database: database).give(rival.fact, to: holder)
            }
        } catch let refusal as MessageStateMachine.IllegalTransition {
            throw StoreError(.conflict, "\(id): \(refusal)")
        }
        // A digest that cannot be sent before it is built.
        if row.record.isToBuild { effects.wakesBuilder = true }
        if row.record.message.state.isWaiting { effects.wakes = true }
        return row.record.message
    }

    /// Who else tells what a message tells once.
    private func rival(
        of record: MessageRecord,
        at keys: Timestamp
    ) throws -> (rival: Rival, fact: Fact, until: Timestamp)? {
        guard let fact = record.onceFact, let holder = try FactTable(database: database).holder(of: fact),
            holder.holds(at: keys), holder.value != record.message.id
        else { return nil }
        let state = try table.row(holder.value)?.stored
        return (Rival(message: holder.value, state: state), fact, holder.until)
    }
}
