// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import FairThreads
internal import HTTPTypes
package import HTTPValues
package import Logging
import Messages
package import Outbox
package import Traces
package import Webhooks

/// Where events come in: finds the source of a request, which takes it from there.
///
/// The reply of an accepted event is made after its commit: what got a 2xx is on disk, with the messages that it caused.
package struct Intake: HTTPEndpoint {
    static let healthCheckPath = "/healthz"
    /// What all paths that no source has are called in metrics; their own names could fill the memory.
    private static let stranger = "unknown"
    private static let unknownPath = ProblemDetails(status: 404, detail: "No source has this path.").reply()

    /// By path.
    private let sources: [String: SourceIntake]
    private let clock: any WallClock
    private let strangers: SourceMetrics
    private let refusals: RefusalLog

    /// An intake over these parts.
    ///
    /// - Parameters:
    ///   - sources: Who posts to us; their paths differ.
    ///   - rules: What makes messages of events.
    ///   - store: Where both go.
    ///   - certificates: Where senders' public keys come from, for those that sign so.
    ///   - lookUps: Who looks up what thin events leave out.
    ///   - hearing: How it understands what recipients write.
    ///   - threads: Where large requests are verified, decoded and evaluated.
    ///   - clock: What time it is.
    ///   - metrics: What is counted.
    ///   - tracer: Decides what is traced.
    ///   - logger: Receives a line for each refusal.
    package init(
        sources: [Source],
        rules: RulesEngine,
        store: any SubmissionStore,
        certificates: CertificateCache,
        lookUps: any EventLookUps = NoLookUps(),
        hearing: Hearing = .standard,
        threads: EvaluationThreads = .shared,
        clock: any WallClock,
        metrics: IntakeMetrics,
        tracer: Tracer = .off,
        logger: Logger
    ) {
        let refusals = RefusalLog(logger: logger) { store.recordRejection($0) }
        let parts = SourceIntake.Parts(
            rules: rules,
            store: store,
            certificates: certificates,
            lookUps: lookUps,
            hearing: hearing,
            threads: threads,
            clock: clock,
            tracer: tracer,
            refusals: refusals
        )
        let intakes = sources.map { ($0.path, SourceIntake($0, parts, metrics.source($0.name))) }
        self.sources = Dictionary(intakes) { first, _ in first }
        self.clock = clock
        self.refusals = refusals
        strangers = metrics.source(Self.stranger)
        for (_, intake) in intakes { intake.metrics.begin() }
    }

    package func open(_ line: RequestLine) -> Opening {
        if let source = sources[line.path] { return source.open(line) }
        return line.path == Self.healthCheckPath ? .body(HealthCheck()) : .answer(refuseUnknown(line.path))
    }

    package func wasRefused(_ refusal: HTTPRefusal, target: String?) {
        let path = target.map { RequestLine(method: .get, target: $0).path }
        if let path, let source = sources[path] { return source.wasRefused(refusal) }
        strangers.count(refusal.code.rawValue)
        record(path, status: refusal.status, code: refusal.code.rawValue, reason: refusal.reason)
    }

    /// Refuses a path that no source has.
    private func refuseUnknown(_ path: String) -> Reply {
        strangers.count("unknown_source")
        record(path, status: 404, code: "unknown_source", reason: "no source of the configuration has this path")
        return Self.unknownPath
    }

    private func record(_ path: String?, status: Int, code: String, reason: String) {
        let kind = Rejection(at: clock.now, source: Self.stranger, status: status, code: code, reason: reason)
        refusals.record(kind, named: path.map { path in { NumberHiding.hide(in: path) } })
    }
}

/// Says that the process is there.
private struct HealthCheck: RequestTaker {
    /// A health check needs no body; some send one all the same.
    let maxBodyBytes = 4 * 1_024

    func refuseOversized(_ line: RequestLine) -> Reply { ProblemDetails.plain(413) }

    func take(_ request: InboundRequest, answer: @escaping @Sendable (Reply) -> Void) { answer(.plainText("ok\n")) }
}
