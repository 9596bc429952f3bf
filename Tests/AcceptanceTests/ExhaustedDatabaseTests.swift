// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import CurlTransport
import Delivery
import Events
import Foundation
import HTTPTypes
import HooklineApp
import InMemoryLogging
import Logging
import Outbox
import PostgresConnection
import PostgresServer
import Sandbox
import ServiceConfiguration
import TestSupport
import Testing

/// What senders, probes and whoever reads the log hear while a database gives a node no connection (53300), and what is
/// lost by it: nothing.
@Suite("A service whose database has no connection left", .timeLimit(.minutes(10)))
struct ExhaustedDatabaseTests {
    private static let rules = """
        version: 1
        source: orders
        rules:
          - name: order
            to: "{{ phone }}"
            send: {text: "event {{ id }}"}
        """

    /// A node over a server of its own, and whoever posts to it.
    private struct Node {
        let settings: Settings
        let addresses: ServiceAddresses
        let partner: SandboxState
        let server: PostgresServer
        let records: InMemoryLogHandler
        let transport: CurlHTTPTransport
        let observer: RecordingObserver

        /// Posts an event; who waits longer than twice `store_timeout` gets no answer.
        func post(_ id: String) async throws -> TransferResponse {
            let body = Array(#"{"id":"\#(id)","event":"order","phone":"9812345670"}"#.utf8)
            let imitation = try Imitation(try ImitatedSender(settings, source: "orders"), body: body)
            return try await transport.perform(
                TransferRequest(
                    method: .post,
                    url: "http://\(addresses.hooks)/hooks/orders",
                    headers: try HeaderList(imitation.headers.map { HeaderField($0.name.rawName, $0.value) }),
                    body: body,
                    timeout: settings.storeTimeout * 2
                )
            )
        }

        func readiness() async throws -> (status: Int, text: String) {
            let url = "http://\(addresses.admin)/readyz"
            let request = TransferRequest(method: .get, url: url, headers: try HeaderList([]), timeout: .seconds(60))
            let answer = try await transport.perform(request)
            return (answer.status, String(decoding: answer.body, as: UTF8.self))
        }

        /// What the log has of the look that a node takes again and again.
        var looks: [InMemoryLogHandler.Entry] { records.entries.filter { "\($0.message)".hasPrefix("the jobs ") } }

        /// Leaves the node's role no connection, and takes those that it has.
        func exhaust() async throws {
            try await server.run("ALTER ROLE app CONNECTION LIMIT 0")
            // It may have been about to connect, before it was told.
            while try await connections() > 0 {
                try await server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'")
            }
        }

        private func connections() async throws -> Int {
            let lane = PostgresLane(to: try server.address)
            let count = try await lane.perform { session in
                let sql = PostgresQuery("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'", prepared: false)
                return try session.rows(sql, by: ContinuousClock.now.advanced(by: .seconds(60))).first?.number(0) ?? 0
            }
            await lane.close()
            return Int(count)
        }
    }

    private func withNode(_ body: @escaping @Sendable (Node) async throws -> Void) async throws {
        try await PostgresServer.run { server in
            try await server.run("CREATE ROLE app LOGIN")
            try await server.run("CREATE DATABASE shop OWNER app")
            try await withTemporaryFolder { folder in
                try await withSandbox(SandboxFaults(), clock: SystemClock()) { partner, port in
                    let socket = URL(filePath: server.socket).deletingLastPathComponent().path
                    var setup = HooklineSetup(rules: ["rules.yaml": Self.rules])
                    setup.store = "postgres://app@/shop?host=\(socket)"
                    setup.settings = "store_timeout: 10s"
                    let settings = try writeSettings(setup, in: folder, partnerPort: port)
                    let (records, observer) = (InMemoryLogHandler(), RecordingObserver())
                    let service = try await HooklineService(
                        settings: settings,
                        logger: Logger(label: "test") { _ in records },
                        observer: observer,
                        handlesSignals: false
                    )
                    let transport = try CurlHTTPTransport()
                    let result: Result<Void, any Error>
                    do {
                        try await running(service) {
                            let addresses = try await service.addresses
                            try await body(
                                Node(
                                    settings: settings,
                                    addresses: addresses,
                                    partner: partner,
                                    server: server,
                                    records: records,
                                    transport: transport,
                                    observer: observer
                                )
                            )
                        }
                        result = .success(())
                    } catch {
                        result = .failure(error)
                    }
                    await transport.shutdown()
                    try result.get()
                }
            }
        }
    }

    /// Pitfall 36.
    @Test("answers 503 with Retry-After, says why once and to probes, loses nothing, and goes on when there is room")
    func exhausted() async throws {
        try await withNode { node in
            #expect(try await node.post("before").status == 200)
            _ = await node.partner.received(atLeast: 1)
            try await node.exhaust()
            for number in 0..<3 {
                let refused = try await node.post("meanwhile-\(number)")
                #expect(refused.status == 503)
                #expect(refused.headers.contains { $0.name.lowercased() == "retry-after" && $0.value == "5" })
            }
            await node.observer.storeFailed(times: 4)
            let why = "too many connections: raise max_connections"
            let readiness = try await node.readiness()
            #expect(readiness.status == 503 && readiness.text.contains(why), "\(readiness.text)")
            try await node.server.run("ALTER ROLE app CONNECTION LIMIT -1")
            // Its senders come again, until they are heard.
            for number in 0..<3 { while try await node.post("meanwhile-\(number)").status != 200 {} }
            let received = await node.partner.received(atLeast: 4)
            #expect(received.count == 4)
            while try await node.readiness().status != 200 {}
            // The look that an idle node takes once a second says so once, and then that it is over.
            while node.looks.last?.message != "the jobs can be read again" { _ = try await node.readiness() }
            let failed = node.looks.filter { $0.message == "the jobs cannot be read" }
            #expect(failed.count == 1 && "\(failed.first?.metadata["reason"] ?? "")".contains(why))
        }
    }
}
