// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import NIOConcurrencyHelpers
import Outbox
import PostgresConnection

/// A node's line to the others: it says that it lives, calls when something became due, and hears when others call.
///
/// One connection with a thread, to the database itself and never in a transaction for longer than a statement takes: whoever
/// listens inside of one holds up the queue of calls for all. Calls are no part of the transactions that they tell of, since a
/// transaction that calls has the whole server's commits wait for its own; they say nothing but that somebody should look, and
/// there are ten a second at most. What gets lost heals by the look that everybody takes anyway. A line that is silent shows
/// itself by a beat that is not answered.
final class NodeLink: Sendable {
    /// What is to be known of a node beside the address.
    struct Settings: Sendable {
        /// Under which name it lives; no other has the same.
        let node: String
        /// Which build it is.
        let build: String
        /// Where it listens for senders.
        let address: String
        /// How often it says that it lives.
        let beats: Duration
        /// How long whoever leads does so without a further beat.
        let term: Duration
        /// How often it tries whether calls arrive, and how long one may take.
        let trials: Duration
        let patience: Duration

        init(_ membership: PostgresOutbox.Membership, node: String) {
            self.node = node
            (build, address) = (membership.build, membership.address)
            (beats, term) = (membership.beats, membership.term)
            (trials, patience) = (membership.trials, membership.patience)
        }
    }

    private struct State {
        var isClosed = false
        /// Whether the others are to be told that something became due.
        var owesCall = false
        /// Until when this node leads, by its own clock that only passes.
        var leadsUntil: ContinuousClock.Instant?
        /// Whether calls arrive; `nil` while nobody knows.
        var hears: Bool?
        /// How many nodes lived at the last beat.
        var nodes = 1
        /// When the call left with which that is tried, until it comes back or has had time enough.
        var tried: ContinuousClock.Instant?
        /// How long the last one took.
        var roundTrip: Duration?
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let address: PostgresAddress
    private let options: PostgresSession.Options
    private let settings: Settings
    private let clock: DatabaseClock
    private let bells: Bells
    private var wakeUps: WakeUps { bells.wakeUps }
    /// What is done with each beat of a node that leads; it must not wait.
    private let lead: @Sendable () -> Void
    /// Calls on a channel over another connection than this one, and says before that it does, and whether it could.
    private let tryCall: Trial
    /// On which this node alone listens, to try whether calls arrive.
    private let ownChannel = "hookline_" + UUID().uuidString.replacing("-", with: "").lowercased()
    private let alarm = Alarm()
    private let state = NIOLockedValueBox(State())

    /// See ``tryCall``.
    typealias Trial = @Sendable (_ channel: String, _ leaves: @escaping @Sendable (_ isCalled: Bool) -> Void) -> Void

    private static let channel = "hookline"
    /// On which a leader says that it leads no longer.
    private static let resignation = "leader_of_hookline"
    /// How close together calls are.
    private static let pause: Duration = .milliseconds(100)
    /// How long a statement of it may take.
    static let patience: Duration = .seconds(10)

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - address: The database, without a pooler.
    ///   - options: How to connect.
    ///   - settings: What is to be known of the node.
    ///   - clock: Set with each beat.
    ///   - bells: Who hears calls of others, and what this node has to tell.
    ///   - lead: What is done with each beat of a node that leads; it must not wait.
    ///   - tryCall: Calls over another connection, as others do: behind a pooler a call of one's own connection comes back though
    ///     those of others are lost. It must not wait.
    init(
        to address: PostgresAddress,
        _ options: PostgresSession.Options,
        _ settings: Settings,
        clock: DatabaseClock,
        bells: Bells,
        lead: @escaping @Sendable () -> Void,
        tryCall: @escaping Trial
    ) {
        (self.address, self.options, self.settings, self.clock) = (address, options, settings, clock)
        (self.bells, self.lead, self.tryCall) = (bells, lead, tryCall)
        let thread = Thread { [self] in work() }
        thread.name = "postgres nodes"
        thread.start()
    }

    /// Has the others told that something became due.
    func call() {
        state.withLockedValue { $0.owesCall = true }
        alarm.ring()
    }

    /// Whether this node leads, as far as it can be sure of it.
    var leads: Bool {
        state.withLockedValue { $0.leadsUntil.map { $0 > .now } ?? false }
    }

    /// How many nodes live, as of the last beat.
    var nodes: Int { state.withLockedValue(\.nodes) }

    /// Whether calls between nodes arrive, as far as it was tried.
    var calls: StoreStanding.Calls {
        state.withLockedValue { state in
            switch state.hears {
            case true?: .notify(roundTrip: state.roundTrip)
            case false?: .poll
            case nil: .unknown
            }
        }
    }

    /// Says that the node ends, and ends the connection.
    func close() async {
        state.withLockedValue { $0.isClosed = true }
        alarm.ring()
        await withCheckedContinuation { waiter in
            let hasEnded = state.withLockedValue { state in
                if !state.hasEnded { state.waiters.append(waiter) }
                return state.hasEnded
            }
            if hasEnded { waiter.resume() }
        }
    }

    private var isClosed: Bool { state.withLockedValue(\.isClosed) }

    private func work() {
        var connector = PostgresConnector(to: address, options)
        while !isClosed {
            switch connector.session() {
            case .failure: alarm.wait(until: ContinuousClock.now.advanced(by: .seconds(1)))
            case .success(let session): serve(session)
            }
        }
        state.withLockedValue { $0.leadsUntil = nil }
        if case .success(let session) = connector.session() { resign(session) }
        connector.end()
        let waiters = state.withLockedValue { state in
            state.hasEnded = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Serves until the connection ends or the node does.
    private func serve(_ session: PostgresSession) {
        do {
            for channel in [Self.channel, Self.resignation, ownChannel] {
                try run(PostgresQuery("LISTEN \(channel)", prepared: false), session)
            }
            // The others may have called while nobody listened.
            bells.hear(Timestamp(seconds: 0))
            wakeUps.heard()
            state.withLockedValue { ($0.owesCall, $0.hears, $0.tried) = (true, nil, nil) }
            var (nextBeat, nextCall, nextTrial) = (ContinuousClock.now, ContinuousClock.now, ContinuousClock.now)
            while !isClosed {
                if nextTrial <= .now {
                    nextTrial = ContinuousClock.now.advanced(by: settings.trials)
                    tryCalls()
                }
                if nextBeat <= .now {
                    nextBeat = ContinuousClock.now.advanced(by: settings.beats)
                    try beat(session)
                }
                let owesCall = state.withLockedValue(\.owesCall)
                if owesCall, nextCall <= .now {
                    nextCall = ContinuousClock.now.advanced(by: Self.pause)
                    try call(session)
                    continue
                }
                let until = owesCall ? min(nextBeat, nextCall) : nextBeat
                if hear(try session.notifications(until: until, or: alarm)) { nextBeat = .now }
            }
        } catch {
            // Another connection is tried, and until then nobody hears of anything but by looking.
            state.withLockedValue { $0.hears = false }
            if session.isUsable { alarm.wait(until: ContinuousClock.now.advanced(by: .seconds(1))) }
        }
    }

    /// Whoever hears nothing in time does not hear.
    private func tryCalls() {
        tryCall(ownChannel) { [state] isCalled in
            state.withLockedValue { $0.tried = isCalled ? $0.tried ?? .now : nil }
        }
    }

    private func word() -> NodeRows.Word {
        let hears = state.withLockedValue { state in
            if let tried = state.tried, tried.duration(to: .now) > settings.patience {
                (state.hears, state.tried) = (false, nil)
            }
            return state.hears
        }
        return NodeRows.Word(
            node: settings.node,
            build: settings.build,
            address: settings.address,
            offset: clock.offset ?? .zero,
            hears: hears,
            leads: leads
        )
    }

    private func beat(_ session: PostgresSession) throws {
        let (begin, asked) = (ContinuousClock.now, clock.steadyNow)
        let query = NodeRows.beat(word(), term: settings.term)
        guard let beat = try NodeRows.found(run(query, session)) else { return }
        clock.hear(beat.time, asked: asked, answered: clock.steadyNow)
        // From before it was asked: the database counts from later on.
        state.withLockedValue { state in
            state.leadsUntil = beat.term == nil ? nil : begin.advanced(by: settings.term)
            state.nodes = beat.nodes
        }
        if beat.term != nil { lead() }
    }

    private func call(_ session: PostgresSession) throws {
        state.withLockedValue { $0.owesCall = false }
        // What is due since lately the others find by themselves.
        let lately = clock.now.advanced(by: .zero - ClaimFloors.margin / 2)
        let due = wakeUps.takeDue()
        do {
            try Self.call(Self.channel, session, saying: due.flatMap { $0 < lately ? $0 : nil })
        } catch {
            // The next connection tells it.
            if let due { wakeUps.put(due) }
            throw error
        }
    }

    /// Takes calls in.
    ///
    /// - Returns: Whether nobody leads any more.
    private func hear(_ calls: [PostgresNotification]) -> Bool {
        guard !calls.isEmpty else { return false }
        if calls.contains(where: { $0.channel == ownChannel }) { hearTrial() }
        let others = calls.filter { !$0.isOwn }
        let rings = others.filter { $0.channel == Self.channel }
        if let due = rings.compactMap({ Int64($0.payload) }).min() { bells.hear(Timestamp(microseconds: due)) }
        if !rings.isEmpty { wakeUps.heard() }
        return others.contains { $0.channel == Self.resignation }
    }

    private func hearTrial() {
        state.withLockedValue { state in
            if let tried = state.tried { state.roundTrip = tried.duration(to: .now) }
            (state.hears, state.tried) = (true, nil)
        }
    }

    private func resign(_ session: PostgresSession) {
        let deadline = ContinuousClock.now.advanced(by: .seconds(2))
        // Where that fails the others find out by the time.
        try? session.transaction(by: deadline) { transaction in
            for query in NodeRows.resignations(of: settings.node) { transaction.write(query) }
            transaction.write(PostgresQuery("NOTIFY \(Self.resignation)", prepared: false))
        }
    }

    @discardableResult
    private func run(_ query: PostgresQuery, _ session: PostgresSession) throws -> PostgresRows {
        try session.rows(query, by: ContinuousClock.now.advanced(by: Self.patience))
    }
}

extension NodeLink {
    /// Calls, in a transaction that stores nothing, so that nobody waits for a disk or a standby.
    ///
    /// - Parameters:
    ///   - channel: Who hears it.
    ///   - session: Over which connection.
    ///   - due: When the first message is due that got in line late; the call's payload is its microseconds since 1970.
    /// - Throws: ``PostgresError``.
    static func call(_ channel: String, _ session: PostgresSession, saying due: Timestamp? = nil) throws {
        try session.transaction(by: ContinuousClock.now.advanced(by: patience)) { transaction in
            transaction.write(PostgresQuery("SET LOCAL synchronous_commit = off", prepared: false))
            transaction.write(ring(channel, due))
        }
    }

    /// Tells the nodes that something became due, for a tool beside them.
    static func call(_ session: PostgresSession, saying due: Timestamp?) throws {
        _ = try session.rows(ring(channel, due), by: ContinuousClock.now.advanced(by: .seconds(5)))
    }

    private static func ring(_ channel: String, _ due: Timestamp?) -> PostgresQuery {
        PostgresQuery("NOTIFY \(channel), '\(due.map { String($0.microseconds) } ?? "")'", prepared: false)
    }
}
