// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Foundation
import Testing

@Suite("TLS")
struct TLSTests {
    /// Asks an `openssl s_server` for its status page.
    private func failure(
        host: String,
        certificateFor name: String,
        trusted: Bool,
        offersHTTP2: Bool = false,
        verifies: Bool = true
    ) async throws -> TransportError? {
        try await TLSServer.run(certificateFor: name) { server in
            var options = TransportOptions()
            options.offersHTTP2 = offersHTTP2
            options.verifiesServer = verifies
            if trusted { options.certificateAuthorities = server.certificate.path }
            return try await TransportFixture.run(options) { transport in
                await TransportFixture.failure(transport, try TransportFixture.get("https://\(host):\(server.port)/"))
            }
        }
    }

    @Test("a trusted certificate of the right name is taken")
    func trusted() async throws {
        #expect(try await failure(host: "localhost", certificateFor: "localhost", trusted: true) == nil)
    }

    @Test("a trusted certificate of another name is refused before anything is sent")
    func wrongName() async throws {
        let error = try await failure(host: "localhost", certificateFor: "partner.example", trusted: true)
        #expect(error?.code == .tls)
        #expect(error?.stage == .notSent)
    }

    @Test("a certificate that nobody vouches for is refused before anything is sent")
    func selfSigned() async throws {
        let error = try await failure(host: "localhost", certificateFor: "localhost", trusted: false)
        #expect(error?.code == .tls)
        #expect(error?.stage == .notSent)
    }

    @Test("a listener of our own is taken whatever its certificate says, and whoever vouches for it")
    func own() async throws {
        let found = try await failure(
            host: "127.0.0.1",
            certificateFor: "hooks.example",
            trusted: false,
            verifies: false
        )
        #expect(found == nil)
    }

    @Test("HTTP/2 is an offer: a server that speaks HTTP/1.1 only is understood")
    func fallsBack() async throws {
        let error = try await failure(host: "localhost", certificateFor: "localhost", trusted: true, offersHTTP2: true)
        #expect(error == nil)
    }
}
