// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
package import HTTPValues
package import Messages
package import Outbox
package import Traces

/// The trace of a request whose events are about to be stored: its span begins with the request and ends with the commit.
///
/// Only what was verified has one. A stranger could otherwise have any number of spans recorded, by a `traceparent` that
/// says that its own are. The path is not among the attributes: a source's may be its secret.
package struct AcceptTrace: Sendable {
    private static let header: HTTPField.Name = {
        guard let field = HTTPField.Name("traceparent") else { preconditionFailure("this is a field name") }
        return field
    }()

    private let tracer: Tracer
    private let place: Span.Place
    private let source: String
    private let method: String
    private let start: Timestamp

    /// The trace of a request; `nil` when it is in none.
    ///
    /// - Parameters:
    ///   - request: The request, verified. Of several lines `traceparent` none counts.
    ///   - source: Whom it came to.
    ///   - start: When it came, on the wall clock; asked only of one that is in a trace.
    ///   - tracer: Decides.
    package init?(
        of request: InboundRequest,
        to source: String,
        at start: @autoclosure () -> Timestamp,
        _ tracer: Tracer
    ) {
        let lines = request.headers[values: Self.header]
        let sender = lines.count == 1 ? lines.first.flatMap { TraceContext(traceparent: $0) } : nil
        guard let place = tracer.place(after: sender) else { return nil }
        self.tracer = tracer
        self.place = place
        self.source = source
        self.method = request.method.rawValue
        self.start = start()
    }

    /// Where the acceptance stands: kept with its events, and found in the log.
    package var context: TraceContext { place.context }

    /// Events with where their acceptance stands.
    package func marking(_ submissions: [Submission]) -> [Submission] {
        submissions.map { submission in
            var submission = submission
            submission.event.trace = place.context
            return submission
        }
    }

    /// Records the span of what the rules made of the events.
    func record(_ evaluation: EvaluationTrace) { tracer.record(evaluation, inside: place.context) }

    /// Records the span of events that were stored.
    ///
    /// - Parameters:
    ///   - receipts: What the store made of them.
    ///   - status: The status of the answer.
    ///   - end: When the commit was done, on the wall clock.
    package func stored(_ receipts: [Receipt], status: Int, at end: Timestamp) {
        guard tracer.isOn, place.context.isSampled else { return }
        let messages = receipts.reduce(0) { $0 + $1.messages.count }
        let known = [
            receipts.first.map { Span.Attribute("hookline.event.id", $0.event.rawValue) },
            receipts.count == 1 ? nil : Span.Attribute("hookline.events", .number(receipts.count)),
            Span.Attribute("hookline.messages", .number(messages)),
            receipts.allSatisfy(\.isDuplicate) ? Span.Attribute("hookline.duplicate", .truth(true)) : nil,
        ]
        record(known.compactMap(\.self), status: status, at: end)
    }

    /// Records the span of events that were not stored.
    ///
    /// - Parameters:
    ///   - error: Why.
    ///   - status: The status of the answer.
    ///   - end: When that was known, on the wall clock.
    package func failed(_ error: StoreError, status: Int, at end: Timestamp) {
        record([], status: status, at: end, failure: "\(error.code)")
    }

    private func record(_ more: [Span.Attribute], status: Int, at end: Timestamp, failure: String? = nil) {
        let request = [
            Span.Attribute("http.request.method", method),
            Span.Attribute("http.response.status_code", .number(status)), Span.Attribute("hookline.source", source),
        ]
        let error = failure.map { [Span.Attribute("error.type", $0)] } ?? []
        let attributes = request + more + error
        tracer.record(Span("accept \(source)", .server, place, from: start, to: end, attributes, failure: failure))
    }
}
