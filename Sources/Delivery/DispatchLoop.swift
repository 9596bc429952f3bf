// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Logging
import Outbox

/// The dispatcher's one loop, and all the state it has.
struct DispatchLoop {
    private let dispatcher: Dispatcher
    private var desk: DispatchDesk
    private var random: any RandomNumberGenerator & Sendable
    /// What has ended and is not in the store yet.
    private var unsettled: [Settlement] = []
    private var storeFailure: StoreError?
    /// When requests that still run are cancelled; set when the dispatcher stops.
    private var drainEnds: Timestamp?
    private var hasCancelled = false

    init(_ dispatcher: Dispatcher) {
        self.dispatcher = dispatcher
        desk = DispatchDesk(dispatcher.accounts, settings: dispatcher.settings)
        random = dispatcher.random
    }

    /// Runs until it was told to stop and everything is settled, or the drain is over.
    mutating func run(_ requests: inout DiscardingTaskGroup) async {
        for account in desk.accounts.keys { dispatcher.metrics.circuitOpen(false, account: account) }
        publish()
        while true {
            noteStop()
            conclude()
            await exchange(&requests)
            publish()
            if isDone { break }
            await rest(&requests)
        }
        guard !unsettled.isEmpty else { return }
        dispatcher.logger.error(
            "Stopped before the store knew how these attempts ended; their messages will count as uncertain",
            metadata: ["count": "\(unsettled.count)"]
        )
    }

    private var now: Timestamp { dispatcher.clock.now }

    private var isDone: Bool {
        guard let drainEnds, desk.inFlight == 0 else { return false }
        return unsettled.isEmpty || now >= drainEnds || Task.isCancelled
    }

    private mutating func noteStop() {
        guard drainEnds == nil, dispatcher.isStopping || Task.isCancelled else { return }
        drainEnds = now.advanced(by: dispatcher.settings.drain)
        publish()
        dispatcher.observer.observe(.draining(inFlight: desk.inFlight))
    }

    /// Takes the attempts that have ended, and decides what becomes of their messages.
    private mutating func conclude() {
        for ended in dispatcher.inbox.take() {
            let outcome = ended.attempt.outcome
            let account = ended.message.account
            dispatcher.metrics.attemptEnded(outcome.name, account: account, duration: ended.attempt.duration)
            dispatcher.observer.observe(.attemptEnded(ended.message.id, outcome.name))
            let change = desk.ended(outcome, of: ended.message, at: ended.at)
            dispatcher.announce(change, of: account, detail: outcome.detail)
            unsettled.append(settlement(of: ended))
        }
    }

    private mutating func settlement(of ended: AttemptInbox.Ended) -> Settlement {
        var machine = ended.message.machine()
        do {
            let policy = dispatcher.settings.retry
            let action = try machine.attemptEnded(ended.attempt.outcome, at: ended.at, policy: policy, using: &random)
            if case .pauseAccount = action { return Settlement(of: ended.message, machine, attempt: nil, at: ended.at) }
        } catch {
            preconditionFailure("a claimed message is 'sending', and that takes every outcome: \(error)")
        }
        return Settlement(of: ended.message, machine, attempt: ended.attempt, at: ended.at)
    }

    /// Settles and claims at the same time, so that both share a commit, and sends what was claimed.
    private mutating func exchange(_ requests: inout DiscardingTaskGroup) async {
        let quotas = drainEnds == nil ? desk.quotas(at: now) : []
        let store = dispatcher.store
        let settlements = unsettled
        async let settled = Self.attempting { () throws(StoreError) in try await store.settle(settlements) }
        let claimed = await claim(quotas)
        let results = await settled
        if !quotas.isEmpty || !settlements.isEmpty { storeFailure = failure(of: claimed) ?? failure(of: results) }
        if case .success(let results) = results { note(settlements, results) }
        if case .success(let messages) = claimed { send(messages, &requests) }
    }

    private func claim(_ quotas: [ClaimQuota]) async -> Result<[ClaimedMessage], StoreError> {
        guard !quotas.isEmpty else { return .success([]) }
        let (store, lease, time) = (dispatcher.store, dispatcher.settings.lease, now)
        return await Self.attempting { () throws(StoreError) in
            try await store.claim(quotas, lease: lease, now: time)
        }
    }

    private mutating func note(_ settlements: [Settlement], _ results: [SettlementResult]) {
        unsettled.removeFirst(settlements.count)
        for (settlement, result) in zip(settlements, results) {
            dispatcher.observer.observe(.settled(settlement.message, settlement.state, result))
            if result != .settled { logLate(settlement, result) }
        }
    }

    private mutating func send(_ messages: [ClaimedMessage], _ requests: inout DiscardingTaskGroup) {
        guard !messages.isEmpty else { return }
        desk.claimed(messages, at: now)
        dispatcher.observer.observe(.claimed(messages.map(\.id)))
        for message in messages { dispatch(message, &requests) }
    }

    private func logLate(_ settlement: Settlement, _ result: SettlementResult) {
        dispatcher.logger.warning(
            "An attempt ended after its lease had run out",
            metadata: ["message.id": "\(settlement.message)", "result": "\(result)"]
        )
    }

    private func failure(of result: Result<some Any, StoreError>) -> StoreError? {
        guard case .failure(let error) = result else { return nil }
        dispatcher.logger.error("The store failed", metadata: ["code": "\(error.code)", "reason": "\(error.reason)"])
        dispatcher.metrics.storeFailed(error.code)
        dispatcher.observer.observe(.storeFailed(error.code))
        return error
    }

    /// Sends a message beside the loop; gives it back when the dispatcher was told to stop meanwhile.
    private mutating func dispatch(_ message: ClaimedMessage, _ requests: inout DiscardingTaskGroup) {
        guard !dispatcher.isStopping, !Task.isCancelled else { return giveBack(message) }
        let (sender, clock, inbox, doorbell) = (
            dispatcher.sender, dispatcher.clock, dispatcher.inbox, dispatcher.doorbell
        )
        requests.addTask {
            let start = clock.now
            let outcome = await sender.send(message.request, account: message.account)
            let end = clock.now
            let duration = start.duration(to: end)
            let attempt = Attempt(number: message.claim, startedAt: start, duration: duration, outcome: outcome)
            inbox.add(AttemptInbox.Ended(message: message, attempt: attempt, at: end))
            doorbell.ring()
        }
    }

    private mutating func giveBack(_ message: ClaimedMessage) {
        var machine = message.machine()
        do {
            _ = try machine.release(at: now, because: "the service stopped before it was sent")
        } catch {
            preconditionFailure("a claimed message is 'sending', and can be given back: \(error)")
        }
        desk.gaveBack(message, at: now)
        unsettled.append(Settlement(of: message, machine, attempt: nil, at: now))
        dispatcher.doorbell.ring()
    }

    /// Waits until there is something to do.
    private mutating func rest(_ requests: inout DiscardingTaskGroup) async {
        guard let drainEnds else {
            guard let deadline = await nextTime() else { return }
            dispatcher.observer.observe(.idle(until: deadline))
            return await dispatcher.doorbell.untilRung(or: deadline, on: dispatcher.clock)
        }
        guard now < drainEnds, !Task.isCancelled else {
            if !hasCancelled { requests.cancelAll() }
            hasCancelled = true
            return await dispatcher.doorbell.untilRung()
        }
        let retry = unsettled.isEmpty ? drainEnds : min(drainEnds, now.advanced(by: .seconds(1)))
        await dispatcher.doorbell.untilRung(or: retry, on: dispatcher.clock)
    }

    /// When there is something to do at the latest; `nil` when there is now.
    ///
    /// The poll bounds it, so that a wake-up that got lost heals.
    private mutating func nextTime() async -> Timestamp? {
        let (time, store, ready) = (now, dispatcher.store, desk.ready(at: now))
        let poll = time.advanced(by: dispatcher.settings.poll)
        guard storeFailure == nil else { return poll }
        let due = await Self.attempting { () throws(StoreError) in
            ready.isEmpty ? nil : try await store.nextDue(accounts: ready)
        }
        storeFailure = failure(of: due)
        let candidates = [poll, desk.nextChance(after: time), (try? due.get()) ?? nil].compactMap(\.self)
        let next = candidates.min() ?? poll
        return next <= time ? nil : next
    }

    private func publish() {
        var status = DeliveryStatus()
        status.isRunning = drainEnds == nil
        status.storeFailure = storeFailure
        status.accounts = desk.accounts.mapValues { desk in
            let pause = desk.pause.pause
            return .init(
                inFlight: desk.inFlight,
                pausedSince: pause?.since,
                pauseReason: pause?.reason,
                circuit: desk.circuit.opening
            )
        }
        dispatcher.publish(status)
        dispatcher.metrics.inFlight(desk.inFlight)
    }

    private static func attempting<Value: Sendable>(
        _ body: @Sendable () async throws(StoreError) -> Value
    ) async -> Result<Value, StoreError> {
        do throws(StoreError) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
