// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import FaultServer
import Foundation
import NIOConcurrencyHelpers
import PostgresConnection
import PostgresServer
import TestSupport
import Testing

@Suite("Connections that break, and answers that do not come", .timeLimit(.minutes(5)))
struct BrokenConnectionTests {
    private static let isWaiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'waiting'"

    private static var waiting: PostgresSession.Options {
        var options = PostgresSession.Options()
        options.name = "waiting"
        return options
    }

    /// Pitfall 7: of a backend that is killed no end of the pipeline ever comes.
    @Test("a backend that is killed in a pipeline ends it, and the next job has a new connection")
    func killedBackend() async throws {
        try await PostgresServer.shared().withDatabase { name, address in
            try await withLane(to: address, Self.waiting) { lane in
                try await withLane(to: address) { other in
                    async let failure = lane.failure("SELECT pg_sleep(600)")
                    let running = " AND datname = '\(name)' AND state = 'active' AND query LIKE '%pg_sleep%'"
                    try await other.until(Self.isWaiting + running, is: 1)
                    try await other.run(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)' AND application_name = 'waiting'"
                    )
                    // It was a transaction of its own, so its end is open.
                    #expect(await failure?.kind == .doubtful)
                    #expect(await failure?.sqlState == SQLState("57P01"))
                }
                #expect(try await lane.number("SELECT 1::bigint") == 1)
            }
        }
    }

    @Test("a backend that was killed between two jobs costs the second one nothing")
    func killedWhileIdle() async throws {
        try await PostgresServer.shared().withDatabase { name, address in
            try await withLane(to: address, Self.waiting) { lane in
                #expect(try await lane.number("SELECT 1::bigint") == 1)
                try await withLane(to: address) { other in
                    try await other.run(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)' AND application_name = 'waiting'"
                    )
                    try await other.until(Self.isWaiting + " AND datname = '\(name)'", is: 0)
                }
                #expect(try await lane.number("SELECT 2::bigint") == 2)
            }
        }
    }

    /// Pitfalls 8 and 15: neither a half-open connection nor a statement that stands still holds a thread.
    @Test("a statement that passes its deadline is given up, and ended on the server")
    func deadline() async throws {
        try await PostgresServer.shared().withDatabase { name, address in
            try await withLane(to: address, Self.waiting) { lane in
                let error = await #expect(throws: PostgresError.self) {
                    try await lane.perform { session in
                        try session.transaction(by: ContinuousClock.now.advanced(by: .milliseconds(200))) {
                            _ = try $0.rows(PostgresQuery("SELECT pg_sleep(600)"))
                        }
                    }
                }
                #expect(error == PostgresError(.late, "the database did not answer in time"))
                try await withLane(to: address) { other in
                    let running = " AND datname = '\(name)' AND state = 'active'"
                    try await other.until(Self.isWaiting + running, is: 0)
                }
                #expect(try await lane.number("SELECT 1::bigint") == 1)
            }
        }
    }

    @Test("a network that swallows everything costs a deadline, and a new connection works when it is back")
    func stalledNetwork() async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { name, _ in
            try await CuttingProxy.run(to: server.socket) { proxy in
                let address = try server.address(of: name, overPort: proxy.port)
                try await withLane(to: address) { lane in
                    let before = try await lane.number("SELECT 1::bigint")
                    proxy.plan(.stall, .toClient)
                    let late = await #expect(throws: PostgresError.self) {
                        try await lane.perform { session in
                            try session.rows(PostgresQuery("SELECT 1"), by: .now.advanced(by: .milliseconds(200))).count
                        }
                    }
                    #expect(late?.kind == .doubtful)
                    proxy.heal()
                    let after = try await lane.number("SELECT 2::bigint")
                    #expect([before, after] == [1, 2])
                }
            }
        }
    }

    @Test("a host that swallows everything takes no time from the next one, and is not asked first again")
    func deadHost() async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { name, direct in
            try await CuttingProxy.run(to: server.socket) { proxy in
                proxy.plan(.stall, .toClient)
                var options = PostgresSession.Options()
                // As much as a busy machine may need for the one that answers.
                options.connectsWithin = .seconds(10)
                let folder = URL(filePath: server.socket).deletingLastPathComponent().path
                let hosts = direct.with("host", "127.0.0.1,\(folder)").with("port", "\(proxy.port),5432")
                let asked = try await onThread { [options] in
                    var connector = PostgresConnector(to: hosts, options)
                    let first = try connector.session().get()
                    let asked = proxy.passed(.toServer)
                    connector.end()
                    let second = try connector.session().get()
                    #expect(first !== second && second.stands())
                    return asked
                }
                await proxy.faults()
                #expect(proxy.passed(.toServer) == asked)
            }
        }
    }

    @Test("where a statement that was prepared is forgotten, as by a pooler, the next connection prepares none")
    func forgottenStatements() async throws {
        try await withDatabase { lane in
            #expect(try await lane.number("SELECT 1::bigint") == 1)
            try await lane.run("DEALLOCATE ALL")
            let refusal = await #expect(throws: PostgresError.self) { try await lane.number("SELECT 1::bigint") }
            #expect(refusal?.sqlState == SQLState("26000"))
            #expect(try await lane.number("SELECT count(*) FROM pg_prepared_statements") == 0)
        }
    }

    @Test("what the proxy cuts is reset, and not ended")
    func resets() async throws {
        let server = try await PostgresServer.shared()
        try await CuttingProxy.run(to: server.socket) { proxy in
            proxy.plan(.cut, .toServer)
            let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(socket) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            address.sin_port = UInt16(proxy.port).bigEndian
            let isConnected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            #expect(isConnected == 0)
            var byte: UInt8 = 1
            #expect(send(socket, &byte, 1, 0) == 1)
            #expect(recv(socket, &byte, 1, 0) == -1)
            #expect(errno == ECONNRESET)
        }
    }

    @Test("a server of a test that is cancelled ends all the same")
    func cancelledServer() async throws {
        let begun = Watchers<Int32?>(nil)
        let test = Task {
            try await PostgresServer.run { server in
                begun.change { $0 = server.postmaster }
                await Gate().pass()
            }
        }
        let postmaster = try #require(await begun.until(at: nil) { $0 != nil })
        test.cancel()
        _ = await test.result
        // It returns when that process has ended.
        let end = try await Program("/usr/bin/tail", ["--pid=\(postmaster)", "-f", "/dev/null"]).run()
        #expect(end.exitCode == 0)
    }

    /// Pitfall 4, as far as a connection goes: what becomes of it is the store's business.
    @Test(
        "of a commit whose answer is cut off nobody knows, and it may well be there",
        arguments: [CuttingProxy.Fault.cut, .halfClose]
    )
    func cutCommit(fault: CuttingProxy.Fault) async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { name, direct in
            try await withLane(to: direct) { other in
                try await other.run("CREATE TABLE notes (id bigint)")
                try await CuttingProxy.run(to: server.socket) { proxy in
                    let address = try server.address(of: name, overPort: proxy.port)
                    try await withLane(to: address) { lane in
                        let error = await #expect(throws: PostgresError.self) {
                            try await lane.perform { session in
                                try session.transaction(by: soon()) { transaction in
                                    _ = try transaction.rows(PostgresQuery("INSERT INTO notes VALUES (1)"))
                                    proxy.plan(fault, .toClient)
                                }
                            }
                        }
                        #expect(error?.kind == .doubtful)
                        try await other.until("SELECT count(*) FROM notes", is: 1)
                        #expect(try await lane.number("SELECT count(*) FROM notes") == 1)
                    }
                }
            }
        }
    }
}

@Suite("Commits that wait for a standby", .timeLimit(.minutes(5)))
struct StandbyTests {
    private static let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"

    /// Pitfalls 1 and 2: no timeout of the server's ends such a wait, and a wait that is cancelled looks like a commit.
    @Test("a commit that no standby confirms is doubtful: by our deadline, and when the wait is cancelled")
    func nobodyConfirms() async throws {
        try await PostgresServer.run(["synchronous_standby_names = 'nobody'", "statement_timeout = 500"]) { server in
            let address = try server.address
            try await withLane(to: address) { other in
                // What this one writes waits for nobody.
                try await other.run("SET synchronous_commit = local")
                try await other.run("CREATE TABLE notes (id bigint)")
                try await withLane(to: address) { lane in
                    let insert = "INSERT INTO notes VALUES (1)"
                    let late = await lane.failure(insert, seconds: 2)
                    #expect(late?.kind == .doubtful)
                    try await other.until(Self.waits, is: 0)
                    async let cancelled = lane.failure(insert)
                    try await other.until(Self.waits, is: 1)
                    try await other.run(
                        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                    )
                    #expect(await cancelled?.kind == .doubtful)
                    #expect(await cancelled?.sqlState == SQLState("01000"))
                    #expect(try await other.number("SELECT count(*) FROM notes") == 2)
                }
            }
        }
    }

    /// Pitfall 8: nobody tells the server that a client is gone whose packets are swallowed.
    @Test(
        "a transaction whose client fell silent is ended by the server, and others get its locks, also without options",
        arguments: [true, false]
    )
    func silentTransaction(setsUp: Bool) async throws {
        try await PostgresServer.shared().withDatabase { _, address in
            var options = PostgresSession.Options()
            (options.abandonsAfter, options.setsUp) = (.milliseconds(100), setsUp)
            try await withLane(to: address, options) { silent in
                try await withLane(to: address) { other in
                    let gate = ConditionLock(value: 0)
                    let isHeld = Gate()
                    async let failure = Self.keepLock(silent, isHeld, until: gate)
                    defer {
                        gate.lock()
                        gate.unlock(withValue: 1)
                    }
                    await isHeld.pass()
                    try await other.run("SELECT pg_advisory_xact_lock(5)")
                    gate.lock()
                    gate.unlock(withValue: 1)
                    #expect(await failure?.kind == .doubtful)
                }
            }
        }
    }

    /// Takes a lock in a transaction, and asks nothing more until a gate opens.
    private static func keepLock(
        _ lane: PostgresLane,
        _ isHeld: Gate,
        until gate: ConditionLock<Int>
    ) async -> PostgresError? {
        do {
            try await lane.perform { session in
                try session.transaction(by: soon()) { transaction in
                    _ = try transaction.rows(PostgresQuery("SELECT pg_advisory_xact_lock(5)"))
                    isHeld.open()
                    gate.lock(whenValue: 1)
                    gate.unlock()
                }
            }
            return nil
        } catch {
            return error as? PostgresError
        }
    }
}
