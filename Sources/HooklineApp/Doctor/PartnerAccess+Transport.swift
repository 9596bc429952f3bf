// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
internal import PartnerClient

extension PartnerAccess {
    /// Lends a transport that trusts what the configuration trusts, and shuts it down afterwards.
    static func withTransport<Value: Sendable>(
        _ settings: Settings,
        _ body: (any HTTPTransport) async -> Value
    ) async throws(PartnerAccessError) -> Value {
        let transport: CurlHTTPTransport
        do {
            var options = TransportOptions()
            options.connectTimeout = settings.transport.connectTimeout
            options.certificateAuthorities = settings.transport.certificateAuthorities
            options.offersHTTP2 = settings.transport.offersHTTP2
            transport = try CurlHTTPTransport(options)
        } catch {
            throw PartnerAccessError(reason: "\(error)")
        }
        let value = await body(transport)
        await transport.shutdown()
        return value
    }
}
