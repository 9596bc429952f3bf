// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import EventIntake
import Foundation
import HTTPValues
import InMemoryLogging
import Logging
import Rules
import SQLiteOutbox
import Server
import ServiceLifecycle
import TestSupport
import WebhookVectors
import Webhooks

/// The hooks' listener on a free port, over a store in a folder of its own, with a source of its own for each vector:
/// the vector's id is its name and stands in its path.
struct HooksUnderTest: Sendable {
    let address: ListenAddress
    let store: SQLiteOutbox
    let clock: TestClock
    /// What the intake logged.
    let log: InMemoryLogHandler
    /// The senders' hosts that serve keys.
    let hosts: [SenderHost]

    /// Lends a running listener.
    static func with(_ vectors: [Vector], at clock: TestClock, _ body: (HooksUnderTest) async throws -> Void)
        async throws
    {
        try await withTemporaryFolder { folder in
            let store = try await SQLiteOutbox.open(folder.appending(path: "outbox.db").path)
            try await closing(store) { try await with(vectors, at: clock, over: store, body) }
        }
    }

    private static func with(
        _ vectors: [Vector],
        at clock: TestClock,
        over store: SQLiteOutbox,
        _ body: (HooksUnderTest) async throws -> Void
    ) async throws {
        let log = InMemoryLogHandler()
        var endpoint = VectorEndpoint()
        // Vectors differ in what the senders' hosts serve under one address; all that do not share an intake.
        for (keys, group) in Dictionary(grouping: vectors, by: { $0.keys ?? [:] }) {
            let sources = try group.map { try $0.source(name: $0.id) }
            let host = SenderHost(serving: keys)
            let intake = Intake(
                sources: sources,
                rules: RulesEngine(rules: .empty, accounts: ["main"]),
                store: store,
                certificates: CertificateCache(host),
                clock: clock,
                metrics: IntakeMetrics(factory: NOOPMetricsHandler.instance),
                logger: Logger(label: "intake") { _ in log }
            )
            endpoint.add(intake, for: sources.map(\.path), of: host)
        }
        let here = ListenAddress(host: "127.0.0.1", port: 0)
        let listener = HTTPListener(address: here, endpoint: endpoint, limits: .patient, logger: quietLogger)
        let hosts = endpoint.hosts
        try await running(listener) {
            let address = try await listener.bound.value
            let hooks = HooksUnderTest(address: address, store: store, clock: clock, log: log, hosts: hosts)
            try await body(hooks)
        }
    }
}

/// All intakes behind one listener, each with the paths of its sources.
private struct VectorEndpoint: HTTPEndpoint {
    private var intakes: [String: Intake] = [:]
    private(set) var hosts: [SenderHost] = []

    mutating func add(_ intake: Intake, for paths: [String], of host: SenderHost) {
        for path in paths { intakes[path] = intake }
        hosts.append(host)
    }

    func open(_ line: RequestLine) -> Opening {
        intakes[line.path]?.open(line) ?? .answer(.empty(404))
    }
}

/// Serves what a vector says, and remembers what it was asked for.
actor SenderHost: CertificateSource {
    private struct NotThere: Error {}

    private let served: [String: String]
    private(set) var asked: [String] = []

    init(serving keys: [String: String]) {
        served = keys
    }

    func pem(at url: CertificateURL) async throws -> String {
        asked.append(url.text)
        guard let pem = served[url.text] else { throw NotThere() }
        return pem
    }
}
