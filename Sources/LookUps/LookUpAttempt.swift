// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Enrichment
internal import EventIntake
internal import Events
internal import FairThreads
internal import Logging
internal import Messages
internal import Outbox
internal import Traces

/// One try to look up what an event leaves out, and what becomes of the event.
struct LookUpAttempt {
    private let pending: PendingEvent
    private let source: LookUpQueue.Source
    private let context: LookUpQueue.Context
    private let policy: RetryPolicy

    init(_ pending: PendingEvent, source: LookUpQueue.Source, context: LookUpQueue.Context) {
        self.pending = pending
        self.source = source
        self.context = context
        // The time decides, not the count.
        policy = RetryPolicy(base: .seconds(2), maxAttempts: .max, maxAge: source.period)
    }

    /// Looks up, and writes down how it went.
    ///
    /// - Returns: How it went; `nil` when it was broken off, which counts for nothing.
    /// - Throws: `StoreError`; the event waits on as before.
    func run() async throws(StoreError) -> LookUpMetrics.Result? {
        let event: Event
        do throws(JSONError) {
            event = try await context.threads.runInTurn(of: source.name) { [pending] () throws(JSONError) in
                Event(pending.event, payload: try JSONDocument(pending.payload))
            }
        } catch {
            return try await giveUp(because: "what was stored of it cannot be read any more: \(error)")
        }
        guard let enrichment = source.enrichment, enrichment.applies(to: event) else {
            return try await evaluate(event, result: nil)
        }
        log(.debug, "a look-up begins", "try \(pending.failures + 1)")
        let trace = LookUpTrace(of: pending, at: context.clock.now, context.tracer)
        let found: (event: Event, result: JSON)
        do throws(LookUpFailure) {
            found = try await lookUp(event, enrichment)
        } catch {
            guard !Task.isCancelled else { return nil }
            trace?.ended(error.isFinal ? "look_up_refused" : "look_up_failed", at: context.clock.now)
            return try await failed(error)
        }
        trace?.ended(nil, at: context.clock.now)
        return try await evaluate(found.event, result: found.result.encoded(), trace)
    }

    private func lookUp(_ event: Event, _ enrichment: Enrichment) async throws(LookUpFailure) -> (Event, JSON) {
        let result = try await context.enricher.enrich(event, with: enrichment)
        return try await context.threads.runInTurn(of: source.name) { () throws(LookUpFailure) in
            (try event.adding(enriched: result), result)
        }
    }

    private func evaluate(
        _ event: Event,
        result: [UInt8]?,
        _ trace: LookUpTrace? = nil
    ) async throws(StoreError) -> LookUpMetrics.Result? {
        let start = context.clock.now
        let plan = await context.threads.runInTurn(of: source.name) { [rules = context.rules, source] in
            rules.plan(
                event,
                country: source.country,
                conventions: source.conventions,
                allowedNumbers: source.allowedNumbers
            )
        }
        trace?.record(EvaluationTrace(of: source.name, plan, from: start, to: context.clock.now))
        let evaluation = LateEvaluation(
            event: event.id,
            disposition: plan.disposition,
            messages: plan.messages,
            digests: plan.digests,
            failures: plan.failures,
            sideEffects: plan.sideEffects,
            result: result
        )
        let receipt = try await context.store.conclude(evaluation, at: context.clock.now)
        if let receipt { context.messages.caused(receipt) }
        return .succeeded
    }

    private func failed(_ failure: LookUpFailure) async throws(StoreError) -> LookUpMetrics.Result? {
        guard !failure.isFinal else { return try await giveUp(because: failure.reason) }
        let tries = pending.failures + 1
        let query = RetryPolicy.Query(
            attempts: tries,
            now: context.clock.now,
            agesFrom: pending.since,
            retryAfter: failure.retryAfter
        )
        var generator = SystemRandomNumberGenerator()
        switch policy.next(query, using: &generator) {
        case .enough(let why):
            return try await giveUp(because: "\(failure.reason); \(why), \(tries.counted("time"))")
        case .again(let time):
            if pending.failures == 0 { log(.warning, "a look-up failed; it is tried again", failure.reason) }
            let reason = "look-up \(tries) failed: \(failure.reason); the next is at \(time.rfc3339)"
            try await context.store.postpone(pending.event.id, until: time, because: reason)
            return .failed
        }
    }

    private func giveUp(because reason: String) async throws(StoreError) -> LookUpMetrics.Result? {
        log(.error, "a look-up was given up; 'hookline events retry' has it tried again", reason)
        let evaluation = LateEvaluation(
            event: pending.event.id,
            disposition: .evaluationFailed(reason: "its look-up failed: \(reason)")
        )
        _ = try await context.store.conclude(evaluation, at: context.clock.now)
        return .gaveUp
    }

    private func log(_ level: Logger.Level, _ message: Logger.Message, _ reason: String) {
        context.logger.log(
            level: level,
            message,
            metadata: ["source": "\(source.name)", "event.id": "\(pending.event.id)", "reason": "\(reason)"]
                .with(pending.event.trace)
        )
    }
}
