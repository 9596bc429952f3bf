// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import Traces

extension Tracer {
    /// Records the span of an attempt to send a message, from the moment it was handed to the sender to the partner's answer.
    ///
    /// Who gets it and what it says are not in it. The partner is not told of the trace: its API has no header for that.
    ///
    /// - Parameters:
    ///   - ended: The attempt, with the message and what it comes of.
    ///   - start: When it began, on the wall clock.
    /// - Returns: Where its span stands; `nil` when it is in no trace that is recorded.
    func record(_ ended: AttemptInbox.Ended, from start: Timestamp) -> TraceContext? {
        let (message, outcome) = (ended.message, ended.attempt.outcome)
        guard let origin = message.origin, let place = place(after: origin) else { return nil }
        let failure = outcome.detail.map { NumberHiding.hide(in: $0.code) }
        let known = [
            Span.Attribute("messaging.system", "whatsapp"), Span.Attribute("messaging.operation.type", "send"),
            Span.Attribute("messaging.operation.name", "send"),
            Span.Attribute("messaging.message.id", message.id.rawValue), Span.Attribute("http.request.method", "POST"),
            Span.Attribute("hookline.event.id", message.event.rawValue), Span.Attribute("hookline.rule", message.rule),
            Span.Attribute("hookline.account", message.account),
            Span.Attribute("hookline.claim", .number(message.claim)),
            Span.Attribute("hookline.outcome", outcome.name.rawValue),
        ]
        let status = outcome.detail?.status.map { [Span.Attribute("http.response.status_code", .number($0))] }
        let error = failure.map { [Span.Attribute("error.type", $0)] }
        record(
            Span(
                "send \(message.account)",
                .client,
                place,
                from: start,
                to: start.advanced(by: ended.attempt.duration),
                known + (status ?? []) + (error ?? []),
                failure: failure
            )
        )
        return place.context
    }

    /// Records the span of a settlement: from the attempt's end until the store knew of it.
    ///
    /// - Parameters:
    ///   - settlement: How the claim fared.
    ///   - result: What the store made of it.
    ///   - send: Where the span of its attempt stands.
    ///   - end: When the commit was done, on the wall clock.
    func record(
        _ settlement: Settlement,
        _ result: SettlementResult,
        inside send: TraceContext,
        at end: Timestamp
    ) {
        guard let place = place(inside: send) else { return }
        let attributes = [
            Span.Attribute("messaging.message.id", settlement.message.rawValue),
            Span.Attribute("hookline.claim", .number(settlement.claim)),
            Span.Attribute("hookline.state", settlement.state.rawValue),
            Span.Attribute("hookline.result", result.name),
        ]
        record(Span("settle", .inside, place, from: settlement.at, to: end, attributes))
    }
}

extension SettlementResult {
    /// A word for each, as a span has it.
    fileprivate var name: String {
        switch self {
        case .settled: "settled"
        case .acceptedLate: "accepted_late"
        case .ignored: "ignored"
        case .unknown: "unknown"
        }
    }
}

extension ClaimedMessage {
    /// Where its first event was accepted, in a trace.
    var trace: TraceContext? { origin?.contexts.first }
}
