// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Traces

/// What the rules made of events, as a trace tells it: when, and how much.
///
/// Asked for by the intake, where it is a part of the acceptance, and after a look-up, where it is a part of that.
package struct EvaluationTrace: Hashable, Sendable {
    /// Whose events they were.
    package let source: String
    /// When it began, on the wall clock.
    package let start: Timestamp
    /// When it ended.
    package let end: Timestamp
    /// How many messages the rules made, those that share one with other events too.
    fileprivate let messages: Int
    /// How many messages could not be built.
    fileprivate let failures: Int

    /// What is told of the evaluation of events that came together.
    ///
    /// - Parameters:
    ///   - source: Whose they were.
    ///   - submissions: What the rules made of them.
    ///   - start: When that began, on the wall clock.
    ///   - end: When it ended.
    init(of source: String, _ submissions: [Submission], from start: Timestamp, to end: Timestamp) {
        (self.source, self.start, self.end) = (source, start, end)
        messages = submissions.reduce(0) { $0 + $1.messages.count + $1.digests.items.count }
        failures = submissions.reduce(0) { $0 + $1.failures.count }
    }

    /// What is told of the evaluation of an event that was looked up.
    ///
    /// - Parameters:
    ///   - source: Whose it was.
    ///   - consequences: What the rules made of it.
    ///   - start: When that began, on the wall clock.
    ///   - end: When it ended.
    package init(of source: String, _ consequences: Consequences, from start: Timestamp, to end: Timestamp) {
        (self.source, self.start, self.end) = (source, start, end)
        messages = consequences.messages.count + consequences.digests.items.count
        failures = consequences.failures.count
    }
}

extension Tracer {
    /// Records the span of an evaluation.
    ///
    /// - Parameters:
    ///   - evaluation: When it was, and what came of it.
    ///   - parent: What it is a part of.
    package func record(_ evaluation: EvaluationTrace, inside parent: TraceContext) {
        guard let place = place(inside: parent) else { return }
        let failures = evaluation.failures
        let failed = failures > 0 ? [Span.Attribute("hookline.failures", .number(failures))] : []
        record(
            Span(
                "evaluate \(evaluation.source)",
                .inside,
                place,
                from: evaluation.start,
                to: evaluation.end,
                [
                    Span.Attribute("hookline.source", evaluation.source),
                    Span.Attribute("hookline.messages", .number(evaluation.messages)),
                ] + failed
            )
        )
    }
}
