// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Events
internal import Foundation
internal import HTTPTypes
internal import HTTPValues

/// A ``TokenScheme`` with its secrets.
struct TokenVerifier: RequestCheck {
    private struct Token: Sendable {
        let label: String
        let text: String
        let fingerprint: Data
    }

    /// A key of this process alone: comparing two codes under it tells a listener nothing about either text.
    private static let comparisonKey = SymmetricKey(size: .bits256)

    let scheme: TokenScheme
    private let tokens: [Token]

    init(_ scheme: TokenScheme, secrets: [Secret]) {
        self.scheme = scheme
        tokens = secrets.map { secret in
            let text = scheme.form == .plain ? secret.text : Self.digest(secret.text)
            return Token(label: secret.label, text: text, fingerprint: Data(Self.fingerprint(text)))
        }
    }

    func verify(_ request: InboundRequest, now: Timestamp, keys _: FetchedKeys) throws(VerificationFailure) -> String? {
        let text = try presented(in: request)
        let presented = Self.fingerprint(scheme.form == .sha256Hex ? text.lowercased() : text)
        var matched: String?
        for token in tokens.reversed() where presented == token.fingerprint { matched = token.label }
        guard let matched else { throw failure(.noMatch) }
        return matched
    }

    func isPresent(in request: InboundRequest) -> Bool {
        (try? presented(in: request)) != nil
    }

    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders {
        guard let token = tokens.first?.text else { return SignedHeaders() }
        switch scheme.carrier {
        case .header(let name): return SignedHeaders(headers: [name.field: token])
        case .bearer: return SignedHeaders(headers: [.authorization: "Bearer \(token)"])
        case .basic:
            return SignedHeaders(headers: [.authorization: "Basic \(Data(token.utf8).base64EncodedString())"])
        case .query(let name): return SignedHeaders(query: [name: token])
        }
    }

    private func presented(in request: InboundRequest) throws(VerificationFailure) -> String {
        switch scheme.carrier {
        case .header(let name): return try only(name.field, in: request)
        case .bearer: return try credentials("bearer", in: request)
        case .basic:
            let coded = try credentials("basic", in: request)
            guard let data = Data(base64Encoded: coded), let text = String(validating: data, as: UTF8.self) else {
                throw failure(.malformedHeader("Authorization", expected: "base64 of user:password in UTF-8"))
            }
            return text
        case .query(let name):
            guard let value = request.query(name) else { throw failure(.missingParameter(name)) }
            return value
        }
    }

    /// What follows an authentication scheme's name, which RFC 9110 compares without case.
    private func credentials(_ name: String, in request: InboundRequest) throws(VerificationFailure) -> String {
        let value = try only(.authorization, in: request)
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == name else {
            throw failure(.malformedHeader("Authorization", expected: "the scheme \(name)"))
        }
        return String(parts[1].drop { $0 == " " })
    }

    private func only(_ name: HTTPField.Name, in request: InboundRequest) throws(VerificationFailure) -> String {
        let values = request.headers[values: name]
        guard let value = values.first, !value.isEmpty else { throw failure(.missingHeader(name.rawName)) }
        guard values.count == 1 else { throw failure(.malformedHeader(name.rawName, expected: "one line")) }
        return value
    }

    private func failure(_ reason: VerificationFailure.Reason) -> VerificationFailure {
        VerificationFailure(scheme: scheme.description, reason: reason)
    }

    private static func fingerprint(_ text: String) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: comparisonKey)
    }

    private static func digest(_ text: String) -> String {
        HMACScheme.Encoding.hex.encode(Array(SHA256.hash(data: Array(text.utf8))))
    }
}
