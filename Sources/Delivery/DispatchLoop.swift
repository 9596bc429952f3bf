// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Logging
import Messages
import Outbox
import PartnerAPI
import Traces

/// The dispatcher's one loop, and all the state it has.
///
/// What it keeps in memory (paces, pauses, its own sleep) is measured on the clock's steady line; what the store keeps
/// is in wall time. When somebody sets the wall clock, the store follows before anything that waited is claimed.
struct DispatchLoop {
    let dispatcher: Dispatcher
    var throttle: DispatchThrottle
    var random: any RandomNumberGenerator & Sendable
    /// What has ended and is not in the store yet.
    private(set) var unsettled: [Settlement] = []
    /// Where the attempts of those stand in traces that are recorded.
    private var spans: [MessageID: TraceContext] = [:]
    /// How each thing that was asked of the store failed last, if it did.
    private var failures: [Asking: StoreError] = [:]
    private var outage = StoreOutage()
    var watch: ClaimWatch
    private(set) var steps: ClockSteps
    private var tries = Tries()
    /// When requests that still run are cancelled, on the steady line; set when the dispatcher stops.
    var drainEnds: Timestamp?
    private var hasCancelled = false
    /// Whether what an earlier run left behind is known, as far as paces need it.
    var remembers: Bool
    /// When the store was asked last who of those of an account that have places still waits.
    var placesSeen: [String: Timestamp] = [:]
    /// When it was looked last how accounts stand that do not send, where other nodes send of them too.
    var standingsSeen: Timestamp?
    /// Until when nothing is claimed of portfolios, by their index, of which the nodes did not agree; on the steady line.
    var disagreements: [Int: Timestamp] = [:]
    /// Until when the store is not asked of portfolios, by their index, at which it failed last; on the steady line.
    var troubles: [Int: Timestamp] = [:]
    /// What has happened that messages in the store wait for, and the store has not heard of wholly.
    var news: [News]

    init(_ dispatcher: Dispatcher) {
        self.dispatcher = dispatcher
        let isShared = dispatcher.paces != nil
        throttle = DispatchThrottle(dispatcher.accounts, settings: dispatcher.settings, isShared: isShared)
        random = dispatcher.random
        steps = ClockSteps(lead: dispatcher.clock.lead)
        watch = ClaimWatch(poll: dispatcher.settings.poll)
        remembers = throttle.paces.isEmpty
        // What had stopped is forgotten by a new run, which asks the partner again; unless other nodes know it.
        news = dispatcher.accounts.map {
            News(account: $0.name, condition: nil, reason: "the service began anew, and asks again")
        }
    }

    /// Runs until it was told to stop and everything is settled, or the drain is over.
    mutating func run() async {
        for account in throttle.accounts.keys { dispatcher.metrics.circuitOpen(false, account: account) }
        publish()
        while true {
            noteStop()
            await followClock()
            if !remembers { await remember() }
            lookAtTemplates()
            let ended = dispatcher.inbox.take()
            if dispatcher.paces != nil { await hear(before: ended) }
            conclude(ended)
            hearReports()
            await exchange()
            // Not before: what is held in memory and not in the store yet, the store cannot let go on.
            if !news.isEmpty { await tell() }
            publish()
            if isDone { break }
            await rest()
        }
        guard !unsettled.isEmpty else { return }
        dispatcher.logger.error(
            "stopped before the store knew how these attempts ended; their messages will count as uncertain",
            metadata: ["count": "\(unsettled.count)"]
        )
    }

    /// How long nothing is asked of a store that has failed.
    var storePause: Duration { min(dispatcher.settings.poll, .seconds(5)) }

    var now: Timestamp { dispatcher.clock.now }

    var steady: Timestamp { dispatcher.clock.steadyNow }

    private var isDone: Bool {
        guard let drainEnds, throttle.inFlight == 0 else { return false }
        return unsettled.isEmpty && !watch.isStanding && !owesNews || steady >= drainEnds || Task.isCancelled
    }

    private mutating func noteStop() {
        guard drainEnds == nil, dispatcher.isStopping || Task.isCancelled else { return }
        drainEnds = steady.advanced(by: dispatcher.settings.drain)
        publish()
        dispatcher.observer.observe(.draining(inFlight: throttle.inFlight))
    }

    /// When the wall clock was set, has the store move what was reckoned in spans; until it has, nothing that waited is
    /// claimed.
    private mutating func followClock() async {
        if let step = steps.look(lead: dispatcher.clock.lead) { dispatcher.announce(step: step) }
        guard steps.pending != .zero else { return }
        let (store, pending, now) = (dispatcher.store, steps.pending, now)
        let followed = await Self.attempting { () throws(StoreError) in try await store.follow(pending, at: now) }
        heed(followed, of: .follow)
        guard case .success(let moved) = followed else { return }
        steps.followed()
        watch.rang()
        dispatcher.observer.observe(.clockFollowed(pending, messages: moved))
    }

    /// Decides what becomes of the messages whose attempts have ended.
    private mutating func conclude(_ attempts: [AttemptInbox.Ended]) {
        for ended in attempts {
            let (judged, change) = throttle.ended(ended, dispatcher.templates, at: steady)
            let outcome = tries.counted(judged, of: ended.message.id)
            let account = ended.message.account
            dispatcher.metrics.attemptEnded(outcome.name, account: account, duration: ended.attempt.duration)
            dispatcher.observer.observe(.attemptEnded(ended.message.id, outcome.name))
            dispatcher.announce(change, of: account, because: outcome.detail?.reason)
            if let detail = outcome.detail, let code = detail.metaCode {
                dispatcher.announce(code, detail, ended.message)
            }
            unsettled.append(settlement(of: ended, outcome))
            if let span = ended.span { spans[ended.message.id] = span }
        }
    }

    private mutating func settlement(of ended: AttemptInbox.Ended, _ outcome: Outcome) -> Settlement {
        // A jump ahead during the attempt is no time in which it could have been tried.
        let jump = max(.zero, dispatcher.clock.lead - ended.lead)
        let at = dispatcher.clock.wallTime(ofSteady: ended.steady)
        var machine = ended.message.machine(laterBy: jump < ClockSteps.smallest ? .zero : jump)
        do {
            let policy = dispatcher.settings.retry
            let brake = throttle.brake(of: ended.message.account)
            try machine.attemptEnded(outcome, at: at, policy: policy, brake: brake, using: &random)
        } catch {
            preconditionFailure("a claimed message is 'sending', and that takes every outcome: \(error)")
        }
        return Settlement(of: ended.message, machine, attempt: ended.attempt.ended(outcome), at: at)
    }

    /// Settles what has ended and claims what is due, and sends what was claimed, here or along with its commit.
    private mutating func exchange() async {
        resume()
        await send(dispatcher.riding.take())
        let hasRung = dispatcher.hasRung()
        if hasRung { watch.rang() }
        let mayClaim = drainEnds == nil && steps.pending == .zero && remembers
        if dispatcher.paces != nil { await share(mayClaim: mayClaim, hasRung: hasRung) }
        let quotas = mayClaim ? quotasWorthAsking() : []
        let (settlements, begun) = (unsettled, steady)
        let withdraws = !mayClaim && watch.isStanding
        guard !settlements.isEmpty || withdraws || watch.asks(for: quotas, now: now, steady: steady) else { return }
        let (store, lease, time) = (dispatcher.store, dispatcher.settings.lease, now)
        let riding = mayClaim ? dispatcher.riding : nil
        let exchanged = await Self.attempting { () throws(StoreError) in
            try await store.exchange(settlements, quotas, lease: lease, now: time, riding: riding)
        }
        heed(exchanged, of: .exchange)
        guard case .success(let exchange) = exchanged else { return watch.rang() }
        // Where no room stands with the store, what was not asked is known from before.
        if dispatcher.paces == nil || !quotas.isEmpty || withdraws { watch.exchanged(quotas, exchange, steady: steady) }
        note(settlements, exchange.results)
        heed(exchange.standings)
        for hold in exchange.holds { dispatcher.metrics.held(hold) }
        // What rode along before room was withdrawn was handed over before the exchange ended.
        await send(exchange.claimed, claimedAt: begun)
        await send(dispatcher.riding.take())
        if dispatcher.paces != nil { await noteClaims(exchange.claimed, of: quotas) }
    }

    private mutating func note(_ settlements: [Settlement], _ results: [SettlementResult]) {
        unsettled.removeFirst(settlements.count)
        for (settlement, result) in zip(settlements, results) {
            dispatcher.held.remove(settlement.message)
            if !spans.isEmpty, let span = spans.removeValue(forKey: settlement.message) {
                dispatcher.tracer.record(settlement, result, inside: span, at: now)
            }
            dispatcher.observer.observe(.settled(settlement.message, settlement.state, result))
            if result != .settled { logLate(settlement, result) }
        }
    }

    /// Hands messages to the sender, all at once; gives them back when the dispatcher was told to stop meanwhile, or when it
    /// stood still for so long that they may be another's before an attempt could end.
    ///
    /// - Parameters:
    ///   - messages: What was claimed.
    ///   - begun: When the claim began at the latest, on the steady line; what the claims say themselves if left out.
    private mutating func send(_ messages: [ClaimedMessage], claimedAt begun: Timestamp? = nil) async {
        guard !messages.isEmpty else { return }
        let begun = begun ?? steady.advanced(by: .zero - (messages.map(age).max() ?? .zero))
        dispatcher.held.add(messages, until: begun.advanced(by: dispatcher.settings.lease))
        let resting = resting(messages)
        throttle.claimed(messages, at: steady)
        dispatcher.observer.observe(.claimed(messages.map(\.id)))
        guard !dispatcher.isStopping, !Task.isCancelled else {
            for message in messages { giveBack(message, because: "the service stopped before it was sent") }
            return
        }
        await freePlaces(before: messages)
        guard steady < begun.advanced(by: dispatcher.settings.trust) else {
            for message in messages { giveBack(message, because: "it was claimed too long ago to be sent") }
            return
        }
        for message in messages where resting.contains(message.account) {
            giveBack(message, because: "another node heard that the account has to wait")
        }
        var free: [ClaimedMessage] = []
        for message in messages where !resting.contains(message.account) && !holdBack(message) {
            if let warning = throttle.left(message, at: steady) { dispatcher.announce(warning) }
            free.append(message)
        }
        let counted = dispatcher.paces == nil ? [:] : throttle.paces.sharedPortfolios(of: free)
        if !counted.isEmpty {
            let ids = Set(counted.values.joined().map(\.id))
            let others = free.filter { !ids.contains($0.id) }
            if !others.isEmpty { handOver(others) }
            free = await agree(on: counted, until: begun.advanced(by: dispatcher.settings.trust))
        }
        if !free.isEmpty { handOver(free) }
    }

    /// The accounts of messages that must not leave by what other nodes told meanwhile.
    private func resting(_ messages: [ClaimedMessage]) -> Set<String> {
        guard dispatcher.paces != nil else { return [] }
        return Set(messages.map(\.account)).filter { throttle.accounts[$0]?.mustRest(at: steady) == true }
    }

    /// How long ago a message was claimed, by the wall clock.
    private func age(_ message: ClaimedMessage) -> Duration {
        max(.zero, message.claimedAt.duration(to: now))
    }

    /// Lets requests leave, which ring the doorbell when they end.
    private func handOver(_ messages: [ClaimedMessage]) {
        let (clock, inbox, doorbell) = (dispatcher.clock, dispatcher.inbox, dispatcher.doorbell)
        let (wall, start, tracer) = (clock.now, clock.steadyNow, dispatcher.tracer)
        dispatcher.sender.send(messages.map { Sending(request: $0.request, account: $0.account) }) { ends in
            let end = clock.steadyNow
            let attempts = ends.map { ended in
                let message = messages[ended.index]
                var attempt = AttemptInbox.Ended(message, ended.outcome, from: start, wall: wall, to: end)
                if tracer.isOn { attempt.span = tracer.record(attempt, from: wall) }
                return attempt
            }
            if inbox.add(attempts) { doorbell.ring() }
        }
    }

    private func logLate(_ settlement: Settlement, _ result: SettlementResult) {
        dispatcher.logger.warning(
            "an attempt ended after its lease had run out",
            metadata: ["message.id": "\(settlement.message)", "result": "\(result)"]
                .with(settlement.trace)
        )
    }

    /// What the store is asked for until it is done, each of which may fail while others do not.
    enum Asking: CaseIterable {
        case exchange, follow, memory, news, paces, portfolios
    }

    /// How the store failed, where it did not do what was asked last.
    private var storeFailure: StoreError? { Asking.allCases.lazy.compactMap { failures[$0] }.first }

    /// Notes whether the store did what it was asked.
    ///
    /// - Parameters:
    ///   - result: What it did.
    ///   - asking: What it was asked, if that is asked again until it is done.
    mutating func heed(_ result: Result<some Any, StoreError>, of asking: Asking? = nil) {
        if let asking { failures[asking] = nil }
        guard case .failure(let error) = result else {
            if failures.isEmpty { tell(outage.worked(at: steady)) }
            return
        }
        if let asking { failures[asking] = error }
        tell(outage.failed(error, at: steady))
        dispatcher.metrics.storeFailed(error.code)
        dispatcher.observer.observe(.storeFailed(error.code))
    }

    private func tell(_ line: StoreOutage.Line?) {
        line?.tell(.ofMessages, to: dispatcher.logger)
    }

    /// Defers a claimed message that must not leave yet, for what was learnt of its account, recipient or template.
    ///
    /// - Returns: Whether it is one.
    private mutating func holdBack(_ message: ClaimedMessage) -> Bool {
        guard !throttle.isStopped(message.account) else {
            giveBack(message, because: "the account stopped before it was sent")
            return true
        }
        guard let hold = throttle.hold(message, dispatcher.templates, at: steady) else { return false }
        holdBack(message, hold)
        return true
    }

    mutating func holdBack(_ message: ClaimedMessage, _ hold: HeldBack) {
        let until = dispatcher.clock.wallTime(ofSteady: hold.until)
        let (policy, time) = (dispatcher.settings.retry, now)
        let turn = hold.waitsForTime ? "; its turn is at \(until.rfc3339)" : ""
        let reason = "\(hold.gate?.words ?? "")\(hold.reason)\(turn)"
        if let gate = hold.gate { dispatcher.metrics.held(gate, "deferred") }
        giveBack(message) { machine throws(MessageStateMachine.IllegalTransition) in
            try machine.holdBack(
                until: hold.waitsForTime ? until : nil,
                at: time,
                policy: policy,
                because: reason,
                condition: hold.condition,
                isOwn: hold.isOfTemplate
            )
        }
        dispatcher.observer.observe(.heldBack(message.id))
    }

    mutating func giveBack(_ message: ClaimedMessage, because reason: String) {
        let time = now
        giveBack(message) { machine throws(MessageStateMachine.IllegalTransition) in
            try machine.release(at: time, because: reason)
        }
    }

    private mutating func giveBack(
        _ message: ClaimedMessage,
        _ body: (inout MessageStateMachine) throws(MessageStateMachine.IllegalTransition) -> Void
    ) {
        var machine = message.machine()
        do {
            try body(&machine)
        } catch {
            preconditionFailure("a claimed message is 'sending', and can be given back: \(error)")
        }
        throttle.gaveBack(message, at: steady)
        unsettled.append(Settlement(of: message, machine, attempt: nil, at: now))
        dispatcher.doorbell.ring()
    }

    /// Waits until there is something to do.
    private mutating func rest() async {
        guard let drainEnds else {
            guard let deadline = nextTime() else { return }
            dispatcher.observer.observe(.idle(until: deadline))
            return await dispatcher.doorbell.untilRung(orSteady: deadline, on: dispatcher.clock)
        }
        guard steady < drainEnds, !Task.isCancelled else {
            if !hasCancelled { dispatcher.sender.cancelAll() }
            hasCancelled = true
            return await dispatcher.doorbell.untilRung()
        }
        let isClear = unsettled.isEmpty && !watch.isStanding && !owesNews
        let retry = isClear ? drainEnds : min(drainEnds, steady.advanced(by: .seconds(1)))
        await dispatcher.doorbell.untilRung(orSteady: retry, on: dispatcher.clock)
    }

    /// When there is something to do at the latest, on the steady line; `nil` when there is now.
    ///
    /// The poll bounds it, so that a wake-up that got lost heals.
    private func nextTime() -> Timestamp? {
        let time = steady
        guard !failures.keys.contains(where: { $0 != .portfolios }) else { return time.advanced(by: storePause) }
        guard news.isEmpty else { return nil }
        let ready = throttle.ready(at: time).filter(mayAgree)
        guard watch.covers(ready) else { return nil }
        let asking = ready.isEmpty ? time.advanced(by: dispatcher.settings.poll) : watch.next(now: now, steady: time)
        let telling = owesNews && troubles.isEmpty ? time.advanced(by: SharedPace.pause) : asking
        let rest = disagreements.values.filter { $0 > time }.min()
        let chances = [throttle.nextChance(after: time), troubles.values.min(), rest]
        let next = chances.compactMap(\.self).reduce(min(asking, telling), min)
        return next <= time ? nil : next
    }

    private mutating func publish() {
        throttle.lookAtWaits(at: steady)
        var status = DeliveryStatus()
        status.isRunning = drainEnds == nil
        status.storeFailure = storeFailure
        let (clock, time) = (dispatcher.clock, steady)
        for (name, used, limit) in throttle.paces.portfolios {
            status.portfolios[name] = DeliveryStatus.Portfolio(used: used, limit: limit)
            dispatcher.metrics.portfolio(name, used: used, limit: limit)
        }
        for (account, count) in throttle.paces.pairsWaiting {
            dispatcher.metrics.pairsWaiting(count, account: account)
        }
        status.accounts = throttle.accounts.mapValues { DeliveryStatus.Account($0, at: time, on: clock) }
        dispatcher.publish(status)
        dispatcher.metrics.inFlight(throttle.inFlight)
    }

    static func attempting<Value: Sendable>(
        _ body: @Sendable () async throws(StoreError) -> Value
    ) async -> Result<Value, StoreError> {
        do throws(StoreError) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
