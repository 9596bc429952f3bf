// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPValues
package import Messages
internal import MetricFamilies
package import Metrics
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
    private let beginnings: CounterFamily<Beginning>
    private let obstacles: CounterFamily<Obstacle>
    private let callOffs: CounterFamily<String>

    /// Metrics of one service.
    ///
    /// - Parameter factory: The service's own backend.
    package init(factory: any MetricsFactory) {
        self.factory = factory
        beginnings = CounterFamily("hookline_messages_created_total", factory: factory) {
            [("rule", $0.rule), ("state", $0.state.rawValue)]
        }
        obstacles = CounterFamily("hookline_messages_suppressed_total", factory: factory) {
            [("rule", $0.rule), ("reason", $0.reason.rawValue)]
        }
        callOffs = CounterFamily("hookline_messages_called_off_total", factory: factory) { [("result", $0)] }
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
            beginnings.increment(Beginning(rule: message.rule, state: message.state))
            if let reason = message.obstacle { obstacles.increment(Obstacle(rule: message.rule, reason: reason)) }
        }
        guard let total = receipt.calledOff?.total else { return }
        for (result, count) in [
            ("cancelled", total.cancelled), ("leaving", total.leaving), ("too_late", total.tooLate),
        ] where count > 0 {
            callOffs.increment(result, by: count)
        }
    }
}

/// What is counted and timed of one source.
package struct SourceMetrics: Sendable {
    private let name: String
    private let factory: any MetricsFactory
    private let all: IntakeMetrics
    private let results: CounterFamily<String>
    private let durations = Kept<String, Metrics.Timer>()
    private let reports: CounterFamily<Report>
    private let failures: CounterFamily<String>
    private let said: CounterFamily<String>

    private struct Report: Hashable {
        let status: DeliveryReport.Status
        let result: DeliveryReport.Result
    }

    fileprivate init(_ name: String, factory: any MetricsFactory, all: IntakeMetrics) {
        self.name = name
        self.factory = factory
        self.all = all
        results = CounterFamily("hookline_events_total", factory: factory) { [("source", name), ("result", $0)] }
        reports = CounterFamily("hookline_delivery_reports_total", factory: factory) {
            [("source", name), ("status", $0.status.rawValue), ("result", $0.result.rawValue)]
        }
        failures = CounterFamily("hookline_delivery_failures_total", factory: factory) {
            [("source", name), ("code", $0)]
        }
        said = CounterFamily("hookline_heard_total", factory: factory) { [("source", name), ("meaning", $0)] }
    }

    /// Begins the counters at zero, so that the first event of a kind is an increase.
    func begin() {
        let known = Disposition.Name.allCases.map(\.rawValue) + ["duplicate", "handshake", "unavailable"]
        let refusals =
            Webhooks.Rejection.Code.allCases.map(\.rawValue) + HTTPRefusal.Code.allCases.map(\.rawValue)
        for result in known + refusals { results.increment(result, by: 0) }
    }

    /// Counts a request.
    ///
    /// - Parameter result: What became of it; one of a few words of ours.
    package func count(_ result: String) {
        results.increment(result)
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
        said.increment(meaning)
    }

    /// Counts what a source said became of a message.
    private func count(_ report: DeliveryReport, _ result: DeliveryReport.Result) {
        reports.increment(Report(status: report.status, result: result))
        guard report.status == .failed, result == .linked else { return }
        // Codes come from outside: what is not in the table shares one name.
        failures.increment(report.code.flatMap { MetaCode.row($0)?.label } ?? "other")
    }

    /// Notes how long a request took.
    ///
    /// - Parameter duration: From its last byte to its answer.
    package func took(_ duration: Duration) {
        durations.metric(of: name) {
            Metrics.Timer(label: "hookline_intake_duration_seconds", dimensions: [("source", name)], factory: factory)
        }.recordNanoseconds(duration.microseconds * 1_000)
    }
}
