// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

@Suite("A server that has no connection left", .timeLimit(.minutes(5)))
struct ExhaustedTests {
    /// Takes connections until there are so many of them, or none is left.
    private static func take(_ most: Int, of server: PostgresServer, _ taken: inout [PostgresLane]) async throws {
        var options = PostgresSession.Options()
        options.name = "another program"
        while taken.count < most {
            let lane = PostgresLane(to: try server.address, options)
            do {
                try await lane.run(["SELECT 1"])
                taken.append(lane)
            } catch {
                await lane.close()
                guard most < .max else { return }
            }
        }
    }

    /// Pitfall 36.
    @Test("what comes meanwhile is refused in words, and taken again as soon as a connection is free")
    func exhausted() async throws {
        try await PostgresServer.run(["max_connections = 10", "superuser_reserved_connections = 0"]) { server in
            let store = try await PostgresOutbox.open(try server.address, options: testOptions)
            _ = try await store.accept(Make.submission(messages: [try Make.message()]))
            // The connection over which the test ends others' comes about while there is one.
            try await server.run("SELECT 1")
            var others: [PostgresLane] = []
            try await Self.take(.max, of: server, &others)
            // The store loses its connection, and another program is faster.
            let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hookline'"
            try await server.run("\(kill) AND pid <> pg_backend_pid()")
            try await Self.take(others.count + 1, of: server, &others)
            let refusal = await #expect(throws: StoreError.self) {
                _ = try await store.accept(Make.submission(messages: [try Make.message()]))
            }
            #expect(refusal?.code == .failed)
            #expect(
                refusal?.reason.contains("too many clients already; too many connections: raise max_connections")
                    == true
            )
            #expect(refusal?.reason.hasSuffix("(SQLSTATE 53300)") == true)
            await others.removeLast().close()
            var receipt: Receipt?
            while receipt == nil {
                try Task.checkCancellation()
                receipt = try? await store.accept(Make.submission(messages: [try Make.message()]))
            }
            #expect(receipt?.messages.count == 1)
            for lane in others { await lane.close() }
            #expect(try await store.countsByState() == [.queued: 2])
            await store.close()
        }
    }
}
