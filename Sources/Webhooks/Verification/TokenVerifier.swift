// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import HTTPTypes
internal import HTTPValues

/// A ``TokenScheme`` with its secrets.
struct TokenVerifier: RequestCheck {
    private struct Token: Sendable {
        let label: String
        let text: String
        let fingerprint: Fingerprint
    }

    let scheme: TokenScheme
    private let tokens: [Token]

    init(_ scheme: TokenScheme, secrets: [Secret]) {
        self.scheme = scheme
        tokens = secrets.map { secret in
            let text = scheme.form == .plain ? secret.reveal() : Self.digest(secret.reveal())
            return Token(label: secret.label, text: text, fingerprint: Fingerprint(of: text))
        }
    }

    func verify(_ request: InboundRequest, now: Timestamp, keys _: FetchedKeys) throws(VerificationFailure) -> String? {
        let text = try presented(in: request)
        let presented = Fingerprint(of: scheme.form == .sha256Hex ? text.lowercased() : text)
        var matched: String?
        for token in tokens.reversed() where presented.isSame(as: token.fingerprint.bytes) { matched = token.label }
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

    private static func digest(_ text: String) -> String {
        HMACScheme.Encoding.hex.encode(Fingerprint(of: text).bytes)
    }
}

/// A fixed text that the sender presents; it proves who sent, and covers nothing of what was sent.
package struct TokenScheme: Hashable, Sendable {
    /// Where the text stands.
    package enum Carrier: Hashable, Sendable {
        /// In a header of that name, alone.
        case header(HeaderName)
        /// In `Authorization: Bearer …`.
        case bearer
        /// In `Authorization: Basic …`; the secret is `user:password`.
        case basic
        /// In a query parameter, for senders that can do nothing else: it ends up in access logs.
        case query(String)
    }

    /// What is presented of the secret.
    package enum Form: Hashable, Sendable {
        /// The secret.
        case plain
        /// The secret's SHA-256 in hex of any case (PhonePe, of `user:password`).
        case sha256Hex
    }

    package var carrier: Carrier
    package var form: Form = .plain
}

extension TokenScheme: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        let what = form == .plain ? "fixed token" : "SHA-256 of a fixed token"
        return switch carrier {
        case .header(let name): "\(what) in \(name)"
        case .bearer: "bearer token in Authorization"
        case .basic: "user and password in Authorization"
        case .query(let name): "\(what) in the query parameter \(name)"
        }
    }
}
