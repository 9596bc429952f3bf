// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Cryptography
internal import Events
internal import Foundation

/// A sender's public key from a PEM text that its own host served: a certificate or a bare key.
package struct FetchedKey: Sendable {
    private let key: RSAPublicKey
    /// When the certificate is valid; `nil` for a bare key.
    private let validity: ClosedRange<Timestamp>?

    /// Reads a PEM text; of several certificates in it, the first is the sender's own.
    ///
    /// - Parameter pem: What the host served.
    /// - Throws: ``WebhookError`` with code `badCertificate` when no RSA key of 2048 bits or more is in it.
    package init(pem: String) throws(WebhookError) {
        let certificate = DERCertificate(pem: pem)
        let key = certificate.map { RSAPublicKey(der: $0.publicKey) } ?? RSAPublicKey(pem: pem)
        guard let key else {
            throw WebhookError(code: .badCertificate, reason: "no RSA key or certificate in PEM was served")
        }
        self.key = key
        validity = certificate?.validity
    }

    /// Whether a signature is by this key, at a time when its certificate is valid.
    ///
    /// - Parameters:
    ///   - signature: The signature's bytes.
    ///   - text: What was signed.
    ///   - now: Our clock.
    /// - Returns: Whether it is.
    func isValid(_ signature: [UInt8], for text: [UInt8], now: Timestamp) -> Bool {
        guard validity?.contains(now) ?? true else { return false }
        return key.isValid(signature, for: text)
    }
}

/// The public keys that were fetched so far, by their addresses.
package typealias FetchedKeys = [CertificateURL: FetchedKey]

/// Where certificates come from: the port that the service's HTTP client stands behind.
package protocol CertificateSource: Sendable {
    /// Fetches a PEM text.
    ///
    /// Redirects must not be followed: they would lead past the check of the host. The answer is some kilobytes.
    ///
    /// - Parameter url: A checked address.
    /// - Returns: The answer's body.
    /// - Throws: Whatever keeps it from being fetched.
    func pem(at url: CertificateURL) async throws -> String
}

/// An address of a sender's public key, checked against the sender's own host: the only addresses ever fetched.
package struct CertificateURL: Hashable, Sendable, CustomStringConvertible {
    /// Where a sender keeps its keys.
    package enum Site: Hashable, Sendable, CustomStringConvertible {
        /// The request names a whole address, on this domain or a host below it; most often on one of these hosts.
        case domain(String, usually: [String])
        /// The request names a path on exactly this host.
        case host(String)

        /// Such as `https://*.paypal.com`.
        package var description: String {
            switch self {
            case .domain(let domain, _): "https://*.\(domain)"
            case .host(let host): "https://\(host)"
            }
        }
    }

    private static let maxLength = 512

    /// The host, in the spelling of the address.
    package let host: String
    /// Whether the sender is known to keep its keys on that host; others are asked, too, but have to stand back.
    package let isUsual: Bool
    /// Scheme, host and path; never a query with somebody else's words, a port or a user.
    package let text: String

    /// The address.
    package var description: String { text }

    /// Checks an address that came with a request; `nil` for anything but a plain https address on that site.
    ///
    /// - Parameters:
    ///   - value: The header's value: an address, or a path.
    ///   - site: Where it may lead.
    init?(_ value: String, on site: Site) {
        guard value.utf8.count <= Self.maxLength else { return nil }
        switch site {
        case .host(let host):
            guard Self.isPlain(value[...]), value.hasPrefix("/"), !value.hasPrefix("//"), !value.contains("/.") else {
                return nil
            }
            text = "https://\(host)\(value)"
            self.host = host
            isUsual = true
        case .domain(let domain, let usual):
            guard value.hasPrefix("https://") else { return nil }
            let rest = value.dropFirst("https://".count)
            guard Self.isPlain(rest), let slash = rest.firstIndex(of: "/") else { return nil }
            let host = rest[..<slash]
            // The plain characters hold no ':' and no '@', so what stands before the slash is a host alone.
            guard host == domain || host.hasSuffix("." + domain), !host.contains("..") else { return nil }
            text = value
            self.host = String(host)
            isUsual = usual.contains(self.host)
        }
    }

    /// Letters and digits of ASCII, `-`, `_`, `.`, `~` and `/`.
    private static func isPlain(_ text: Substring) -> Bool {
        text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.~/".contains($0)) }
    }
}
