// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CurlTransport
package import Events
package import PartnerAPI
package import PartnerClient

/// Why the partner cannot be asked.
package struct PartnerAccessError: Error, Hashable, Sendable {
    /// One sentence; no secret.
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

/// The partner's client for one command, closed at its end.
package enum PartnerAccess {
    /// The templates of an account, as the partner has them now.
    ///
    /// - Parameters:
    ///   - account: The account of the configuration; the first if left out.
    ///   - settings: The configuration.
    /// - Returns: The catalogue.
    /// - Throws: ``PartnerAccessError`` when the partner does not answer with one.
    package static func catalogue(
        account: String?,
        settings: Settings
    ) async throws(PartnerAccessError) -> TemplateCatalogue {
        let name = account ?? settings.defaultAccount ?? ""
        let result = try await withClient(settings) { client async -> Result<TemplateCatalogue, PartnerClientError> in
            do throws(PartnerClientError) {
                return .success(try await client.templates(account: name))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let catalogue): return catalogue
        case .failure(let error): throw PartnerAccessError(reason: error.description)
        }
    }

    /// Lends a client and shuts its transport down afterwards.
    ///
    /// - Parameters:
    ///   - settings: The configuration.
    ///   - body: What to do with the client.
    /// - Returns: What `body` returns.
    /// - Throws: ``PartnerAccessError`` when there can be none.
    package static func withClient<Value: Sendable>(
        _ settings: Settings,
        _ body: (PartnerHTTPClient) async -> Value
    ) async throws(PartnerAccessError) -> Value {
        let result = try await withTransport(settings) { transport async -> Result<Value, PartnerClientError> in
            do throws(PartnerClientError) {
                return .success(await body(try PartnerHTTPClient(settings, transport: transport)))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let value): return value
        case .failure(let error): throw PartnerAccessError(reason: error.description)
        }
    }

    /// Lends a transport that trusts what the configuration trusts, and shuts it down afterwards.
    ///
    /// - Parameters:
    ///   - settings: The configuration.
    ///   - body: What to do with the transport.
    /// - Returns: What `body` returns.
    /// - Throws: ``PartnerAccessError`` when there can be none.
    package static func withTransport<Value: Sendable>(
        _ settings: Settings,
        _ body: (any BatchTransport) async -> Value
    ) async throws(PartnerAccessError) -> Value {
        let transport: CurlHTTPTransport
        do {
            transport = try CurlHTTPTransport(TransportOptions(settings))
        } catch {
            throw PartnerAccessError(reason: "\(error)")
        }
        let value = await body(transport)
        await transport.shutdown()
        return value
    }
}

extension TransportOptions {
    /// For senders' APIs and certificates: the certificates that are trusted for the partner are not meant for them.
    ///
    /// - Parameters:
    ///   - settings: The configuration.
    ///   - concurrency: How many requests may be under way at the same time.
    package init(outside settings: Settings, concurrency: Int) {
        self.init()
        connectTimeout = settings.transport.connectTimeout
        maxConnections = max(maxConnections, concurrency)
    }

    /// For the partner, as the configuration asks for it.
    ///
    /// - Parameter settings: The configuration.
    package init(_ settings: Settings) {
        self.init()
        connectTimeout = settings.transport.connectTimeout
        certificateAuthorities = settings.transport.certificateAuthorities
        offersHTTP2 = settings.transport.offersHTTP2
        // Accounts of one partner share its host: a request that `max_in_flight` allows must find a connection.
        maxConnectionsPerHost = max(maxConnectionsPerHost, settings.maxInFlight)
        maxConnections = max(maxConnections, settings.maxInFlight)
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
    package init(
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
    package var date: Timestamp? { self["date"].flatMap(RetryAfter.date) }
}
