// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

extension MemoryOutbox {
    package func counts(
        _ selection: MessageSelection,
        for kind: Decision.Kind
    ) async throws(StoreError) -> [SelectionCount] {
        try read { $0.counts(selection, for: kind) }
    }

    package func job(_ id: JobID) async throws(StoreError) -> Job? {
        try read { book in book.jobs.first { $0.element.id == id }?.element }
    }

    package func jobs(_ filter: JobFilter) async throws(StoreError) -> Page<Job> {
        try read { book in
            Page(book.jobs.filter { filter.state.allows($0.element.state) }, limit: filter.limit, after: filter.cursor)
        }
    }

    /// No other process has this store.
    package func heedOthers() async throws(StoreError) -> Bool {
        try read { book in book.jobs.contains { $0.element.state == .running } }
    }

    package func step(_ id: JobID, at now: Timestamp) async throws(StoreError) -> Job? {
        let keys = times(at: now).keys
        return try write { book throws(StoreError) in try book.step(id, at: now, keys: keys) }
    }
}

extension Book {
    /// Pauses, resumes or ends a job.
    mutating func changeJob(_ id: JobID, _ change: JobChange, by who: String, at now: Timestamp) throws(StoreError)
        -> Job
    {
        guard let index = jobs.firstIndex(where: { $0.element.id == id }) else {
            throw StoreError(.notFound, "there is no job \(id)")
        }
        do throws(Job.Refusal) {
            try jobs[index].element.change(change, by: who, at: now)
        } catch {
            throw StoreError(.conflict, error.description)
        }
        return jobs[index].element
    }

    fileprivate borrowing func counts(_ selection: MessageSelection, for kind: Decision.Kind) -> [SelectionCount] {
        let found = messages.values.map(\.record).filter {
            selection.means($0.message, for: kind, since: Timestamp(microseconds: .max))
        }
        return Dictionary(grouping: found) { [$0.message.rule, $0.message.state.rawValue] }.values
            .map { records in
                let message = records[0].message
                let sayable = records.count { kind != .retry || $0.isSayable }
                return SelectionCount(
                    rule: message.rule,
                    state: message.state,
                    count: sayable,
                    unsayable: records.count - sayable
                )
            }
            .sorted { ($0.rule, $0.state.rawValue) < ($1.rule, $1.state.rawValue) }
    }

    mutating func begin(_ order: JobOrder, of action: OperatorAction) throws(StoreError) -> Job {
        if let key = order.key, let known = jobs.first(where: { $0.element.order.key == key })?.element {
            do throws(Job.Refusal) {
                try known.repeated(by: order)
            } catch {
                throw StoreError(.conflict, error.description)
            }
            return known
        }
        let (total, bound): (Int, Int)
        switch order.work {
        case .decide(let decision, let selection):
            total = counts(selection, for: decision.kind).reduce(0) { $0 + $1.count }
            bound = messages.values.map(\.seq).max() ?? 0
        case .replay(let scope, _):
            total = placed(scope, after: 0, upTo: .max).count
            bound = events.values.map(\.seq).max() ?? 0
        }
        try action.require(total, for: order)
        let job = Job(JobID(at: action.at), order, total: total, bound: Int64(bound), at: action.at)
        jobs.append((nextSeq(), job))
        return job
    }

    fileprivate mutating func step(_ id: JobID, at now: Timestamp, keys: Timestamp) throws(StoreError) -> Job? {
        guard let index = jobs.firstIndex(where: { $0.element.id == id }) else { return nil }
        let job = jobs[index].element
        guard job.isDue(at: now), case .decide(let decision, let selection) = job.order.work else { return job }
        var step = Job.Step(of: job)
        let rest = messages.values.filter { $0.seq > job.place && $0.seq <= job.bound }.sorted { $0.seq < $1.seq }
        for row in rest where step.fullAccount == nil && step.paced < job.stepSize {
            let message = row.record.message
            if selection.takes(row.record, for: decision.kind, since: job.createdAt) {
                guard !job.order.sends || due(of: message.account, at: now) < job.room else {
                    step.fullAccount = message.account
                    continue
                }
                do throws(StoreError) {
                    _ = try decide(decision, on: message.id, by: job.order.who, at: now, keys: keys)
                    step.add(.done)
                } catch {
                    guard error.code == .conflict else { throw error }
                    step.add(.refused, refusal: error.reason)
                }
            }
            step.place = Int64(row.seq)
        }
        step.isLast = rest.last.map { $0.seq <= step.place } ?? true
        jobs[index].element.follow(step, at: now)
        return jobs[index].element
    }

    /// How many messages of an account are due.
    func due(of account: String, at now: Timestamp) -> Int {
        messages.values.count { row in
            row.record.message.account == account && row.record.message.dueAt.map { $0 <= now } ?? false
        }
    }
}
