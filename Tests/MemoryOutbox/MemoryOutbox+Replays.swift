// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

extension MemoryOutbox {
    package func count(_ scope: ReplayScope) async throws(StoreError) -> Int {
        try read { $0.placed(scope, after: 0, upTo: .max).count }
    }

    package func events(
        _ scope: ReplayScope,
        after place: Int64,
        upTo bound: Int64,
        limit: Int
    ) async throws(StoreError) -> [PlacedEvent] {
        try read { book in
            book.placed(scope, after: place, upTo: bound).prefix(limit).map { row in
                PlacedEvent(place: Int64(row.seq), archived: book.archived(row))
            }
        }
    }

    package func holders(of facts: [Fact], at now: Timestamp) async throws(StoreError) -> [Fact: FactHolder] {
        let keys = times(at: now).keys
        return try read { book in
            let known = Set(facts).map { ($0, book.facts.holder(of: $0, at: keys)) }
            return Dictionary(known.compactMap { fact, holder in holder.map { (fact, $0) } }) { first, _ in first }
        }.held(at: now, keys: keys)
    }

    package func replay(_ batch: ReplayBatch, of id: JobID, at now: Timestamp) async throws(StoreError) -> Job? {
        let keys = times(at: now).keys
        return try write { book throws(StoreError) in try book.replay(batch, of: id, at: now, keys: keys) }
    }
}

extension Book {
    /// The events that a replay is about, in their order.
    borrowing func placed(_ scope: ReplayScope, after place: Int64, upTo bound: Int64) -> [EventRow] {
        events.values
            .filter { row in
                let states = row.messages.compactMap { messages[$0]?.record.message.state }
                return row.seq > place && row.seq <= bound && scope.takes(row.event, states)
            }
            .sorted { $0.seq < $1.seq }
    }

    fileprivate mutating func replay(
        _ batch: ReplayBatch,
        of id: JobID,
        at now: Timestamp,
        keys: Timestamp
    ) throws(StoreError) -> Job? {
        guard let index = jobs.firstIndex(where: { $0.element.id == id }) else { return nil }
        let job = jobs[index].element
        guard job.isDue(at: now), job.place == batch.start, let scope = job.order.replay else { return job }
        var step = Job.Step(of: job)
        for event in batch.events where step.fullAccount == nil && step.paced < job.stepSize {
            guard try replay(event, of: job, scope, at: now, keys: keys, &step) else { continue }
            step.tally[.events, default: 0] += 1
            step.place = event.place
        }
        let isAll = batch.events.last.map { $0.place <= step.place } ?? true
        step.isLast = batch.isLast && isAll
        jobs[index].element.follow(step, at: now)
        return jobs[index].element
    }

    /// Stores what an event comes to now.
    ///
    /// - Returns: `false` when an account has no room for it; nothing was stored then.
    private mutating func replay(
        _ event: ReplayedEvent,
        of job: Job,
        _ scope: ReplayScope,
        at now: Timestamp,
        keys: Timestamp,
        _ step: inout Job.Step
    ) throws(StoreError) -> Bool {
        guard let consequences = event.consequences, let row = events[event.event] else {
            step.add(.omitted)
            return true
        }
        let earlier = row.messages.compactMap { messages[$0]?.record }
            .map { EarlierMessage($0.message, recipient: $0.recipient) }
        let meant = consequences.messages.filter { scope.rule.allows($0.rule) }
        let new = meant.filter { message in !earlier.contains { $0.stands(inWayOf: message, again: scope.again) } }
        if let full = new.first(where: { due(of: $0.account, at: now) >= job.room }) {
            step.fullAccount = full.account
            return false
        }
        try carryOutAgain(consequences.sideEffects, of: row, at: now, keys: keys)
        let giving = Set(earlier.filter { $0.givesWay(again: scope.again) }.map(\.id))
        for message in new {
            let message = message.replayed(by: job.id)
            let early = message.terms.key.flatMap {
                event.calledOff[Fact(kind: .calledOff, rule: message.rule, key: $0)]
            }
            let refused = message.beginning(against: optOuts(of: message.subject), at: now)
            let beginning =
                refused ?? facts.beginAgain(message, calledOffBy: early, from: giving, at: now, keys: keys)
            let record = MessageRecord(message, of: (row.event.id, row.event.source), beginning, at: now)
            standing = nil
            try insert(record, otherwise: message.alternative)
            replays[message.id] = job.id
            step.add(beginning.state.isWaiting ? .made : .held)
        }
        step.tally[.told, default: 0] += meant.count - new.count
        for failure in consequences.failures where scope.rule.allows(failure.rule) {
            step.add(.notBuilt, refusal: "\(event.event): \(failure.reason)")
        }
        if !new.isEmpty { events[event.event]?.event.disposition = .matched }
        return true
    }
}
