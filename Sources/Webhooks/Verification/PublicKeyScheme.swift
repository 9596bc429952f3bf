// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

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
