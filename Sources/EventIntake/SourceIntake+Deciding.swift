// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPValues
internal import Messages
internal import Outbox
internal import Traces
internal import Webhooks

/// What a request comes to.
enum IntakeDecision: Sendable {
    /// This answer; nothing is stored.
    case reply(Reply)
    /// These are to be stored in one transaction, and then answered; with when the rules made them, where that is traced.
    case submit([Submission], EvaluationTrace?)
    /// The sender's public key at this address must be fetched first.
    case needs(CertificateURL)
}

extension SourceIntake {
    /// Refuses a request, or evaluates what it holds; waits for nothing, and is pure but for counting and ids.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - now: When it came.
    /// - Returns: What is to be done.
    func decide(_ request: InboundRequest, at now: Timestamp) -> IntakeDecision {
        decide(source.receive(request, now: now))
    }

    func decide(_ reception: Reception) -> IntakeDecision {
        switch reception {
        case .handshake(let reply):
            metrics.count("handshake")
            return .reply(reply)
        case .needs(let url): return .needs(url)
        case .rejected(let rejection): return .reply(refuse(rejection))
        case .parked(let body):
            if let refusal = refusal(beyondRate: 1) { return .reply(refusal) }
            return .submit([IntakeRecord.submission(parking: body)], nil)
        case .events(let events):
            if let refusal = refusal(beyondRate: events.count) { return .reply(refusal) }
            return evaluate(events)
        }
    }

    private func evaluate(_ events: [ReceivedEvent]) -> IntakeDecision {
        guard parts.tracer.isOn else { return .submit(events.map(submission), nil) }
        let start = parts.clock.now
        let submissions = events.map(submission)
        guard submissions.contains(where: { $0.pendingPayload == nil }) else { return .submit(submissions, nil) }
        let evaluation = EvaluationTrace(of: source.name, submissions, from: start, to: parts.clock.now)
        return .submit(submissions, evaluation)
    }

    private func submission(for received: ReceivedEvent) -> Submission {
        let dedupe = Submission.Dedupe(key: received.dedupeKey, window: received.dedupeWindow)
        let told = received.told(parts.hearing, country: source.country)
        if parts.lookUps.areNeeded(for: received.event) {
            return IntakeRecord.submission(awaiting: received, told ?? .none, dedupe)
        }
        let plan = parts.rules.plan(
            received.event,
            country: source.country,
            conventions: source.preset.conventions,
            allowedNumbers: source.allowedNumbers
        )
        return Submission(
            event: NewEvent(received.event, secretLabel: received.secretLabel, disposition: plan.disposition),
            messages: plan.messages,
            digests: plan.digests,
            failures: plan.failures,
            sideEffects: told.map(plan.sideEffects.with) ?? plan.sideEffects,
            dedupe: dedupe
        )
    }

    // MARK: Refusing

    /// Counts verified events against the source's rate; the refusal when they are beyond it.
    private func refusal(beyondRate events: Int) -> Reply? {
        guard let wait = rate?.take(events, at: parts.clock.steadyNow) else { return nil }
        return refuse(source.rateRejection(wait: wait))
    }

    /// Counts and records a refusal, and answers it; a stranger learns no more than the status.
    func refuse(_ rejection: Webhooks.Rejection) -> Reply {
        record(rejection.code.rawValue, status: rejection.status, reason: rejection.reason)
        guard !rejection.hasEmptyBody else { return Reply(status: rejection.status, headers: rejection.headers) }
        let problem = ProblemDetails.plain(rejection.status)
        guard !rejection.headers.isEmpty else { return problem }
        return Reply(status: problem.status, headers: problem.headers + rejection.headers, body: problem.body)
    }

    /// Counts and records what the listener gave up, or what was too much.
    func wasRefused(_ refusal: HTTPRefusal) {
        record(refusal.code.rawValue, status: refusal.status, reason: refusal.reason)
    }

    private func record(_ code: String, status: Int, reason: String) {
        metrics.count(code)
        let rejection = Outbox.Rejection(
            at: parts.clock.now,
            source: source.name,
            status: status,
            code: code,
            reason: reason
        )
        parts.refusals.record(rejection)
    }
}
