// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
internal import Webhooks

/// Fetches senders' public keys with the service's HTTP client, which follows no redirects.
///
/// Whoever posts chooses the address, so none within our own network is asked.
struct CertificateFetcher: CertificateSource {
    /// Senders wait for an answer meanwhile.
    private static let timeout: Duration = .seconds(3)
    private static let maxBytes = 64 * 1_024

    /// Why nothing usable came back.
    struct Failure: Error, CustomStringConvertible {
        let status: Int

        var description: String { "the answer is \(status); expected 200 with a certificate" }
    }

    let transport: any HTTPTransport

    func pem(at url: CertificateURL) async throws -> String {
        let request = TransferRequest(
            method: .get,
            url: url.text,
            headers: try HeaderList([]),
            timeout: Self.timeout,
            maxResponseBytes: Self.maxBytes,
            refusesPrivateAddresses: true
        )
        let response = try await transport.perform(request)
        guard response.status == 200 else { throw Failure(status: response.status) }
        return String(decoding: response.body, as: UTF8.self)
    }
}
