// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EventIntake
internal import Events
internal import Messages
internal import Traces

/// One try of a look-up in a trace: a part of its event's acceptance where it follows at once, else a trace of its own with a
/// link; what the rules make of the event is a part of it.
///
/// Neither what was asked nor what came back is in it: a code says how it went.
struct LookUpTrace {
    private let tracer: Tracer
    private let place: Span.Place
    private let pending: PendingEvent
    private let start: Timestamp

    /// The trace of a try; `nil` when its event is in none that is recorded.
    ///
    /// - Parameters:
    ///   - pending: The event.
    ///   - start: When the try begins, on the wall clock.
    ///   - tracer: Decides.
    init?(of pending: PendingEvent, at start: Timestamp, _ tracer: Tracer) {
        guard let context = pending.event.trace else { return nil }
        let isSoon = pending.event.receivedAt.duration(to: start) <= TraceOrigin.atOnce
        let origin = TraceOrigin([context], isAtOnce: pending.failures == 0 && isSoon)
        guard let place = tracer.place(after: origin) else { return nil }
        self.tracer = tracer
        self.place = place
        self.pending = pending
        self.start = start
    }

    /// Records the span of what the rules made of the event.
    func record(_ evaluation: EvaluationTrace) { tracer.record(evaluation, inside: place.context) }

    /// Records the span of the try.
    ///
    /// - Parameters:
    ///   - failure: A short code of what went wrong; `nil` when nothing did.
    ///   - end: When the answers were there, or not to be had, on the wall clock.
    func ended(_ failure: String?, at end: Timestamp) {
        let source = pending.event.source
        let attributes = [
            Span.Attribute("hookline.source", source), Span.Attribute("hookline.event.id", pending.event.id.rawValue),
            Span.Attribute("hookline.try", .number(pending.failures + 1)),
        ]
        let error = failure.map { [Span.Attribute("error.type", $0)] } ?? []
        tracer.record(
            Span("look_up \(source)", .client, place, from: start, to: end, attributes + error, failure: failure)
        )
    }
}
