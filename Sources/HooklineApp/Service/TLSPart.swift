// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CoreMetrics
internal import Events
internal import Logging
internal import MetricFamilies
internal import Metrics
internal import Server
internal import ServiceConfiguration
internal import ServiceLifecycle
internal import TLS
internal import UnixSignals

/// TLS in the listeners: the certificates that they show, and what renews them.
struct TLSPart: Sendable {
    /// By the listener's name, in the order in which they are told.
    let keepers: [(listener: String, keeper: CertificateKeeper)]
    private let metrics: TLSMetrics
    private let context: ServiceContext

    /// Reads the certificates of the configuration.
    ///
    /// - Parameter context: The configuration.
    /// - Throws: ``StartError`` with everything that is wrong with them.
    init(_ context: ServiceContext) throws(StartError) {
        self.context = context
        metrics = TLSMetrics(factory: context.registry)
        let wanted = [("hooks", context.settings.tls), ("admin", context.settings.adminTLS)]
        var keepers: [(listener: String, keeper: CertificateKeeper)] = []
        var findings: [String] = []
        for case (let listener, let files?) in wanted {
            do throws(TLSError) {
                keepers.append((listener, try CertificateKeeper(files)))
            } catch {
                findings.append("'\(files.name(of: error.part))': \(error)")
            }
        }
        guard findings.isEmpty else { throw StartError(.certificates, findings) }
        self.keepers = keepers
        for (listener, keeper) in keepers { tell(listener, keeper.identity.certificate, at: .info) }
    }

    /// What makes a listener speak TLS; `nil` for one of plain HTTP.
    func door(_ listener: String) -> TLSDoor? {
        guard let keeper = keepers.first(where: { $0.listener == listener })?.keeper else { return nil }
        return TLSDoor(identity: { keeper.identity }, onBeginning: { [metrics] in metrics.count($0, at: listener) })
    }

    /// How the certificates fare, for `/readyz`: another machine has the same files, so none is a reason to send events elsewhere.
    func checks(at now: Timestamp) -> [Readiness.Check] {
        keepers.map { listener, keeper in
            let certificate = keeper.identity.certificate
            let doubt = certificate.doubt(at: now)
            let shown = doubt?.description ?? "\(certificate.subject) until \(certificate.ends.rfc3339)"
            let refusal = keeper.refusal.map { "; what is in the files now is not taken: \($0)" } ?? ""
            return .init(
                name: "certificate \(listener)",
                isPassing: doubt == nil && keeper.refusal == nil,
                isRequired: false,
                detail: shown + refusal
            )
        }
    }

    func services(handlingSignals: Bool) -> [any Service] {
        keepers.isEmpty ? [] : [CertificateWatcher(part: self, clock: context.clock, handlesSignals: handlingSignals)]
    }

    /// Looks at all files, and tells what came of it.
    ///
    /// - Parameter atOnce: Whether they are read whatever they look like.
    func look(atOnce: Bool) {
        for (listener, keeper) in keepers {
            switch keeper.look(at: context.clock.now, atOnce: atOnce) {
            case .nothingNew: break
            case .taken(let certificate): tell(listener, certificate, at: .notice)
            case .refused(let error):
                metrics.renewed(false, at: listener)
                context.logger.error(
                    "a certificate that was renewed cannot be served; the one before goes on",
                    metadata: [
                        "listener": "\(listener)", "file": "\(keeper.files.name(of: error.part))", "reason": "\(error)",
                    ]
                )
            }
        }
    }

    private func tell(_ listener: String, _ certificate: TLSCertificate, at level: Logger.Level) {
        metrics.renewed(true, at: listener)
        metrics.shown(certificate, at: listener)
        let metadata: Logger.Metadata = [
            "listener": "\(listener)", "name": "\(certificate.subject)", "ends": "\(certificate.ends.rfc3339)",
        ]
        guard let doubt = certificate.doubt(at: context.clock.now) else {
            return context.logger.log(level: level, "a listener shows this certificate", metadata: metadata)
        }
        context.logger.error(
            "a listener shows a certificate that does not hold",
            metadata: metadata.merging(["reason": "\(doubt)"]) { $1 }
        )
    }
}

/// Notices renewed certificates, and has them shown to new connections.
///
/// It looks from time to time rather than listening to inotify, for the reasons of ``RulesWatcher``; SIGHUP makes it look at once.
struct CertificateWatcher: Service {
    static let interval: Duration = .seconds(15)

    let part: TLSPart
    let clock: any WallClock
    let handlesSignals: Bool

    func run() async throws {
        _ = try? await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup { group in
                if handlesSignals {
                    group.addTask {
                        for await _ in await UnixSignalsSequence(trapping: .sighup) { part.look(atOnce: true) }
                    }
                }
                group.addTask { try await lookAgain() }
                try await group.waitForAll()
            }
        }
    }

    private func lookAgain() async throws {
        while true {
            try await clock.sleep(untilSteady: clock.steadyNow.advanced(by: Self.interval))
            part.look(atOnce: false)
        }
    }
}

/// What is counted of TLS.
struct TLSMetrics: Sendable {
    private struct Failure: Hashable, Sendable {
        let listener: String
        let reason: TLSFailure
    }

    private struct Handshake: Hashable, Sendable {
        let listener: String
        let version: String
    }

    private let handshakes: CounterFamily<Handshake>
    private let failures: CounterFamily<Failure>
    private let factory: any MetricsFactory

    init(factory: any MetricsFactory) {
        self.factory = factory
        handshakes = CounterFamily("hookline_tls_handshakes_total", factory: factory) {
            [("listener", $0.listener), ("version", $0.version)]
        }
        failures = CounterFamily("hookline_tls_handshake_failures_total", factory: factory) {
            [("listener", $0.listener), ("reason", $0.reason.rawValue)]
        }
    }

    func count(_ beginning: TLSBeginning, at listener: String) {
        switch beginning {
        case .began(let version): handshakes.increment(Handshake(listener: listener, version: version))
        case .failed(let failure): failures.increment(Failure(listener: listener, reason: failure))
        }
    }

    func shown(_ certificate: TLSCertificate, at listener: String) {
        gauge("hookline_tls_certificate_begins_timestamp_seconds", listener, Double(certificate.begins.seconds))
        gauge("hookline_tls_certificate_expires_timestamp_seconds", listener, Double(certificate.ends.seconds))
    }

    func renewed(_ isTaken: Bool, at listener: String) {
        gauge("hookline_tls_last_renewal_successful", listener, isTaken ? 1 : 0)
    }

    private func gauge(_ label: String, _ listener: String, _ value: Double) {
        Gauge(label: label, dimensions: [("listener", listener)], factory: factory).record(value)
    }

    /// What the metrics mean, for their `HELP` lines.
    static let help = [
        "hookline_tls_handshakes_total": "Connections that began to speak TLS.",
        "hookline_tls_handshake_failures_total": "Connections that said something and did not come to speak TLS.",
        "hookline_tls_certificate_begins_timestamp_seconds":
            "From when on the certificate that a listener shows holds.",
        "hookline_tls_certificate_expires_timestamp_seconds": "When the certificate that a listener shows ends.",
        "hookline_tls_last_renewal_successful": "Whether the certificate in the files is the one that is shown.",
    ]
}
