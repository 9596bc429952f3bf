// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
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
/// accepted meanwhile too.
package final class Replayer: Sendable {
    /// What the rules make of an event.
    package typealias Plan = @Sendable (Event, EvaluationContext) -> Consequences

    let settings: Settings
    let store: any JobStore
    private let plan: Plan
    private let cancelling = NIOLockedValueBox<[JobID: LaterCancellations]>([:])

    /// So many events at most are read and evaluated at a time.
    static let batch = 50

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
    /// - Returns: The job as it stands then; `nil` when there is none.
    /// - Throws: `StoreError`; nothing was stored then.
    package func step(_ job: Job, at now: Timestamp) async throws(StoreError) -> Job? {
        guard let scope = job.order.replay, job.isDue(at: now) else { return job }
        let events = try await store.events(scope, after: job.place, upTo: job.bound, limit: Self.batch)
        var decoder = ArchiveDecoder(settings)
        var replayed: [ReplayedEvent] = []
        for event in events {
            let consequences = consequences(of: event, scope, at: now, &decoder)
            let keyed = consequences?.messages.filter { $0.terms.key != nil } ?? []
            let calledOff = keyed.isEmpty ? [:] : try await later(than: event, job, keyed)
            replayed.append(ReplayedEvent(event.archived.event.id, at: event.place, consequences, calledOff: calledOff))
        }
        let batch = ReplayBatch(from: job.place, replayed, isLast: events.count < Self.batch)
        let stepped = try await store.replay(batch, of: job.id, at: now)
        if stepped?.state != .running { cancelling.withLockedValue { $0[job.id] = nil } }
        return stepped
    }

    /// What the rules make of an event now; `nil` when it cannot be read any more.
    func consequences(
        of event: PlacedEvent,
        _ scope: ReplayScope,
        at now: Timestamp,
        _ decoder: inout ArchiveDecoder
    ) -> Consequences? {
        guard let past = try? decoder.decode(event.archived) else { return nil }
        return consequences(of: past, scope, at: now)
    }

    /// What the rules make of an event of the past now.
    func consequences(of past: Backtest.PastEvent, _ scope: ReplayScope, at now: Timestamp) -> Consequences {
        guard scope.isAsOfNow else { return plan(past.event, past.context) }
        var context = past.context
        context.now = now
        return plan(past.event.received(at: now), context)
    }

    // MARK: What came later

    /// The events that came after one and call off its messages.
    private func later(
        than event: PlacedEvent,
        _ job: Job,
        _ messages: [NewMessage]
    ) async throws(StoreError) -> [Fact: EventID] {
        var known = cancelling.withLockedValue { $0[job.id] } ?? LaterCancellations(after: event.place)
        var decoder = ArchiveDecoder(settings)
        while true {
            let events = try await store.events(ReplayScope(), after: known.place, upTo: .max, limit: Self.batch)
            for event in events {
                known.add(consequences(of: event, ReplayScope(), at: event.archived.event.receivedAt, &decoder), event)
            }
            if events.count < Self.batch { break }
        }
        cancelling.withLockedValue { $0[job.id] = known }
        return known.of(messages, after: event.place)
    }
}

/// Which event called off last what is known under a key.
private struct LaterCancellations: Sendable {
    /// The last event that was looked at.
    private(set) var place: Int64
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
            guard let key = message.terms.key else { continue }
            let fact = Fact(kind: .calledOff, rule: message.rule, key: key)
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
