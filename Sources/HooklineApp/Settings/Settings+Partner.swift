// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
internal import Events
internal import PartnerClient

extension TransportOptions {
    /// For senders' APIs and certificates: the certificates that are trusted for the partner are not meant for them.
    ///
    /// - Parameters:
    ///   - settings: The configuration.
    ///   - concurrency: How many requests may be under way at the same time.
    init(outside settings: Settings, concurrency: Int) {
        self.init()
        connectTimeout = settings.transport.connectTimeout
        maxConnections = max(maxConnections, concurrency)
    }

    /// For the partner, as the configuration asks for it.
    ///
    /// - Parameter settings: The configuration.
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
    ///
    /// - Parameters:
    ///   - settings: The configuration.
    ///   - transport: What carries the requests.
    ///   - clock: The time.
    ///   - onAnswer: Sees every answer; it must not block.
    /// - Throws: `PartnerClientError` when an account cannot be used.
    init(
        _ settings: Settings,
        transport: any BatchTransport,
        clock: any WallClock = SystemClock(),
        onAnswer: (@Sendable (TransferResponse) -> Void)? = nil
    ) throws(PartnerClientError) {
        var limits = Limits()
        limits.timeout = settings.transport.timeout
        try self.init(
            settings.accounts.map(\.partner),
            transport: transport,
            limits: limits,
            clock: clock,
            onAnswer: onAnswer
        )
    }
}

extension TransferResponse {
    /// What time it was for whoever answered; `nil` when the answer does not say.
    var date: Timestamp? { self["date"].flatMap(RetryAfter.date) }
}
