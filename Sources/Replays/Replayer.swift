// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import FairThreads
package import Messages
internal import NIOConcurrencyHelpers
package import Outbox
internal import Rehearsal
package import Rules
package import ServiceConfiguration

/// Takes events of the past through the rules as they are now: reads a few, asks the rules, and has the store write what that
/// comes to.
///
/// Nothing is fetched: an event that was looked up has what was found then, and one whose look-up is missing is omitted. A
/// message whose `key` a later event called off is not told: all events that came after it are asked, those that are
/// accepted meanwhile too. That may be the whole archive, which is asked in many steps of which none writes anything; the
/// job can be paused or cancelled between any two. Rules are evaluated on ``EvaluationThreads``, where live events take
/// turns with them.
package final class Replayer: Sendable {
    /// What the rules make of an event.
    package typealias Plan = @Sendable (Event, EvaluationContext) -> Consequences

    let settings: Settings
    let store: any JobStore
    private let plan: Plan
    private let cancelling = NIOLockedValueBox<[JobID: LaterCancellations]>([:])

    /// So many events at most are read and evaluated at a time.
    static let batch = 50
    /// So many batches of later events at most are asked in a step.
    static let lookAhead = 10

    /// A replayer for a service, or for a command that looks ahead.
    ///
    /// - Parameters:
    ///   - settings: The configuration, for its sources.
    ///   - store: Where the events are.
    ///   - plan: What the rules make of an event.
    package init(_ settings: Settings, store: any JobStore, plan: @escaping Plan) {
        self.settings = settings
        self.store = store
        self.plan = plan
    }

    /// Goes on with a replay, if it is due.
    ///
    /// - Parameters:
    ///   - job: The job as it stands.
    ///   - now: The time now.
    /// - Returns: The job as it stands then, unchanged while later events are still to be asked; `nil` when there is none.
    /// - Throws: `StoreError`; nothing was stored then.
    package func step(_ job: Job, at now: Timestamp) async throws(StoreError) -> Job? {
        guard let scope = job.order.replay, job.isDue(at: now) else { return job }
        // What is not known whole yet is gone on with before anything is read again.
        if let known = cancelling.withLockedValue({ $0[job.id] }), !known.isWhole {
            guard try await later(than: known.place, job) != nil else { return job }
        }
        let events = try await store.events(scope, after: job.place, upTo: job.bound, limit: Self.batch)
        let made = await consequences(of: events, job) { _ in (scope, now) }
        let keyed = zip(events, made).first { $1?.messages.contains { $0.terms.key != nil } == true }
        var later = LaterCancellations(after: .max)
        if let first = keyed?.0 {
            guard let known = try await self.later(than: first.place, job) else { return job }
            later = known
        }
        let replayed = zip(events, made).map { event, consequences in
            let calledOff = later.of(consequences?.messages ?? [], after: event.place)
            return ReplayedEvent(event.archived.event.id, at: event.place, consequences, calledOff: calledOff)
        }
        let batch = ReplayBatch(from: job.place, replayed, isLast: events.count < Self.batch)
        let stepped = try await store.replay(batch, of: job.id, at: now)
        if stepped?.state != .running { cancelling.withLockedValue { $0[job.id] = nil } }
        return stepped
    }

    /// What the rules make of some events, on the threads for that; `nil` for one that cannot be read any more.
    private func consequences(
        of events: [PlacedEvent],
        _ job: Job,
        _ terms: @escaping @Sendable (PlacedEvent) -> (scope: ReplayScope, now: Timestamp)
    ) async -> [Consequences?] {
        // No source is called so: a replay takes turns with all of them.
        await EvaluationThreads.shared.runInTurn(of: "replay \(job.id)") { [self] in
            var decoder = ArchiveDecoder(settings)
            return events.map { event in
                guard let past = try? decoder.decode(event.archived) else { return nil }
                let (scope, now) = terms(event)
                return consequences(of: past, scope, at: now)
            }
        }
    }

    /// What the rules make of an event of the past now.
    func consequences(of past: Backtest.PastEvent, _ scope: ReplayScope, at now: Timestamp) -> Consequences {
        guard scope.isAsOfNow else { return plan(past.event, past.context) }
        var context = past.context
        context.now = now
        return plan(past.event.received(at: now), context)
    }

    // MARK: What came later

    /// What the events that came after a place call off, up to now.
    ///
    /// - Returns: `nil` while more is to be read than one step reads; the next one goes on from there.
    private func later(than place: Int64, _ job: Job) async throws(StoreError) -> LaterCancellations? {
        let begun = cancelling.withLockedValue { $0.removeValue(forKey: job.id) }
        // Not beside the one that is kept: the first change would copy all that is known.
        var known = begun ?? LaterCancellations(after: place)
        defer { cancelling.withLockedValue { [known] in $0[job.id] = known } }
        for _ in 0..<Self.lookAhead where !Task.isCancelled {
            let events = try await store.events(ReplayScope(), after: known.place, upTo: .max, limit: Self.batch)
            let made = await consequences(of: events, job) { (ReplayScope(), $0.archived.event.receivedAt) }
            for (event, consequences) in zip(events, made) { known.add(consequences, event) }
            known.isWhole = events.count < Self.batch
            if known.isWhole { return known }
        }
        return nil
    }

    /// Forgets what was read for replays that are over, or that somebody has cancelled or paused: of one that goes on later it
    /// is read once more.
    ///
    /// - Parameter running: The jobs that run.
    package func forget(allBut running: Set<JobID>) {
        cancelling.withLockedValue { known in known = known.filter { running.contains($0.key) } }
    }
}

/// Which event called off last what is known under a key.
private struct LaterCancellations: Sendable {
    /// The last event that was looked at.
    private(set) var place: Int64
    /// Whether nothing more had come when it was looked last.
    var isWhole = false
    private var last: [Fact: (place: Int64, event: EventID)] = [:]

    init(after place: Int64) {
        self.place = place
    }

    mutating func add(_ consequences: Consequences?, _ event: PlacedEvent) {
        place = event.place
        for cancellation in consequences?.sideEffects.cancellations ?? [] {
            last[cancellation.fact] = (event.place, event.archived.event.id)
        }
    }

    /// Those that call off messages of an event.
    func of(_ messages: [NewMessage], after place: Int64) -> [Fact: EventID] {
        var found: [Fact: EventID] = [:]
        for message in messages {
            guard let fact = message.calledOffFact else { continue }
            if let known = last[fact], known.place > place { found[fact] = known.event }
        }
        return found
    }
}

extension Event {
    /// The event as if it came at another time.
    fileprivate func received(at time: Timestamp) -> Event {
        Event(
            id: id,
            source: source,
            type: type,
            senderID: senderID,
            time: time,
            receivedAt: time,
            headers: headers,
            rawBody: rawBody,
            payload: payload
        )
    }
}
