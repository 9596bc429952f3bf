// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
package import Messages
package import Metrics
import Outbox
internal import Webhooks

/// What is counted and timed where events come in.
package struct IntakeMetrics: Sendable {
    private let factory: any MetricsFactory

    /// Metrics of one service.
    ///
    /// - Parameter factory: The service's own backend.
    package init(factory: any MetricsFactory) {
        self.factory = factory
    }

    /// What the metrics mean, for their `HELP` lines.
    package static let help = [
        "hookline_events_total": "Requests to sources by what became of them.",
        "hookline_messages_created_total": "Messages that events caused, by the state they began in.",
        "hookline_intake_duration_seconds": "From a request's last byte to its answer.",
    ]

    /// Begins the counters of a source at zero, so that the first event of a kind is an increase.
    package func begin(source: String) {
        let results = Disposition.Name.allCases.map(\.rawValue) + ["duplicate", "handshake", "unavailable"]
        let refusals =
            Webhooks.Rejection.Code.allCases.map(\.rawValue) + HTTPRefusal.Code.allCases.map(\.rawValue)
        for result in results + refusals { counter(source, result).increment(by: 0) }
    }

    func event(source: String, result: String) {
        counter(source, result).increment()
    }

    private func counter(_ source: String, _ result: String) -> Counter {
        Counter(
            label: "hookline_events_total",
            dimensions: [("source", source), ("result", result)],
            factory: factory
        )
    }

    func stored(_ submission: Submission, _ receipt: Receipt) {
        let result = receipt.isDuplicate ? "duplicate" : submission.event.disposition.name.rawValue
        event(source: submission.event.source, result: result)
        if !receipt.isDuplicate { created(receipt.messages) }
    }

    /// Counts the messages that an event caused, at once or after its look-up.
    ///
    /// - Parameter messages: Where they began.
    package func created(_ messages: [Receipt.Entry]) {
        for message in messages {
            Counter(
                label: "hookline_messages_created_total",
                dimensions: [("rule", message.rule), ("state", message.state.rawValue)],
                factory: factory
            ).increment()
        }
    }

    func intakeDuration(source: String, _ duration: Duration) {
        Metrics.Timer(
            label: "hookline_intake_duration_seconds",
            dimensions: [("source", source)],
            factory: factory
        ).recordNanoseconds(duration.microseconds * 1_000)
    }
}
