// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

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
