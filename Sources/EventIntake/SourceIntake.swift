// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import FairThreads
internal import HTTPTypes
internal import HTTPValues
internal import Messages
internal import NIOConcurrencyHelpers
internal import Outbox
internal import Traces
internal import Webhooks

/// The way of one source's requests to their answers: decide, store, reply.
///
/// What a request comes to is decided at once, on the thread that read it: that takes some ten microseconds for what
/// shops post, and going to another thread would take as long. Large bodies go to threads where sources take turns,
/// so that nobody's ten megabytes hold up the others.
final class SourceIntake: RequestTaker {
    /// What all sources share.
    struct Parts: Sendable {
        let rules: RulesEngine
        let store: any SubmissionStore
        let certificates: CertificateCache
        let lookUps: any EventLookUps
        let hearing: Hearing
        let threads: EvaluationThreads
        let clock: any WallClock
        let tracer: Tracer
        let refusals: RefusalLog
    }

    /// Larger bodies are decided elsewhere; one of this size, made to take long, holds others up for about a millisecond.
    static let mostBytesAtOnce = 32 * 1_024

    private static let json: HTTPFields = [.contentType: "application/json"]

    let source: Source
    let parts: Parts
    let metrics: SourceMetrics
    let rate: RateLimit?

    init(_ source: Source, _ parts: Parts, _ metrics: SourceMetrics) {
        self.source = source
        self.parts = parts
        self.metrics = metrics
        rate = source.rate.map(RateLimit.init)
    }

    var maxBodyBytes: Int { source.maxBodyBytes }

    /// Refuses a request beyond the source's rate, before any of its body is read.
    func open(_ line: RequestLine) -> Opening {
        // A check of the address causes no event, so it is never beyond a rate.
        guard let rate, source.preset.methods.contains(line.method), let wait = rate.wait(at: parts.clock.steadyNow)
        else { return .body(self) }
        return .answer(refuse(source.rateRejection(wait: wait)))
    }

    func refuseOversized(_ line: RequestLine) -> Reply {
        refuse(source.oversizedRejection)
    }

    func take(_ request: InboundRequest, answer: @escaping @Sendable (Reply) -> Void) {
        let started = parts.clock.steadyNow
        let exit: @Sendable (Reply) -> Void = { [metrics, clock = parts.clock] reply in
            metrics.took(started.duration(to: clock.steadyNow))
            answer(reply)
        }
        guard request.body.count > Self.mostBytesAtOnce else {
            return carryOut(decide(request, at: parts.clock.now), of: request, since: started, exit)
        }
        parts.threads.perform(of: source.name) { [self] in
            carryOut(decide(request, at: parts.clock.now), of: request, since: started, exit)
        } orRefuse: { [self] in
            wasRefused(.overloaded)
            exit(HTTPRefusal.overloaded.problem.reply(retryAfter: 5))
        }
    }

    private func carryOut(
        _ decision: IntakeDecision,
        of request: InboundRequest,
        since started: Timestamp,
        _ exit: @escaping @Sendable (Reply) -> Void
    ) {
        switch decision {
        case .reply(let reply): exit(reply)
        case .submit(let submissions, let evaluation):
            let trace = AcceptTrace(
                of: request,
                to: source.name,
                at: parts.clock.wallTime(ofSteady: started),
                parts.tracer
            )
            if let evaluation { trace?.record(evaluation) }
            let marked = trace?.marking(submissions) ?? submissions
            parts.store.accept(marked) { [self] result in exit(reply(to: marked, trace, result)) }
        case .needs: fetchKey(for: request, since: started, exit)
        }
    }

    /// Has the sender's key fetched, which takes a task: the only thing that is waited for before an event is stored.
    private func fetchKey(
        for request: InboundRequest,
        since started: Timestamp,
        _ exit: @escaping @Sendable (Reply) -> Void
    ) {
        Task(executorPreference: parts.threads) { [self] in
            let now = parts.clock.now
            let reception = await source.receive(request, now: now, keysFrom: parts.certificates)
            guard case .needs(let url) = reception else {
                return carryOut(decide(reception), of: request, since: started, exit)
            }
            exit(refuse(source.refusal(without: url, because: "it was asked for twice")))
        }
    }

    // MARK: Replying

    /// The reply to events, once it is known what became of them.
    private func reply(
        to submissions: [Submission],
        _ trace: AcceptTrace?,
        _ result: Result<[Receipt], StoreError>
    ) -> Reply {
        switch result {
        case .success(let receipts):
            for (submission, receipt) in zip(submissions, receipts) {
                metrics.stored(submission, receipt)
                guard case .parked(let reason) = submission.event.disposition, !receipt.isDuplicate else { continue }
                parts.refusals.record(parked: submission.event, because: reason)
            }
            if submissions.contains(where: { $0.pendingPayload != nil }) {
                parts.lookUps.eventsArrived(of: source.name)
            }
            let reply = success(receipts)
            trace?.stored(receipts, status: reply.status, at: parts.clock.now)
            return reply
        case .failure(let error):
            metrics.count("unavailable")
            let now = parts.clock.now
            parts.refusals.record(unstored: error, of: source.name, at: now, trace?.context)
            trace?.failed(error, status: 503, at: now)
            return ProblemDetails(status: 503).reply(retryAfter: 5)
        }
    }

    private func success(_ receipts: [Receipt]) -> Reply {
        switch source.success {
        case .fixed(let reply): reply
        case .report:
            Reply(status: 200, headers: Self.json, body: Receipt.report(receipts))
        }
    }
}
