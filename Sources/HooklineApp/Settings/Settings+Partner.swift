// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
internal import Events
internal import PartnerClient

extension TransportOptions {
    /// The options that the configuration asks for.
    init(_ settings: TransportSettings) {
        self.init()
        connectTimeout = settings.connectTimeout
        certificateAuthorities = settings.certificateAuthorities
        offersHTTP2 = settings.offersHTTP2
    }
}

extension PartnerHTTPClient {
    /// A client for all accounts of the configuration.
    init(
        _ settings: Settings,
        transport: any HTTPTransport,
        clock: any WallClock = SystemClock()
    ) throws(PartnerClientError) {
        var limits = Limits()
        limits.timeout = settings.transport.timeout
        try self.init(settings.accounts.map(\.partner), transport: transport, limits: limits, clock: clock)
    }
}
