// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import Messages
internal import NIOConcurrencyHelpers
internal import OrderedCollections
internal import Outbox
internal import Presentation

/// What `GET /stream` tells: how much has come, and how everything stands, to all who listen.
///
/// The store is looked at once a second at most, however many listen, and not at all while nobody does. A listener who falls
/// behind hears once what others heard in several updates: nothing is kept for them but what they heard last.
final class LiveFeed: Sendable {
    /// The shortest time between two updates.
    static let pause: Duration = .seconds(1)
    /// The longest time without a byte; so often it is asked, too, whether the listener may still listen.
    static let heartbeat: Duration = .seconds(15)
    /// So many listen at most: each takes a connection of the listener's.
    static let mostListeners = 256
    /// Of what came while a listener was away, so much is counted.
    static let mostCounted = 10_000

    /// How everything stood at a moment.
    private struct Sight: Sendable {
        var ends: ListEnds
        /// What came since the feed was first asked.
        var events = 0
        var messages = 0
        var states: [MessageState: Int] = [:]
        /// Those that run.
        var jobs: [Job] = []
        /// Another one when anything else is another.
        var number = 0
    }

    private struct State: Sendable {
        var sight: Sight?
        var lookedAt: Timestamp?
        var isLooking = false
        var listeners = 0
    }

    /// A listener's place; it is free again when nothing holds it.
    private final class Place: Sendable {
        private let feed: LiveFeed

        init?(_ feed: LiveFeed) {
            let isFree = feed.state.withLockedValue { state in
                guard state.listeners < LiveFeed.mostListeners else { return false }
                state.listeners += 1
                return true
            }
            guard isFree else { return nil }
            self.feed = feed
        }

        deinit { feed.state.withLockedValue { $0.listeners -= 1 } }
    }

    private let store: any ServiceStore
    private let clock: any WallClock
    private let state = NIOLockedValueBox(State())

    init(_ store: any ServiceStore, clock: any WallClock) {
        self.store = store
        self.clock = clock
    }

    /// Somebody who listens.
    struct Listener: Sendable {
        /// What they know; `nil` for nothing.
        let ends: ListEnds?
        /// What they may see.
        let masking: Masking
        /// Whether they may still listen.
        let holds: @Sendable () async -> Bool
    }

    /// A body for one more listener.
    ///
    /// - Parameter listener: Who it is for.
    /// - Returns: The body, which ends when they may listen no more.
    /// - Throws: ``APIProblem`` when there is no place.
    func body(for listener: Listener) throws(APIProblem) -> ReplyStream {
        guard let place = Place(self) else {
            let detail = "All \(Self.mostListeners) places of those who listen are taken."
            throw APIProblem(.unavailable, detail, headers: [.retryAfter: "5"])
        }
        return ReplyStream { [self] send in
            // What it throws says that the listener is gone, or that the service ends.
            try? await tell(listener, send)
            withExtendedLifetime(place) {}
        }
    }

    private func tell(_ listener: Listener, _ send: ReplyStream.Send) async throws {
        try await send(Array("retry: 2000\n\n".utf8))
        var told: Sight?
        var (heardAt, askedAt) = (clock.steadyNow, clock.steadyNow)
        while true {
            let now = clock.steadyNow
            if let next = try? await next(told, for: listener) {
                try await send(next.update)
                (told, heardAt) = (next.sight, now)
            } else if heardAt.duration(to: now) >= Self.heartbeat {
                try await send(Array(":\n\n".utf8))
                heardAt = now
            }
            if askedAt.duration(to: now) >= Self.heartbeat {
                guard await listener.holds() else { return }
                askedAt = now
            }
            try await clock.sleep(untilSteady: now.advanced(by: Self.pause))
        }
    }

    /// The next update for a listener; `nil` where nothing is new, or nobody knows.
    private func next(_ told: Sight?, for listener: Listener) async throws(StoreError) -> (
        sight: Sight, update: [UInt8]
    )? {
        guard let sight = try await sight(), sight.number != told?.number else { return nil }
        var (events, messages) = (sight.events - (told ?? sight).events, sight.messages - (told ?? sight).messages)
        if told == nil, let ends = listener.ends {
            let missed = try await store.growth(since: ends, through: sight.ends, upTo: Self.mostCounted)
            (events, messages) = (missed.events, missed.messages)
        }
        let json: JSON = [
            "events": .number(JSONNumber(events)), "messages": .number(JSONNumber(messages)),
            "has_more": .bool(max(events, messages) >= Self.mostCounted), "states": RouteTable.json(sight.states),
            "jobs": .array(sight.jobs.map { $0.json(listener.masking) }),
        ]
        let head = "event: update\nid: \(sight.ends)\ndata: "
        return (sight, Array(head.utf8) + json.encoded() + Array("\n\n".utf8))
    }

    // MARK: The store

    /// How everything stands, as of a moment ago; `nil` where nobody knows yet.
    private func sight() async throws(StoreError) -> Sight? {
        let now = clock.steadyNow
        let (known, isMine) = state.withLockedValue { state in
            let isFresh = state.lookedAt.map { $0.duration(to: now) < Self.pause } ?? false
            guard !isFresh, !state.isLooking else { return (state.sight, false) }
            state.isLooking = true
            return (state.sight, true)
        }
        guard isMine else { return known }
        let found: Result<Sight, StoreError>
        do throws(StoreError) {
            found = .success(try await look(known))
        } catch {
            found = .failure(error)
        }
        state.withLockedValue { state in
            (state.isLooking, state.lookedAt) = (false, now)
            if case .success(let sight) = found { state.sight = sight }
        }
        return try found.get()
    }

    private func look(_ known: Sight?) async throws(StoreError) -> Sight {
        let growth = try await store.growth(since: known?.ends, through: nil, upTo: Self.mostCounted)
        var sight = Sight(ends: growth.ends)
        sight.events = (known?.events ?? 0) + growth.events
        sight.messages = (known?.messages ?? 0) + growth.messages
        sight.states = try await store.countsByState()
        sight.jobs = try await store.jobs(JobFilter(state: .running, limit: 100)).elements
        let isSame = known?.ends == sight.ends && known?.states == sight.states && known?.jobs == sight.jobs
        sight.number = (known?.number ?? 0) + (isSame ? 0 : 1)
        return sight
    }
}
