// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

// What workers and people do with messages.

extension MemoryOutbox {
    package func exchange(
        _ settlements: [Settlement],
        _ quotas: [ClaimQuota],
        lease: Duration,
        now: Timestamp,
        riding: RidingClaims?
    ) async throws(StoreError) -> Exchange {
        let keys = times(at: now).keys
        return try write { book throws(StoreError) in
            let results = try book.settle(settlements)
            book.standing = riding.map { StandingRoom(lease: lease, riding: $0) }
            let leaseEnds = now.advanced(by: lease)
            let (claimed, nextDue, holds) = try book.claim(quotas, until: leaseEnds, at: now, keys: keys, riding)
            let blocked = book.standings.filter { $0.value.condition != AccountCondition() }
            return Exchange(results: results, claimed: claimed, nextDue: nextDue, holds: holds, standings: blocked)
        }
    }

    package func expiredLeases(at now: Timestamp, limit: Int) async throws(StoreError) -> [ClaimedMessage] {
        try read { book in
            let expired = book.rows(where: \.leaseEnds, upTo: now)
            return expired.prefix(limit).compactMap(\.record.claimed)
        }
    }

    package func hasten(
        _ account: String,
        _ condition: String?,
        because reason: String,
        at now: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try write { book throws(StoreError) in
            let wanted = book.conditions.keys.filter { $0.account == account && (condition ?? $0.name) == $0.name }
            let found = wanted.sorted { $0.name < $1.name }.flatMap { book.conditions[$0] ?? [] }.prefix(limit)
            for key in wanted { book.conditions[key]?.removeAll(where: found.contains) }
            for id in found {
                guard var row = book.messages[id] else { continue }
                let entries = row.record.hasten(because: reason, at: now)
                if !entries.isEmpty { try book.put(row, entries) }
                book.wakes = true
            }
            return found.count
        }
    }

    package func paceMemory(
        of accounts: [String],
        since: Timestamp,
        pairsSince: Timestamp
    ) async throws(StoreError) -> PaceMemory {
        try read { book in
            var memory = PaceMemory()
            for row in book.messages.values { memory.add(row.record, since: since, pairsSince: pairsSince) }
            return memory
        }
    }

    package func places(of accounts: [String]) async throws(StoreError) -> PaceMemory {
        let never = Timestamp(microseconds: .max)
        return try await paceMemory(of: accounts, since: never, pairsSince: never)
    }

    /// Runs the law of what several who send share, for one of them.
    package func answer(
        _ turns: [String: AccountStanding.Turn],
        at now: Timestamp
    ) async throws(StoreError) -> [String: SharedAnswer] {
        try write { book in
            var answers: [String: SharedAnswer] = [:]
            for (account, turn) in turns {
                var standing = book.standings[account] ?? AccountStanding()
                let condition = standing.condition
                let grant = standing.answer(turn, at: now)
                if standing.condition != condition { book.wakes = true }
                book.standings[account] = standing
                answers[account] = SharedAnswer(standing: standing, grant: grant)
            }
            return answers
        }
    }

    /// Changes what nodes know of a portfolio together, or tells what others changed.
    package func share(
        _ portfolio: String,
        _ changes: [PortfolioRow],
        knowing version: Int64
    ) async throws(StoreError) -> PortfolioNews {
        try write { book in
            var known = book.portfolios[portfolio] ?? (0, [:])
            guard changes.isEmpty || known.version != version else {
                known.version += 1
                for row in changes { known.rows[row.recipient] = (row, known.version) }
                book.portfolios[portfolio] = known
                return PortfolioNews(isTaken: true, version: known.version)
            }
            let rows = known.rows.values.filter { $0.version > version }.map(\.row)
            let never = Timestamp(microseconds: .max)
            return PortfolioNews(
                isTaken: false,
                version: known.version,
                rows: rows.sorted { ($0.countsUntil ?? never, $0.recipient) < ($1.countsUntil ?? never, $1.recipient) }
            )
        }
    }

    /// Counts those who wait for a recipient's turn.
    package func waitingForPairs(of accounts: [String], upTo most: Int) async throws(StoreError) -> [String: Int] {
        try read { book in
            let waiting = book.messages.values.map(\.record).filter { $0.isHeld(by: .pair) }
            let counts = Dictionary(waiting.map { ($0.message.account, 1) }, uniquingKeysWith: +)
            return Dictionary(uniqueKeysWithValues: accounts.map { ($0, min(counts[$0] ?? 0, most)) })
        }
    }

    package func follow(_ step: Duration, at now: Timestamp) async throws(StoreError) -> Int {
        try write { $0.follow(ClockStep(step, at: now)) }
    }
}

extension Book {
    /// The messages of which a time is set and has come, by that time, then in the order in which they were stored.
    func rows(where time: (MessageRecord) -> Timestamp?, upTo now: Timestamp) -> [MessageRow] {
        messages.values.compactMap { row in time(row.record).map { (row, $0) } }
            .filter { $0.1 <= now }
            .sorted { ($0.1, $0.0.seq) < ($1.1, $1.0.seq) }
            .map(\.0)
    }

    /// Leases due messages to a worker, by account and due time; what a quota leaves over stands, where that is wanted.
    mutating func claim(
        _ quotas: [ClaimQuota],
        until leaseEnds: Timestamp,
        at now: Timestamp,
        keys: Timestamp,
        _ riding: RidingClaims?
    ) throws(StoreError) -> (claimed: [ClaimedMessage], nextDue: Timestamp?, holds: [Hold]) {
        var (claimed, nextDue, holds): ([ClaimedMessage], [Timestamp], [Hold]) = ([], [], [])
        for quota in quotas where quota.limit > 0 {
            let waiting = rows(
                where: { $0.message.account == quota.account ? $0.message.dueAt : nil },
                upTo: Timestamp(microseconds: .max)
            )
            let room = max(0, quota.limit - (riding?.count(of: quota.account) ?? 0))
            let due = waiting.prefix { ($0.record.message.dueAt ?? now) <= now }.prefix(room)
            var new: [ClaimedMessage] = []
            for var row in due {
                var closed = closedWindow(of: row.record, at: now)
                if let hold = closed {
                    let others = row.record.leaveOtherwise(hold, row.alternative, at: now)
                    if !others.isEmpty { closed = nil }
                    row.timeline += others
                }
                guard row.record.message.account == quota.account else {
                    try put(row, [])
                    continue
                }
                let hold =
                    row.record.hold(against: optOuts(of: row.record.subject), at: now) ?? closed
                    ?? row.record.hold(at: now, keys: keys) { facts.departure($0) }
                let entries = try Self.asking(row) { () throws(MessageStateMachine.IllegalTransition) in
                    try row.record.claim(until: leaseEnds, at: now, held: hold)
                }
                reopen(&row.record)
                facts.depart(row.record.departing(at: keys))
                facts.wait(for: hold?.turn)
                if let hold, !entries.isEmpty { holds.append(hold) }
                try put(row, entries)
                if let held = row.record.message.dueAt { nextDue.append(held) }
                if let message = traced(row.record) { new.append(message) }
            }
            claimed += new
            let next = waiting.dropFirst(due.count).first?.record.message.dueAt
            if new.count < quota.limit, let next { nextDue.append(next) }
            if next.map({ $0 > now }) ?? true { standing?.leave(room - new.count, for: quota.account) }
        }
        return (claimed, nextDue.min(), holds)
    }

    /// A claimed message with what it comes of in traces.
    func traced(_ record: MessageRecord) -> ClaimedMessage? {
        guard var message = record.claimed else { return nil }
        let told = digestItems[message.id]?.map(\.event) ?? [message.event]
        let accepted = told.compactMap { events[$0]?.event }.filter { $0.trace != nil }
        guard let first = accepted.first else { return message }
        let contexts = accepted.prefix(TraceOrigin.most).compactMap(\.trace)
        let leftOut = accepted.count - contexts.count
        message.origin = record.origin(contexts, leftOut: leftOut, acceptedAt: first.receivedAt)
        return message
    }

    /// Writes down how claimed messages fared.
    mutating func settle(_ settlements: [Settlement]) throws(StoreError) -> [SettlementResult] {
        var results: [SettlementResult] = []
        for settlement in settlements { results.append(try settle(settlement)) }
        try catchUp(with: settlements)
        return results
    }

    private mutating func settle(_ settlement: Settlement) throws(StoreError) -> SettlementResult {
        if settlement.dueAt != nil { wakes = true }
        guard var row = messages[settlement.message] else { return .unknown }
        let (result, entries) = row.record.settle(settlement, otherwise: row.alternative)
        if entries.isEmpty { return result }
        facts.takeBack(settlement.takesBack)
        if result == .settled, let condition = settlement.waitsFor {
            let key = Condition(account: row.record.message.account, name: condition)
            conditions[key, default: []].append(settlement.message)
        }
        if let attempt = settlement.attempt { row.attempts[attempt.number] = attempt }
        try put(row, entries)
        if let code = settlement.attempt?.outcome.detail?.recipientCode {
            try note(code, of: row.record, by: .answer, at: settlement.at, now: settlement.at)
        }
        return result
    }

    /// Carries out what a person decided.
    mutating func decide(
        _ decision: Decision,
        on id: MessageID,
        by who: String,
        at now: Timestamp,
        keys: Timestamp
    ) throws(StoreError) -> Message {
        guard var row = messages[id] else { throw StoreError(.notFound, "there is no message \(id)") }
        let holder = row.record.onceFact.flatMap { facts.holder(of: $0, at: keys) }
        let twin = holder.map { Rival(message: $0.value, state: messages[$0.value]?.record.message.state) }
        let rival = (decision.kind == .retry ? successor(of: row) : nil) ?? twin
        let optOuts = optOuts(of: row.record.subject)
        let entries = try Self.asking(row) { () throws(MessageStateMachine.IllegalTransition) in
            try row.record.decide(decision, by: who, at: now, rival: rival, optOuts: optOuts)
        }
        try put(row, entries)
        if let fact = row.record.onceFact, let holder, row.record.message.state == .queued {
            facts.give(fact, to: FactHolder(id, until: holder.until))
        }
        if row.record.message.state.isWaiting { wakes = true }
        return row.record.message
    }

    /// The message of a later replay that tells what a failed message of the same event was to tell.
    func successor(of row: MessageRow) -> Rival? {
        let ended: [MessageState] = [.failed, .cancelled, .suppressed]
        return messages.values.first { other in
            let (old, new) = (row.record.message, other.record.message)
            return replays[new.id] != nil && new.event == old.event && new.rule == old.rule
                && other.record.recipient == row.record.recipient && other.seq > row.seq && !ended.contains(new.state)
        }
        .map { Rival(message: $0.record.message.id, state: $0.record.message.state, isReplay: true) }
    }

    /// The law's refusal is the store's conflict.
    private static func asking(
        _ row: MessageRow,
        _ law: () throws(MessageStateMachine.IllegalTransition) -> [TimelineEntry]
    ) throws(StoreError) -> [TimelineEntry] {
        do throws(MessageStateMachine.IllegalTransition) {
            return try law()
        } catch {
            throw StoreError(.conflict, "\(row.record.message.id): \(error)")
        }
    }

    /// Moves what was reckoned in spans by as much as somebody set the wall clock.
    mutating func follow(_ step: ClockStep) -> Int {
        for id in events.keys where events[id]?.lookUp?.dueAt != nil { events[id]?.lookUp?.follow(step) }
        wakes = true
        standing = nil
        var moved = 0
        for id in messages.keys where messages[id]?.record.follow(step) == true { moved += 1 }
        return moved
    }
}

extension Book.LookUp {
    fileprivate mutating func follow(_ step: ClockStep) {
        dueAt = dueAt.map { step.due($0) }
        since = step.since(since)
    }
}
