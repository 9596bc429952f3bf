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
        let begun: BegunHMAC
    }

    /// More signatures than any sender writes; each costs a comparison.
    private static let maxSignatures = 16

    let scheme: HMACScheme
    private let keys: [Key]
    private let publicURL: String
    /// The failure of a signature that no secret leads to, which a flood of forged requests would make anew each time.
    private let mismatch: VerificationFailure

    init(_ scheme: HMACScheme, secrets: [Secret], publicURL: String) throws(WebhookError) {
        var keys: [Key] = []
        for secret in secrets {
            let key = SymmetricKey(data: try scheme.key.bytes(of: secret))
            keys.append(Key(label: secret.label, begun: BegunHMAC(scheme.hash, key)))
        }
        self.scheme = scheme
        self.keys = keys
        self.publicURL = publicURL
        mismatch = scheme.failure(.noMatch)
    }

    func verify(_ request: InboundRequest, now: Timestamp, keys _: FetchedKeys) throws(VerificationFailure) -> String? {
        let header = try SignatureHeader(scheme, request.headers)
        let candidates = try decode(header)
        let pieces = pieces(timestamp: header.timestamp, id: header.id, body: request.body)
        var matched: String?
        for key in keys.reversed() where key.begun.leads(to: candidates, over: pieces) { matched = key.label }
        guard let matched else { throw mismatch }
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
        let signature = scheme.prefix + scheme.encoding.encode(key.begun.code(over: pieces))
        return SignedHeaders(headers: scheme.headers(signature: signature, timestamp: timestamp, id: id))
    }

    private func decode(_ header: SignatureHeader) throws(VerificationFailure) -> [[UInt8]] {
        let candidates = header.signatures.prefix(Self.maxSignatures + 1).compactMap { signature -> [UInt8]? in
            if scheme.prefix.isEmpty { return scheme.encoding.decode(signature) }
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
}

/// A keyed hash that has its key and nothing else yet: what the key costs is done once and not for each request.
private enum BegunHMAC: Sendable {
    case sha1(HMAC<Insecure.SHA1>)
    case sha256(HMAC<SHA256>)
    case sha512(HMAC<SHA512>)

    init(_ hash: HMACScheme.Hash, _ key: SymmetricKey) {
        switch hash {
        case .sha1: self = .sha1(HMAC(key: key))
        case .sha256: self = .sha256(HMAC(key: key))
        case .sha512: self = .sha512(HMAC(key: key))
        }
    }

    /// Whether the code of a text is among these, which are as long as it is.
    func leads(to candidates: [[UInt8]], over pieces: [[UInt8]]) -> Bool {
        switch self {
        case .sha1(let begun): Self.matches(candidates, Self.code(begun, pieces))
        case .sha256(let begun): Self.matches(candidates, Self.code(begun, pieces))
        case .sha512(let begun): Self.matches(candidates, Self.code(begun, pieces))
        }
    }

    /// The code of a text.
    func code(over pieces: [[UInt8]]) -> [UInt8] {
        switch self {
        case .sha1(let begun): Array(Self.code(begun, pieces))
        case .sha256(let begun): Array(Self.code(begun, pieces))
        case .sha512(let begun): Array(Self.code(begun, pieces))
        }
    }

    /// Compares in constant time: Crypto's `==` of an authentication code with bytes is.
    private static func matches(_ candidates: [[UInt8]], _ code: some MessageAuthenticationCode) -> Bool {
        candidates.reduce(false) { found, candidate in code == candidate || found }
    }

    private static func code<H: HashFunction>(_ begun: HMAC<H>, _ pieces: [[UInt8]]) -> HMAC<H>.MAC {
        var code = begun
        for piece in pieces { code.update(data: piece) }
        return code.finalize()
    }
}
