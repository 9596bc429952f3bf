// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
internal import Delivery
internal import Events
internal import Foundation
internal import Logging
internal import ServiceConfiguration
internal import ServiceLifecycle
internal import TraceExport
internal import Traces

/// What decides what is traced, and brings that to a collector; where the configuration names none, nothing at all.
struct TracingPart: Sendable {
    let tracer: Tracer
    private let exporter: TraceExporter?
    /// Of its own: a collector that hangs takes no connection from anybody.
    private let transport: CurlHTTPTransport?

    /// Sets the exporter up; nobody is asked yet.
    ///
    /// - Parameter context: The configuration, and what all parts share.
    /// - Throws: ``StartError`` when libcurl refuses an option.
    init(_ context: ServiceContext) throws(StartError) {
        guard let url = context.settings.tracing.url else {
            (tracer, exporter, transport) = (.off, nil, nil)
            return
        }
        let (bell, metrics) = (Doorbell(), TraceMetrics(factory: context.registry))
        let queue = SpanQueue {
            bell.ring()
        } dropped: {
            metrics.count(.queueFull)
        }
        do throws(TransportError) {
            let transport = try CurlHTTPTransport(TransportOptions(outside: context.settings, concurrency: 1))
            exporter = TraceExporter(
                queue: queue,
                bell: bell,
                collector: try TraceExporter.Collector(url: url, headers: context.settings.tracing.fields),
                origin: context.settings.tracing.origin,
                transport: transport,
                clock: context.clock,
                metrics: metrics,
                logger: context.logger
            )
            self.transport = transport
        } catch {
            throw StartError(.tracing, ["the client for traces: \(error)"])
        }
        tracer = Tracer(queue: queue, share: context.settings.tracing.share)
    }

    var services: [any Service] { exporter.map { [$0] } ?? [] }

    /// Ends all connections.
    func close() async { await transport?.shutdown() }
}

extension TracingSettings {
    fileprivate var fields: [HeaderField] { headers.map { HeaderField($0.name, $0.value.reveal()) } }

    /// This process, which is another one after each start.
    fileprivate var origin: OTLPText.Origin {
        OTLPText.Origin(service: service, version: ProgramVersion.number, instance: UUID().uuidString.lowercased())
    }
}
