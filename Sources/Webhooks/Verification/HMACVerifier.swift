// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Events
internal import Foundation
internal import HTTPTypes
internal import HTTPValues

/// An ``HMACScheme`` with its keys.
struct HMACVerifier: RequestCheck {
    private struct Key: Sendable {
        let label: String
        let key: SymmetricKey
    }

    /// More signatures than any sender writes; each costs a comparison.
    private static let maxSignatures = 16

    let scheme: HMACScheme
    private let keys: [Key]
    private let publicURL: String

    init(_ scheme: HMACScheme, secrets: [Secret], publicURL: String) throws(WebhookError) {
        var keys: [Key] = []
        for secret in secrets {
            keys.append(Key(label: secret.label, key: SymmetricKey(data: try scheme.key.bytes(of: secret))))
        }
        self.scheme = scheme
        self.keys = keys
        self.publicURL = publicURL
    }

    func verify(_ request: InboundRequest, now: Timestamp, keys _: FetchedKeys) throws(VerificationFailure) -> String? {
        let header = try SignatureHeader(scheme, request.headers)
        let candidates = try decode(header)
        let pieces = pieces(timestamp: header.timestamp, id: header.id, body: request.body)
        var matched: String?
        for key in keys.reversed() where matches(candidates, pieces: pieces, key: key.key) { matched = key.label }
        guard let matched else { throw scheme.failure(.noMatch) }
        // Only now: of a forged request nobody learns how old it is.
        try scheme.checkWindow(header.time, now: now)
        return matched
    }

    func isPresent(in request: InboundRequest) -> Bool {
        request.headers.contains(scheme.header.field)
    }

    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders {
        guard let key = keys.first else { return SignedHeaders() }
        let timestamp = scheme.timestamp.map { $0.unit.text(of: now) }
        let pieces = pieces(timestamp: timestamp ?? "", id: id, body: body)
        let signature = scheme.prefix + scheme.encoding.encode(authenticate(pieces, key: key.key))
        return SignedHeaders(headers: scheme.headers(signature: signature, timestamp: timestamp, id: id))
    }

    private func decode(_ header: SignatureHeader) throws(VerificationFailure) -> [[UInt8]] {
        let candidates = header.signatures.prefix(Self.maxSignatures + 1).compactMap { signature -> [UInt8]? in
            let prefix = signature.prefix(scheme.prefix.count)
            guard prefix == scheme.prefix || prefix.lowercased() == scheme.prefix.lowercased() else { return nil }
            return scheme.encoding.decode(signature.dropFirst(scheme.prefix.count))
        }
        .filter { $0.count == scheme.hash.byteCount }
        guard !candidates.isEmpty, header.signatures.count <= Self.maxSignatures else {
            let shape = scheme.encoding.shape(byteCount: scheme.hash.byteCount)
            let expected = scheme.prefix.isEmpty ? shape : "'\(scheme.prefix)' and \(shape)"
            throw scheme.failure(.malformedHeader("\(scheme.header)", expected: expected))
        }
        return candidates
    }

    private func pieces(timestamp: String, id: String, body: [UInt8]) -> [[UInt8]] {
        scheme.signed.pieces(timestamp: timestamp, id: id, url: publicURL, body: body)
    }

    private func matches(_ candidates: [[UInt8]], pieces: [[UInt8]], key: SymmetricKey) -> Bool {
        switch scheme.hash {
        case .sha1: Self.matches(candidates, Self.code(Insecure.SHA1.self, pieces, key))
        case .sha256: Self.matches(candidates, Self.code(SHA256.self, pieces, key))
        case .sha512: Self.matches(candidates, Self.code(SHA512.self, pieces, key))
        }
    }

    private func authenticate(_ pieces: [[UInt8]], key: SymmetricKey) -> [UInt8] {
        switch scheme.hash {
        case .sha1: Array(Self.code(Insecure.SHA1.self, pieces, key))
        case .sha256: Array(Self.code(SHA256.self, pieces, key))
        case .sha512: Array(Self.code(SHA512.self, pieces, key))
        }
    }

    /// Compares in constant time: Crypto's `==` of an authentication code with bytes is.
    private static func matches(_ candidates: [[UInt8]], _ code: some MessageAuthenticationCode) -> Bool {
        candidates.reduce(false) { found, candidate in code == candidate || found }
    }

    private static func code<H: HashFunction>(_: H.Type, _ pieces: [[UInt8]], _ key: SymmetricKey) -> HMAC<H>.MAC {
        var code = HMAC<H>(key: key)
        for piece in pieces { code.update(data: piece) }
        return code.finalize()
    }
}
