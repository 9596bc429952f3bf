// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Cryptography
internal import Events
internal import Foundation
internal import HTTPTypes
internal import HTTPValues

/// An ``HMACScheme`` with its keys.
struct HMACVerifier: RequestCheck {
    private struct Key: Sendable {
        let label: String
        let begun: KeyedHash
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
            let begun = KeyedHash(scheme.hash, key: try scheme.key.bytes(of: secret))
            keys.append(Key(label: secret.label, begun: begun))
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
        for key in keys.reversed() where Self.leads(key.begun, to: candidates, over: pieces) { matched = key.label }
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

    /// Whether the code of a text is among these, in a time that does not depend on where they differ.
    private static func leads(_ key: KeyedHash, to candidates: [[UInt8]], over pieces: [[UInt8]]) -> Bool {
        let code = key.code(over: pieces)
        return candidates.reduce(false) { found, candidate in ConstantTime.areEqual(code, candidate) || found }
    }
}
