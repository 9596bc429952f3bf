// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import FaultServer
import Testing

@Suite("A request that refuses private addresses")
struct PrivateAddressTests {
    private func request(_ url: String, refuses: Bool = true) throws -> TransferRequest {
        TransferRequest(
            method: .get,
            url: url,
            headers: try HeaderList([]),
            timeout: .seconds(60),
            refusesPrivateAddresses: refuses
        )
    }

    @Test("does not even connect to one, written as a number or behind a name", arguments: ["127.0.0.1", "localhost"])
    func loopback(host: String) async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "secret") }) { server in
            try await TransportFixture.run { transport in
                let request = try request("http://\(host):\(server.port)/")
                let error = try #require(await TransportFixture.failure(transport, request))
                #expect(error.code == .privateAddress)
                #expect(error.stage == .notSent)
                #expect(error.partial == nil)
                #expect(server.connections == 0)
            }
        }
    }

    @Test("knows one in every spelling that libcurl reads", arguments: ["127.1", "2130706433", "0x7f.1", "[::1]", "0"])
    func spellings(host: String) async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "secret") }) { server in
            try await TransportFixture.run { transport in
                let request = try request("http://\(host):\(server.port)/")
                #expect(await TransportFixture.failure(transport, request)?.code == .privateAddress)
                #expect(server.connections == 0)
            }
        }
    }

    @Test("does not go out on a connection that another request has opened")
    func reusedConnection() async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "secret") }) { server in
            try await TransportFixture.run { transport in
                _ = try await transport.perform(request(server.url(), refuses: false))
                let error = await TransportFixture.failure(transport, try request(server.url()))
                #expect(error?.code == .privateAddress)
                #expect(error?.stage == .notSent)
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test("leaves nothing behind for the next request on the same handle")
    func nextRequest() async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "answer") }) { server in
            try await TransportFixture.run { transport in
                _ = await TransportFixture.failure(transport, try request(server.url()))
                let response = try await transport.perform(request(server.url(), refuses: false))
                #expect(response.body == Array("answer".utf8))
            }
        }
    }

    @Test("reaches an open address, on a new connection and on one that is used again")
    func openAddress() async throws {
        var options = TransportFixture.patient
        options.openAddresses = [try #require(IPAddress("127.0.0.1"))]
        try await ScriptedServer.run({ $0.answerAll(200, "answer") }) { server in
            try await TransportFixture.run(options) { transport in
                for _ in 1...2 {
                    let response = try await transport.perform(request(server.url()))
                    #expect(response.body == Array("answer".utf8))
                }
                #expect(server.connections == 1)
            }
        }
    }

    @Test("says what went wrong when an open address was tried and failed")
    func openAddressFails() async throws {
        var options = TransportFixture.patient
        options.openAddresses = [try #require(IPAddress("127.0.0.1"))]
        let closed = try ClosedPort()
        try await TransportFixture.run(options) { transport in
            // The name may also stand for ::1, which is refused; what counts is the address that was let through.
            let request = try request("http://localhost:\(closed.number)/")
            #expect(await TransportFixture.failure(transport, request)?.code == .refused)
        }
    }

    @Test("is refused when a proxy would look up the name")
    func proxy() async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "answer") }) { server in
            var options = TransportFixture.patient
            options.proxy = server.url("")
            try await TransportFixture.run(options) { transport in
                let error = await TransportFixture.failure(transport, try request("http://example.invalid/"))
                #expect(error?.code == .privateAddress)
                #expect(server.connections == 0)
            }
        }
    }
}
