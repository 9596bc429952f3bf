// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import Events
import Foundation
import GRDB
import HooklineApp
import Messages
import Outbox
import PartnerAPI
import SQLiteOutbox
import Sandbox
import ServiceConfiguration
import TestSupport
import Testing

/// The binary is replaced, and the new one finds the file of the one before.
@Suite("A service on yesterday's database", .timeLimit(.minutes(10)))
struct UpgradeTests {
    private static let rules = """
        version: 1
        source: orders
        rules:
          - name: new
            to: "{{ phone }}"
            send: {text: "{{ id }}"}
        """
    private static let tables = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/schema-7.sql")

    @Test(
        "who posts while it is brought along is refused and comes again: no message is lost, old or new, none comes twice"
    )
    func upgrade() async throws {
        try await withTemporaryFolder { folder in
            let clock = TestClock()
            try await withSandbox(SandboxFaults(), clock: clock) { partner, partnerPort in
                let port = try ReservedPort()
                // However slow the machine: the service waits for whoever holds its file.
                let more = "store_timeout: 1h"
                var setup = HooklineSetup(rules: ["rules.yaml": Self.rules], settings: more)
                setup.listen = "127.0.0.1:\(port.number)"
                let settings = try writeSettings(setup, in: folder, partnerPort: partnerPort)
                let file = folder.appending(path: "hookline.db").path
                let old = (0..<10).map { "old \($0)" }
                let new = (0..<10).map { "new \($0)" }
                try write(old, into: file, at: clock.now)

                let service = try await whileHeld(file) { letGo in
                    async let starting = HooklineService(
                        settings: settings,
                        logger: quietLogger,
                        clock: clock,
                        handlesSignals: false
                    )
                    for id in new {
                        let error = await #expect(throws: ImitationError.self) { try await post(id, settings, clock) }
                        #expect(error?.kind == .unavailable, "nobody listens yet, and the sender knows it")
                    }
                    letGo()
                    return try await starting
                }
                let received = try await running(service) {
                    _ = try await service.addresses
                    for id in new { #expect(try await post(id, settings, clock).status == 200) }
                    return await partner.received(atLeast: old.count + new.count)
                }
                #expect(received.compactMap(\.request.text).sorted() == new + old)
                try await expectAllAccepted(old.count + new.count, in: settings)
            }
        }
    }

    /// Writes messages that wait, as the version before did.
    private func write(_ texts: [String], into file: String, at now: Timestamp) throws {
        let database = try DatabaseQueue(path: file)
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        let (tables, time) = (try String(contentsOf: Self.tables, encoding: .utf8), now.microseconds)
        try database.write { database in
            try database.execute(sql: tables)
            for (number, text) in texts.enumerated() {
                try database.execute(
                    sql: """
                        INSERT INTO events (seq, id, source, type, time, received_at, disposition, message_count)
                            VALUES (?, ?, 'orders', 'order', ?, ?, 'matched', 1);
                        INSERT INTO event_bodies (event, headers, body) VALUES (?, '[]', x'7B7D');
                        INSERT INTO messages (seq, id, event, source, rule, account, state, reason, due_at, on_uncertain,
                            ages_from, steps, created_at, updated_at, request)
                            VALUES (?, ?, ?, 'orders', 'old', 'main', 'queued', 'the rule matched', ?, 'retry', ?, 1, ?, ?, ?);
                        INSERT INTO timeline (message, number, at, who, to_state, why)
                            VALUES (?, 1, ?, 'hookline', 'queued', 'the rule matched');
                        """,
                    arguments: [
                        number, "evt_\(number)", time, time, number,
                        number, "msg_\(number)", number, time, time, time, time,
                        Make.request(text: text).json().text(), number, time,
                    ]
                )
            }
        }
        try database.close()
    }

    /// Holds the file's write lock on a connection of its own, so that nothing can be brought along.
    private func whileHeld<Value>(_ file: String, _ body: (_ letGo: () -> Void) async throws -> Value) async throws
        -> Value
    {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: file, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        // A connection that is closed holds nothing.
        let letGo = { _ = try? other.close() }
        defer { letGo() }
        return try await body(letGo)
    }

    private func post(_ id: String, _ settings: Settings, _ clock: TestClock) async throws -> PostAnswer {
        let body = #"{"id":"\#(id)","event":"order","phone":"9812345670"}"#
        let sender = try ImitatedSender(settings, source: "orders")
        let imitation = try Imitation(sender, body: Array(body.utf8), clock: clock)
        return try await imitation.post(to: "http://\(settings.listen)/hooks/orders")
    }

    private func expectAllAccepted(_ count: Int, in settings: Settings) async throws {
        let store = try await StoreOpener.openForTools(settings.store)
        try await closing(store) {
            #expect(try await store.countsByState() == [.accepted: count])
            let detail = try await store.message(MessageID(rawValue: "msg_0"))
            #expect(detail?.timeline.map(\.to) == [.queued, .sending, .accepted], "it goes on where it was")
        }
    }
}

/// A port of this machine that nobody else is given: a socket is bound to it and does not listen.
private final class ReservedPort: Sendable {
    let number: UInt16
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var (yes, address) = (Int32(1), sockaddr_in())
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // With that on both sockets, a second one may bind the address and listen.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let result = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 ? getsockname(descriptor, address, &length) : -1
            }
        }
        self.descriptor = descriptor
        number = UInt16(bigEndian: address.sin_port)
        try #require(result == 0 && number > 0)
    }

    deinit { close(descriptor) }
}
