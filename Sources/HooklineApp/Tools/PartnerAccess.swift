// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
package import PartnerAPI
internal import PartnerClient

/// Why the partner cannot be asked.
package struct PartnerAccessError: Error, Hashable, Sendable {
    /// One sentence; no secret.
    package let reason: String
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
    static func withClient<Value: Sendable>(
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
    static func withTransport<Value: Sendable>(
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
