// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Cryptography
internal import Events
internal import Foundation
package import HTTPTypes

/// A private key of our own that stands for the sender's, so that a sender with such a key can be imitated: the source
/// that is to accept it has the public half as its secret.
package struct SenderKey: Sendable {
    private enum Key: Sendable {
        case rsa(RSAPrivateKey)
        case ed25519(Ed25519PrivateKey)
    }

    private let key: Key

    /// Reads a key.
    ///
    /// - Parameter text: An RSA key of 2048 bits or more in PEM, or an Ed25519 key in base64 after `whsk_`.
    /// - Throws: ``WebhookError`` with code `badSecret` when it is neither.
    package init(_ text: String) throws(WebhookError) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let bytes = HMACScheme.Encoding.base64.decode(text.trimmingPrefix("whsk_"))
        // Some libraries write the public half behind the private one.
        if let bytes, let key = Ed25519PrivateKey(seed: Array(bytes.prefix(32))) {
            self.key = .ed25519(key)
        } else if let key = RSAPrivateKey(pem: text) {
            self.key = .rsa(key)
        } else {
            throw WebhookError(
                code: .badSecret,
                reason: "not a private key; expected an RSA key of 2048 bits or more in PEM, "
                    + "or an Ed25519 key in base64 after 'whsk_'"
            )
        }
    }

    /// The public half, as a source has it for its secret.
    package var publicText: String {
        switch key {
        case .rsa(let key): key.publicKey.pem
        case .ed25519(let key): "whpk_" + HMACScheme.Encoding.base64.encode(key.publicKey.bytes)
        }
    }

    /// Signs as a scheme wants it.
    ///
    /// - Parameters:
    ///   - scheme: The sender's scheme.
    ///   - body: The body.
    ///   - id: The message id, where the scheme signs one.
    ///   - now: The time stamp, where the scheme signs one.
    ///   - publicURL: The address, where the scheme signs it.
    /// - Returns: The headers; none when the key is not of the scheme's kind.
    func sign(_ scheme: PublicKeyScheme, _ body: [UInt8], id: String, now: Timestamp, publicURL: String)
        -> SignedHeaders
    {
        let timestamp = scheme.timestamp?.unit.text(of: now)
        let pieces = scheme.signed.pieces(timestamp: timestamp ?? "", id: id, url: publicURL, body: body)
        guard let signature = signature(scheme.algorithm, Array(pieces.joined())) else { return SignedHeaders() }
        let coded = HMACScheme.Encoding.base64.encode(signature)
        return SignedHeaders(headers: scheme.headers(signature: coded, timestamp: timestamp, id: id))
    }

    private func signature(_ algorithm: PublicKeyScheme.Algorithm, _ text: [UInt8]) -> [UInt8]? {
        switch (algorithm, key) {
        case (.rsaSHA256, .rsa(let key)): key.signature(for: text)
        case (.ed25519, .ed25519(let key)): key.signature(for: text)
        case (.rsaSHA256, .ed25519), (.ed25519, .rsa): nil
        }
    }
}

/// Who can make a source's signatures, and so whether its sender can be imitated.
package enum Signer: Hashable, Sendable {
    /// Whoever has the source's secret.
    case secret
    /// Whoever has the private half of the source's secret: a ``SenderKey`` if it is ours.
    case privateKey
    /// The sender alone: its key is fetched from this site.
    case senderAlone(site: String)
    /// Nobody; nothing is verified.
    case nobody
}

extension Verification {
    /// Who can sign, whatever the secret is; `nil` where that depends on the secret or it is enough.
    package var onlySigner: Signer? {
        switch self {
        case .publicKey: .privateKey
        case .certificate(let scheme): .senderAlone(site: "\(scheme.signatures[0].site)")
        default: nil
        }
    }
}

/// What a signature may cover or need beside the body.
struct SigningExtras: Sendable {
    /// The parameters of the address that is posted to, decoded.
    var query: [String: String] = [:]
    /// What signs where the source's secret is a public key.
    var key: SenderKey?
}

extension RequestCheck {
    /// Most signatures are made with the secret.
    var signer: Signer { .secret }

    /// Most signatures cover nothing but the body.
    func sign(_ body: [UInt8], id: String, now: Timestamp, extras: SigningExtras) -> SignedHeaders {
        sign(body, id: id, now: now)
    }
}

/// What a sender adds to a request to prove that it is its own.
package struct SignedHeaders: Hashable, Sendable {
    /// Headers to add.
    package var headers: HTTPFields = [:]
    /// Query parameters to add, not yet percent-encoded.
    package var query: [String: String] = [:]
    /// The body to post instead, where the proof stands in the body.
    package var body: [UInt8]?
    /// Whether any of it proves something, beside naming the event.
    package var isProof = false

    /// The query, percent-encoded, by name and with the question mark; empty where there are no parameters.
    package var queryString: String {
        let pairs = query.sorted { $0.key < $1.key }
            .map { "\(PercentEncoding.encode($0.key))=\(PercentEncoding.encode($0.value))" }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }
}
