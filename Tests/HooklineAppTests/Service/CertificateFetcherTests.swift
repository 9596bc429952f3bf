// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import NIOConcurrencyHelpers
import Testing

@testable import HooklineApp
@testable import Webhooks

/// Answers everything alike, and remembers what it was asked.
private final class ScriptedTransport: HTTPTransport {
    private let status: Int
    private let requests = NIOLockedValueBox<[TransferRequest]>([])

    var asked: [TransferRequest] { requests.withLockedValue { $0 } }

    init(status: Int) {
        self.status = status
    }

    func perform(_ request: TransferRequest) async throws(TransportError) -> TransferResponse {
        requests.withLockedValue { $0.append(request) }
        return TransferResponse(status: status, body: Array("pem".utf8))
    }
}

@Suite("Fetching a sender's key")
struct CertificateFetcherTests {
    private func url() throws -> CertificateURL {
        try #require(CertificateURL("https://localhost.paypal.com/x", on: .domain("paypal.com", usually: [])))
    }

    @Test("asks no address within our own network, whatever name leads there, and not for long")
    func guarded() async throws {
        let transport = ScriptedTransport(status: 200)
        #expect(try await CertificateFetcher(transport: transport).pem(at: try url()) == "pem")
        let request = try #require(transport.asked.first)
        #expect(request.refusesPrivateAddresses)
        #expect(request.url == "https://localhost.paypal.com/x")
        #expect(request.timeout == .seconds(3))
        #expect(request.maxResponseBytes == 65_536)
    }

    @Test("says what came back instead", arguments: [301, 404])
    func otherStatus(status: Int) async throws {
        let fetcher = CertificateFetcher(transport: ScriptedTransport(status: status))
        let url = try url()
        let error = await #expect(throws: CertificateFetcher.Failure.self) { try await fetcher.pem(at: url) }
        #expect(error?.description == "the answer is \(status); expected 200 with a certificate")
    }
}
