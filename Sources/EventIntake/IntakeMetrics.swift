// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPValues
package import Messages
package import Metrics
internal import NIOConcurrencyHelpers
internal import Outbox
internal import PartnerAPI
internal import Webhooks

/// What is counted and timed where events come in.
///
/// Metrics are made when they are first needed and kept: counting an event looks nothing up in the backend.
package struct IntakeMetrics: Sendable {
    private struct Beginning: Hashable {
        let rule: String
        let state: MessageState
    }

    private struct Obstacle: Hashable {
        let rule: String
        let reason: Messages.Beginning.Obstacle
    }

    private let factory: any MetricsFactory
    /// No more than rules have run, times the states in which a message can begin.
    private let beginnings = Kept<Beginning, Counter>()
    private let obstacles = Kept<Obstacle, Counter>()
    private let callOffs = Kept<String, Counter>()

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
        "hookline_messages_suppressed_total": "Messages that began as suppressed or cancelled, by why.",
        "hookline_messages_called_off_total":
            "Messages that later events were to call off, by whether that was in time.",
        "hookline_delivery_reports_total": "Statuses of messages that a source reported, by whether they were linked.",
        "hookline_delivery_failures_total": "Messages that a source reported as not delivered, by Meta's code.",
        "hookline_heard_total": "What recipients wrote or chose, by what it says about messages from us.",
        "hookline_intake_duration_seconds": "From a request's last byte to its answer.",
    ]

    /// The metrics of one source; ask once and keep them.
    ///
    /// - Parameter name: The source's name, or one that all strangers share.
    /// - Returns: Its metrics.
    package func source(_ name: String) -> SourceMetrics {
        SourceMetrics(name, factory: factory, all: self)
    }

    /// Counts what an event caused, at once or after its look-up: its messages by where they began, and what it called off.
    ///
    /// - Parameter receipt: What the store made of the event; no duplicate.
    package func caused(_ receipt: Receipt) {
        for message in receipt.messages {
            beginnings.metric(of: Beginning(rule: message.rule, state: message.state)) {
                Counter(
                    label: "hookline_messages_created_total",
                    dimensions: [("rule", message.rule), ("state", message.state.rawValue)],
                    factory: factory
                )
            }.increment()
            if let reason = message.obstacle { count(Obstacle(rule: message.rule, reason: reason)) }
        }
        guard let total = receipt.calledOff?.total else { return }
        for (result, count) in [
            ("cancelled", total.cancelled), ("leaving", total.leaving), ("too_late", total.tooLate),
        ] where count > 0 {
            callOffs.metric(of: result) {
                let kind = [("result", result)]
                return Counter(label: "hookline_messages_called_off_total", dimensions: kind, factory: factory)
            }.increment(by: count)
        }
    }

    private func count(_ obstacle: Obstacle) {
        obstacles.metric(of: obstacle) {
            let kind = [("rule", obstacle.rule), ("reason", obstacle.reason.rawValue)]
            return Counter(label: "hookline_messages_suppressed_total", dimensions: kind, factory: factory)
        }.increment()
    }
}

/// What is counted and timed of one source.
package struct SourceMetrics: Sendable {
    private let name: String
    private let factory: any MetricsFactory
    private let all: IntakeMetrics
    private let results = Kept<String, Counter>()
    private let durations = Kept<String, Metrics.Timer>()
    private let reports = Kept<String, Counter>()
    private let failures = Kept<String, Counter>()
    private let said = Kept<String, Counter>()

    fileprivate init(_ name: String, factory: any MetricsFactory, all: IntakeMetrics) {
        self.name = name
        self.factory = factory
        self.all = all
    }

    /// Begins the counters at zero, so that the first event of a kind is an increase.
    func begin() {
        let results = Disposition.Name.allCases.map(\.rawValue) + ["duplicate", "handshake", "unavailable"]
        let refusals =
            Webhooks.Rejection.Code.allCases.map(\.rawValue) + HTTPRefusal.Code.allCases.map(\.rawValue)
        for result in results + refusals { counter(result).increment(by: 0) }
    }

    /// Counts a request.
    ///
    /// - Parameter result: What became of it; one of a few words of ours.
    package func count(_ result: String) {
        counter(result).increment()
    }

    /// Counts an event that was stored or known, and the messages that it caused.
    ///
    /// - Parameters:
    ///   - submission: The event.
    ///   - receipt: What the store made of it.
    package func stored(_ submission: Submission, _ receipt: Receipt) {
        count(receipt.isDuplicate ? "duplicate" : submission.event.disposition.name.rawValue)
        guard !receipt.isDuplicate else { return }
        all.caused(receipt)
        for (report, result) in zip(submission.sideEffects.reports, receipt.reports) { count(report, result) }
        for heard in submission.sideEffects.heard { count(heard) }
    }

    /// Counts what a recipient told us.
    private func count(_ heard: Heard) {
        let meaning: String =
            switch heard.meaning {
            case .message(.stop, _): "stop"
            case .message(.stopMarketing, _): "stop_marketing"
            case .message(.start, _), .message(.yes, _): "start"
            case .message(.doubtful, _): "doubtful"
            case .message(nil, _): "other"
            case .marketing(let isWanted): isWanted ? "preference_resume" : "preference_stop"
            }
        said.metric(of: meaning) {
            let kind = [("source", name), ("meaning", meaning)]
            return Counter(label: "hookline_heard_total", dimensions: kind, factory: factory)
        }.increment()
    }

    /// Counts what a source said became of a message.
    private func count(_ report: DeliveryReport, _ result: DeliveryReport.Result) {
        reports.metric(of: "\(report.status.rawValue) \(result.rawValue)") {
            let kind = [("source", name), ("status", report.status.rawValue), ("result", result.rawValue)]
            return Counter(label: "hookline_delivery_reports_total", dimensions: kind, factory: factory)
        }.increment()
        guard report.status == .failed, result == .linked else { return }
        // Codes come from outside: what is not in the table shares one name.
        let code = report.code.flatMap { MetaCode.row($0)?.label } ?? "other"
        failures.metric(of: code) {
            let kind = [("source", name), ("code", code)]
            return Counter(label: "hookline_delivery_failures_total", dimensions: kind, factory: factory)
        }.increment()
    }

    /// Notes how long a request took.
    ///
    /// - Parameter duration: From its last byte to its answer.
    package func took(_ duration: Duration) {
        durations.metric(of: name) {
            Metrics.Timer(label: "hookline_intake_duration_seconds", dimensions: [("source", name)], factory: factory)
        }.recordNanoseconds(duration.microseconds * 1_000)
    }

    private func counter(_ result: String) -> Counter {
        results.metric(of: result) {
            Counter(
                label: "hookline_events_total",
                dimensions: [("source", name), ("result", result)],
                factory: factory
            )
        }
    }
}

/// Metrics that were made once, by what they are of.
private final class Kept<Kind: Hashable & Sendable, Metric: Sendable>: Sendable {
    private let known = NIOLockedValueBox<[Kind: Metric]>([:])

    func metric(of kind: Kind, make: () -> Metric) -> Metric {
        known.withLockedValue { known in
            if let metric = known[kind] { return metric }
            let metric = make()
            known[kind] = metric
            return metric
        }
    }
}
