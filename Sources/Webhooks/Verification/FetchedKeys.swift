// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Events
internal import Foundation
internal import _CryptoExtras

/// A sender's public key from a PEM text that its own host served: a certificate or a bare key.
package struct FetchedKey: Sendable {
    private let key: _RSA.Signing.PublicKey
    /// When the certificate is valid; `nil` for a bare key.
    private let validity: ClosedRange<Timestamp>?

    /// Reads a PEM text; of several certificates in it, the first is the sender's own.
    ///
    /// - Parameter pem: What the host served.
    /// - Throws: ``WebhookError`` with code `badCertificate` when no RSA key of 2048 bits or more is in it.
    package init(pem: String) throws(WebhookError) {
        let mistake = WebhookError(code: .badCertificate, reason: "no RSA key or certificate in PEM was served")
        do {
            guard pem.contains("-----BEGIN CERTIFICATE-----") else {
                key = try _RSA.Signing.PublicKey(pemRepresentation: pem)
                validity = nil
                return
            }
            guard let certificate = DERCertificate(pem: pem) else { throw mistake }
            key = try _RSA.Signing.PublicKey(derRepresentation: certificate.publicKey)
            validity = certificate.validity
        } catch {
            throw mistake
        }
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
        return key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature),
            for: SHA256.hash(data: text),
            padding: .insecurePKCS1v1_5
        )
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
