// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Logging
import Messages
import Outbox
import Traces

extension Tracer {
    /// Records the span of an attempt to send a message, from the moment it was handed to the sender to the partner's answer.
    ///
    /// Who gets it and what it says are not in it. The partner is not told of the trace: its API has no header for that.
    ///
    /// - Parameters:
    ///   - message: The message, with what it comes of.
    ///   - outcome: How the attempt ended.
    ///   - start: When it began, on the wall clock.
    ///   - duration: How long it took.
    func record(_ message: ClaimedMessage, _ outcome: Outcome, from start: Timestamp, taking duration: Duration) {
        guard let origin = message.origin, let place = place(after: origin) else { return }
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
                to: start.advanced(by: duration),
                known + (status ?? []) + (error ?? []),
                failure: failure
            )
        )
    }
}

extension ClaimedMessage {
    /// The ids of the trace in which its first event was accepted, for a line of the log that is about it.
    var logged: Logger.Metadata { origin?.contexts.first?.logged ?? [:] }
}
