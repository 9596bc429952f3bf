// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Cryptography
internal import Events
internal import Foundation
internal import HTTPTypes
internal import HTTPValues

/// A ``PublicKeyScheme`` with its keys.
struct PublicKeyVerifier: RequestCheck {
    private enum Key: Sendable {
        case ed25519(Ed25519PublicKey)
        case rsa(RSAPublicKey)
    }

    /// More signatures than any sender writes; each costs far more than a keyed hash does.
    private static let maxSignatures = 8

    let scheme: PublicKeyScheme
    private let keys: [(label: String, key: Key)]
    private let publicURL: String

    init(_ scheme: PublicKeyScheme, secrets: [Secret], publicURL: String) throws(WebhookError) {
        var keys: [(label: String, key: Key)] = []
        for secret in secrets { keys.append((secret.label, try Self.key(scheme.algorithm, secret))) }
        self.scheme = scheme
        self.keys = keys
        self.publicURL = publicURL
    }

    func verify(_ request: InboundRequest, now: Timestamp, keys _: FetchedKeys) throws(VerificationFailure) -> String? {
        let header = try SignatureHeader(scheme, request.headers)
        let signatures = header.signatures.prefix(Self.maxSignatures + 1)
            .compactMap { HMACScheme.Encoding.base64.decode($0) }
        guard !signatures.isEmpty, header.signatures.count <= Self.maxSignatures else {
            throw scheme.failure(.malformedHeader("\(scheme.header)", expected: "a signature in padded base64"))
        }
        let pieces = scheme.signed.pieces(
            timestamp: header.timestamp,
            id: header.id,
            url: publicURL,
            body: request.body
        )
        let text = Array(pieces.joined())
        let matched = keys.first { key in signatures.contains { Self.isValid($0, text, key.key) } }
        guard let matched else { throw scheme.failure(.noMatch) }
        try scheme.checkWindow(header.time, now: now)
        return matched.label
    }

    func isPresent(in request: InboundRequest) -> Bool {
        request.headers.contains(scheme.header.field)
    }

    /// Only the sender holds the private key.
    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders { SignedHeaders() }

    var signer: Signer { .privateKey }

    /// Signs when the pair is one of our own.
    func sign(_ body: [UInt8], id: String, now: Timestamp, extras: SigningExtras) -> SignedHeaders {
        extras.key?.sign(scheme, body, id: id, now: now, publicURL: publicURL) ?? SignedHeaders()
    }

    private static func isValid(_ signature: [UInt8], _ text: [UInt8], _ key: Key) -> Bool {
        switch key {
        case .ed25519(let key): key.isValid(signature, for: text)
        case .rsa(let key): key.isValid(signature, for: text)
        }
    }

    private static func key(_ algorithm: PublicKeyScheme.Algorithm, _ secret: Secret) throws(WebhookError) -> Key {
        switch algorithm {
        case .ed25519:
            let bytes = HMACScheme.Encoding.base64.decode(secret.reveal().trimmingPrefix("whpk_"))
            guard let bytes, let key = Ed25519PublicKey(bytes) else {
                throw mistake(secret, "a public key of 32 bytes in base64 after 'whpk_'")
            }
            return .ed25519(key)
        case .rsaSHA256:
            // Pasted through an environment variable, a PEM text often has \n for its line ends.
            let pem = secret.reveal().replacing(#"\n"#, with: "\n")
            guard let key = RSAPublicKey(pem: pem) else {
                throw mistake(secret, "an RSA public key of 2048 bits or more in PEM")
            }
            return .rsa(key)
        }
    }

    private static func mistake(_ secret: Secret, _ expectation: String) -> WebhookError {
        WebhookError(code: .badSecret, reason: "\(secret.label) is not \(expectation)")
    }
}

/// A signature that the sender makes with a private key; the source's secret is the public key.
package struct PublicKeyScheme: Hashable, Sendable, SignatureEnvelope {
    /// What makes the signature; it is written in base64.
    package enum Algorithm: String, Hashable, Sendable {
        /// Ed25519; the key is base64 after `whpk_`.
        case ed25519 = "Ed25519"
        /// RSA with SHA-256 and the padding of PKCS #1 1.5; the key is a PEM text.
        case rsaSHA256 = "RSA-SHA256"
    }

    package var algorithm: Algorithm
    package var header: HeaderName
    package var syntax: HMACScheme.Syntax = .single
    package var signed: SignedText = .body
    package var timestamp: HMACScheme.TimeStamp?
    package var id: HeaderName?

    /// One line for people.
    package var description: String {
        "\(algorithm.rawValue), base64, in \(header) over \(signed)"
    }
}
