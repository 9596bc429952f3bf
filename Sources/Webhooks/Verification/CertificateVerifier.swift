// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
internal import HTTPValues

/// A ``CertificateScheme`` with the secrets that say for whom a request is.
struct CertificateVerifier: RequestCheck {
    let scheme: CertificateScheme
    let secrets: [Secret]

    func verify(_ request: InboundRequest, now: Timestamp, keys: FetchedKeys) throws(VerificationFailure) -> String? {
        var failures: [VerificationFailure] = []
        for signature in scheme.signatures {
            do {
                return try verify(signature, request, now: now, keys: keys)
            } catch {
                failures.append(error)
            }
        }
        // A key that is still to be fetched may be the good one; else the first header's failure is the one to tell.
        let needed = failures.first { $0.neededCertificate != nil }
        throw needed ?? failures.first ?? failure(.noSecret)
    }

    func isPresent(in request: InboundRequest) -> Bool {
        scheme.signatures.contains { request.headers.contains($0.header.field) }
    }

    /// Only the sender holds the private key.
    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders { SignedHeaders() }

    var signer: Signer { Verification.certificate(scheme).onlySigner ?? .nobody }

    private func verify(
        _ signature: CertificateScheme.Signature,
        _ request: InboundRequest,
        now: Timestamp,
        keys: FetchedKeys
    ) throws(VerificationFailure) -> String {
        let coded = try only(signature.header, request)
        guard let bytes = HMACScheme.Encoding.base64.decode(coded[...]) else {
            throw failure(.malformedHeader("\(signature.header)", expected: "a signature in padded base64"))
        }
        let location = try only(signature.location, request)
        guard let url = CertificateURL(location, on: signature.site) else {
            throw failure(.malformedHeader("\(signature.location)", expected: "an address on \(signature.site)"))
        }
        let candidates = try candidates(request)
        guard let key = keys[url] else { throw failure(.missingCertificate(url)) }
        let matched = candidates.first { key.isValid(bytes, for: $0.text, now: now) }
        guard let matched else { throw failure(.noMatch) }
        return scheme.recipient.isEmpty ? matched.label : try recipient(of: request)
    }

    /// What each secret says was signed; one text for all of them where it holds no secret.
    private func candidates(_ request: InboundRequest) throws(VerificationFailure) -> [(label: String, text: [UInt8])] {
        let relevant = scheme.signed.contains(.secret) ? secrets[...] : secrets.prefix(1)
        var candidates: [(label: String, text: [UInt8])] = []
        for secret in relevant {
            var text: [UInt8] = []
            for part in scheme.signed {
                switch part {
                case .header(let name): text += try Array(only(name, request).utf8)
                case .secret: text += Array(secret.reveal().utf8)
                case .bodyCRC32: text += Array(String(CRC32.checksum(of: request.body)).utf8)
                case .body: text += request.body
                case .literal(let literal): text += Array(literal.utf8)
                }
            }
            candidates.append((secret.label, text))
        }
        return candidates
    }

    /// The label of the secret that every event of a correctly signed body names as its recipient.
    private func recipient(of request: InboundRequest) throws(VerificationFailure) -> String {
        guard let document = try? JSONDocument(request.body) else { throw failure(.wrongRecipient) }
        let events = document.root.kind == .array ? document.root.elements : [document.root]
        let named = events.map { event in scheme.recipient.lazy.compactMap { event[$0]?.string }.first }
        let matched = secrets.first { secret in !named.isEmpty && named.allSatisfy { $0.map(secret.isSame) ?? false } }
        guard let matched else { throw failure(.wrongRecipient) }
        return matched.label
    }

    private func only(_ name: HeaderName, _ request: InboundRequest) throws(VerificationFailure) -> String {
        let values = request.headers[values: name.field]
        guard let value = values.first, !value.isEmpty else { throw failure(.missingHeader("\(name)")) }
        guard values.count == 1 else { throw failure(.malformedHeader("\(name)", expected: "one line")) }
        return value
    }

    private func failure(_ reason: VerificationFailure.Reason) -> VerificationFailure {
        VerificationFailure(scheme: scheme.description, reason: reason)
    }
}

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

/// The checksum of zlib and PNG, which PayPal signs in place of the body.
///
/// It guards against accidents, not against people: bodies with a given checksum are easily made.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    /// The checksum.
    ///
    /// - Parameter bytes: Any bytes.
    /// - Returns: 32 bits.
    static func checksum(of bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
    }
}
