// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
package import Logging
import Messages
package import Outbox
package import Webhooks

/// The way of an event from a request to its answer: verify, decode, evaluate, store, reply.
///
/// A function from a request's head and bytes to a reply that knows no HTTP library. The reply of an accepted event
/// is made after its commit: what got a 2xx is on disk, with the messages that it caused.
package struct Intake: HTTPEndpoint {
    static let healthCheckPath = "/healthz"
    /// A health check needs no body; some send one all the same.
    private static let maxHealthCheckBytes = 4 * 1_024

    let sources: [String: Source]
    private let rules: RulesEngine
    private let store: any SubmissionStore
    private let certificates: CertificateCache
    private let lookUps: any EventLookUps
    private let threads: EvaluationThreads
    let clock: any WallClock
    let metrics: IntakeMetrics
    let admission: Admission
    let refusals: RefusalLog

    /// An intake over these parts.
    ///
    /// - Parameters:
    ///   - sources: Who posts to us; their paths differ.
    ///   - rules: What makes messages of events.
    ///   - store: Where both go.
    ///   - certificates: Where senders' public keys come from, for those that sign so.
    ///   - lookUps: Who looks up what thin events leave out.
    ///   - threads: Where requests are verified, decoded and evaluated.
    ///   - clock: What time it is.
    ///   - metrics: What is counted.
    ///   - logger: Receives a line for each refusal.
    package init(
        sources: [Source],
        rules: RulesEngine,
        store: any SubmissionStore,
        certificates: CertificateCache,
        lookUps: any EventLookUps = NoLookUps(),
        threads: EvaluationThreads = .shared,
        clock: any WallClock,
        metrics: IntakeMetrics,
        logger: Logger
    ) {
        self.sources = Dictionary(sources.map { ($0.path, $0) }) { first, _ in first }
        self.rules = rules
        self.store = store
        self.certificates = certificates
        self.lookUps = lookUps
        self.threads = threads
        self.clock = clock
        self.metrics = metrics
        admission = Admission(sources)
        refusals = RefusalLog(logger: logger) { store.recordRejection($0) }
        for source in sources { metrics.begin(source: source.name) }
    }

    package func maxBodyBytes(path: String) -> Int {
        sources[path]?.maxBodyBytes ?? (path == Self.healthCheckPath ? Self.maxHealthCheckBytes : 0)
    }

    package func replyToOversized(_ request: InboundRequest) async -> Reply {
        guard let source = source(of: request) else {
            return isHealthCheck(request) ? ProblemDetails(status: 413).reply() : refuseUnknown(request)
        }
        return refuse(source.oversizedRejection, source: source.name)
    }

    package func reply(to request: InboundRequest) async -> Reply {
        guard let source = source(of: request) else {
            return isHealthCheck(request) ? .plainText("ok\n") : refuseUnknown(request)
        }
        let started = clock.steadyNow
        let reply = await reply(to: request, of: source)
        metrics.intakeDuration(source: source.name, started.duration(to: clock.steadyNow))
        return reply
    }

    // MARK: Deciding

    /// What a request comes to.
    private enum Decision: Sendable {
        case answer(Reply)
        case store([Submission])
        /// Its sender's public key must be fetched first.
        case fetchKey
    }

    private func reply(to request: InboundRequest, of source: Source) async -> Reply {
        do throws(EvaluationThreads.Overload) {
            var decision = try await threads.run(of: source.name) {
                decide(source.receive(request, now: clock.now), source)
            }
            if case .fetchKey = decision { decision = await fetchKeyAndDecide(request, source) }
            switch decision {
            case .answer(let reply): return reply
            case .store(let submissions): return await store(submissions, of: source)
            case .fetchKey: return ProblemDetails(status: 503).reply(retryAfter: 60)
            }
        } catch {
            wasRefused(.overloaded, target: request.target)
            return HTTPRefusal.overloaded.problem.reply(retryAfter: 5)
        }
    }

    private func fetchKeyAndDecide(_ request: InboundRequest, _ source: Source) async -> Decision {
        await withTaskExecutorPreference(threads) {
            let reception = await certificates.receive(request, of: source, now: clock.now)
            guard case .needs(let url) = reception else { return decide(reception, source) }
            let refusal = source.refusal(without: url, because: "it was asked for twice")
            return .answer(refuse(refusal, source: source.name))
        }
    }

    /// Refuses a request, or evaluates what it holds; pure but for counting.
    private func decide(_ reception: Reception, _ source: Source) -> Decision {
        switch reception {
        case .handshake(let reply):
            metrics.event(source: source.name, result: "handshake")
            return .answer(reply)
        case .needs: return .fetchKey
        case .rejected(let rejection): return .answer(refuse(rejection, source: source.name))
        case .parked(let body):
            if let refusal = refusal(beyondRateOf: source, events: 1) { return .answer(refusal) }
            return .store([IntakeRecord.submission(parking: body)])
        case .events(let events):
            if let refusal = refusal(beyondRateOf: source, events: events.count) { return .answer(refusal) }
            return .store(events.map { submission(for: $0, of: source) })
        }
    }

    private func submission(for received: ReceivedEvent, of source: Source) -> Submission {
        let dedupe = Submission.Dedupe(key: received.dedupeKey, window: received.dedupeWindow)
        if lookUps.areNeeded(for: received.event) { return IntakeRecord.submission(awaiting: received, dedupe) }
        let plan = rules.plan(
            received.event,
            country: source.country,
            conventions: source.preset.conventions,
            allowedNumbers: source.allowedNumbers
        )
        return Submission(
            event: NewEvent(received.event, secretLabel: received.secretLabel, disposition: plan.disposition),
            messages: plan.messages,
            failures: plan.failures,
            dedupe: dedupe
        )
    }

    // MARK: Storing

    /// Stores the events of one request in one transaction.
    private func store(_ submissions: [Submission], of source: Source) async -> Reply {
        do {
            let receipts = try await store.accept(submissions)
            for (submission, receipt) in zip(submissions, receipts) {
                metrics.stored(submission, receipt)
                guard case .parked(let reason) = submission.event.disposition, !receipt.isDuplicate else { continue }
                refusals.record(parked: submission.event, because: reason)
            }
            if submissions.contains(where: { $0.pendingPayload != nil }) { lookUps.eventsArrived(of: source.name) }
            return reply(receipts, of: source)
        } catch {
            return unavailable(error, source: source.name)
        }
    }

    private func reply(_ receipts: [Receipt], of source: Source) -> Reply {
        switch source.success {
        case .fixed(let reply): reply
        case .report:
            Reply(status: 200, headers: [.contentType: "application/json"], body: Receipt.json(receipts).encoded())
        }
    }

    private func unavailable(_ error: StoreError, source: String) -> Reply {
        metrics.event(source: source, result: "unavailable")
        refusals.record(unstored: error, of: source, at: clock.now)
        return ProblemDetails(status: 503).reply(retryAfter: 5)
    }
}
