// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
internal import Events
internal import PartnerClient

extension TransportOptions {
    /// The options that the configuration asks for.
    init(_ settings: Settings) {
        self.init()
        connectTimeout = settings.transport.connectTimeout
        certificateAuthorities = settings.transport.certificateAuthorities
        offersHTTP2 = settings.transport.offersHTTP2
        // Accounts of one partner share its host: a request that `max_in_flight` allows must find a connection.
        let inFlight = settings.accounts.reduce(0) { $0 + $1.maxInFlight }
        maxConnectionsPerHost = max(maxConnectionsPerHost, inFlight)
        maxConnections = max(maxConnections, inFlight)
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
