// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Foundation
package import PartnerAPI

/// One set of credentials of the partner API and where it is served.
package struct PartnerAccount: Sendable {
    /// The account's name in the configuration.
    package let name: String
    /// The address before `/messages/send`, without a slash at its end.
    package let baseURL: String
    /// The public id of the workspace's key.
    package let apiKey: Secret
    /// The key's secret.
    package let apiSecret: Secret
    /// How the headers are spelled.
    package let headerSpelling: CredentialSpelling

    /// Describes an account.
    ///
    /// - Parameters:
    ///   - name: The account's name in the configuration.
    ///   - baseURL: The address before `/messages/send`: `https`, or `http` to this machine itself.
    ///   - apiKey: The public id of the workspace's key.
    ///   - apiSecret: The key's secret.
    ///   - headerSpelling: How the headers are spelled.
    ///   - allowsPlainHTTP: Lets credentials go over `http` to other machines, such as a sandbox in a container.
    /// - Throws: `PartnerClientError` with code `badBaseURL` or `badCredentials`.
    package init(
        name: String,
        baseURL: String,
        apiKey: Secret,
        apiSecret: Secret,
        headerSpelling: CredentialSpelling = .plain,
        allowsPlainHTTP: Bool = false
    ) throws(PartnerClientError) {
        if let mistake = Self.mistake(in: baseURL, allowsPlainHTTP) {
            throw PartnerClientError(.badBaseURL, account: name, "base_url \(mistake)")
        }
        guard !apiKey.isBlank else { throw PartnerClientError(.badCredentials, account: name, "api_key is empty") }
        guard !apiSecret.isBlank else {
            throw PartnerClientError(.badCredentials, account: name, "api_secret is empty")
        }
        self.name = name
        self.baseURL = String(baseURL.reversed().trimmingPrefix(while: { $0 == "/" }).reversed())
        self.apiKey = apiKey
        self.apiSecret = apiSecret
        self.headerSpelling = headerSpelling
    }

    private static func mistake(in baseURL: String, _ allowsPlainHTTP: Bool) -> String? {
        guard let url = URLComponents(string: baseURL), let scheme = url.scheme?.lowercased(),
            let host = url.host, !host.isEmpty
        else {
            return "is no address; expected one such as https://partner.example/api/v1/public"
        }
        if url.user != nil || url.password != nil {
            return "has credentials in it; expected them in api_key and api_secret"
        }
        if url.query != nil || url.fragment != nil { return "has a query or fragment; expected none" }
        switch scheme {
        case "https": return nil
        case "http" where allowsPlainHTTP || isThisMachine(host): return nil
        case "http": return "is http; expected https, because credentials go there"
        default: return "has the scheme '\(scheme)'; expected https"
        }
    }

    /// Whether a host of an address is this machine itself, to which secrets may go over `http`.
    package static func isThisMachine(_ host: String) -> Bool {
        let host = host.lowercased()
        return host == "localhost" || host == "::1" || host == "[::1]"
            || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
    }
}
