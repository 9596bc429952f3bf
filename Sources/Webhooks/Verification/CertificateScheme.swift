// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// An RSA-SHA256 signature whose public key the sender offers under an address on a host of its own.
///
/// The address comes with the request, so it proves nothing by itself: only addresses on the one configured host
/// are ever asked for (``CertificateURL``), before anything is fetched.
package struct CertificateScheme: Hashable, Sendable {
    /// One signature header and the place of its key.
    package struct Signature: Hashable, Sendable {
        /// The header with the signature in base64.
        package var header: HeaderName
        /// The header that says where the key is.
        package var location: HeaderName
        /// Which addresses may be fetched.
        package var site: CertificateURL.Site
    }

    /// One piece of the signed text.
    package enum Part: Hashable, Sendable {
        /// A header's value as received.
        case header(HeaderName)
        /// The source's secret, which the request does not hold (PayPal's webhook id).
        case secret
        /// The body's CRC-32 as an unsigned decimal number.
        case bodyCRC32
        /// The body, byte for byte.
        case body
        /// A fixed text.
        case literal(String)
    }

    /// Any of these may be good: a sender that changes its key signs with both.
    package var signatures: [Signature]
    package var signed: [Part]
    /// Where the body names its recipient, which must be the source's secret; empty where the signed text holds it.
    package var recipient: [FieldPath] = []
}

extension CertificateScheme: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        let headers = signatures.map { "\($0.header)" }.joined(separator: " or ")
        let text = signed.map { part in
            switch part {
            case .header(let name): "{\(name)}"
            case .secret: "{secret}"
            case .bodyCRC32: "{body_crc32}"
            case .body: "{body}"
            case .literal(let text): text
            }
        }
        return "RSA-SHA256, base64, in \(headers) over \(text.joined()), with a key from \(signatures[0].site)"
    }
}
