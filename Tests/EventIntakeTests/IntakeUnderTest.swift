// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EventIntake
import Events
import FairThreads
import HTTPTypes
import HTTPValues
import InMemoryLogging
import Logging
import MemoryOutbox
import Messages
import MetricsTestKit
import Outbox
import Rules
import TestSupport
import Testing
import Webhooks

/// An intake as a function, with one source, no rules, a store of its own and a clock that stands still.
struct IntakeUnderTest: Sendable {
    let intake: Intake
    let source: Source
    let store: any ServiceStore
    let clock: TestClock
    let metrics: TestMetrics
    let log: InMemoryLogHandler

    /// Posts a body with a good signature.
    func post(_ body: String) async -> Reply {
        let bytes = Array(body.utf8)
        return await send(bytes, source.sign(bytes, now: clock.now).headers)
    }

    /// Posts a body without a signature.
    func postUnsigned(_ body: String = "{}") async -> Reply {
        await send(Array(body.utf8), [:])
    }

    /// As a listener does: the head first, then the body.
    func send(_ body: [UInt8], _ headers: HTTPFields, to path: String? = nil) async -> Reply {
        let target = path ?? source.path
        return await intake.reply(to: InboundRequest(method: .post, target: target, headers: headers, body: body))
    }

    /// The records of refusals, the oldest first.
    func rejections() async throws -> [Outbox.Rejection] {
        try await store.check()
        return try await store.rejections(RejectionFilter(limit: 500)).elements.reversed()
    }

    func events() async throws -> Int {
        try await store.events(EventFilter(limit: 500)).elements.count
    }

    /// How often something was counted.
    func counted(_ result: String, source name: String = "shop") throws -> Int {
        let counter = try metrics.expectCounter("hookline_events_total", [("source", name), ("result", result)])
        return Int(counter.totalValue)
    }
}

/// Lends an intake over a new store.
func withIntake(
    preset: String = "generic",
    rate: String? = nil,
    threads: EvaluationThreads = .shared,
    _ body: (IntakeUnderTest) async throws -> Void
) async throws {
    try await body(intake(preset: preset, rate: rate, threads: threads, over: MemoryOutbox()))
}

private func intake(
    preset: String,
    rate: String?,
    threads: EvaluationThreads,
    over store: any ServiceStore
) throws -> IntakeUnderTest {
    var settings = SourceSettings(name: "shop", preset: preset, secrets: [.init("a secret of the tests")])
    settings.rate = rate
    if preset == "meta" { settings.handshakeToken = .init("a token of the tests") }
    let source = try Source(settings)
    let clock = TestClock()
    let metrics = TestMetrics()
    let log = InMemoryLogHandler()
    let intake = Intake(
        sources: [source],
        rules: RulesEngine(rules: try #require(RuleFolder.load(texts: []).rules), accounts: ["main"]),
        store: store,
        certificates: CertificateCache(NoCertificates()),
        threads: threads,
        clock: clock,
        metrics: IntakeMetrics(factory: metrics),
        logger: Logger(label: "test") { _ in log }
    )
    return IntakeUnderTest(
        intake: intake,
        source: source,
        store: store,
        clock: clock,
        metrics: metrics,
        log: log
    )
}

private struct NoCertificates: CertificateSource {
    struct Unavailable: Error {}

    func pem(at url: CertificateURL) async throws -> String { throw Unavailable() }
}
