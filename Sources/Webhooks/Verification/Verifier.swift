// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes

/// A ``Verification`` with the secrets and the address it needs: ready to check and to sign.
struct Verifier: Sendable, CustomStringConvertible, CustomReflectable {
    private indirect enum Check: Sendable {
        case hmac(HMACVerifier)
        case token(TokenVerifier)
        case firstPresent([Check])
        case none
    }

    private let check: Check
    /// Labels of the secrets, the newest first.
    let labels: [String]

    /// Prepares keys.
    ///
    /// - Parameters:
    ///   - verification: What to check.
    ///   - secrets: Those that are valid now, the newest first.
    ///   - publicURL: The address that the sender posts to.
    /// - Throws: ``WebhookError`` when a secret is not in the form that the scheme wants, or none or the address is
    ///   missing.
    init(_ verification: Verification, secrets: [Secret], publicURL: String?) throws(WebhookError) {
        if verification.needsSecret && secrets.isEmpty {
            throw WebhookError(code: .noSecret, reason: "no secret; \(verification) needs at least one")
        }
        if verification.needsPublicURL && publicURL == nil {
            throw WebhookError(code: .noPublicURL, reason: "no public URL; the sender signs the address it posts to")
        }
        check = try Self.prepare(verification, secrets: secrets, publicURL: publicURL ?? "")
        labels = secrets.map(\.label)
    }

    /// The labels alone; keys and tokens never print.
    var description: String { "verifier with \(labels.joined(separator: ", "))" }
    /// The labels alone.
    var customMirror: Mirror { Mirror(self, children: ["labels": labels]) }

    /// Checks a request before anything of it is parsed.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - now: Our clock.
    /// - Returns: The label of the secret that matched; `nil` where nothing is verified.
    /// - Throws: ``VerificationFailure`` with the reason.
    func verify(_ request: InboundRequest, now: Timestamp) throws(VerificationFailure) -> String? {
        try Self.verify(check, request, now: now)
    }

    /// Does what the sender would do, with the newest secret.
    ///
    /// - Parameters:
    ///   - body: The body to sign.
    ///   - id: The message id, where the scheme signs one.
    ///   - now: The time stamp, where the scheme signs one.
    /// - Returns: Headers and query parameters to add.
    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders {
        Self.sign(check, body, id: id, now: now)
    }

    private static func prepare(
        _ verification: Verification,
        secrets: [Secret],
        publicURL: String
    ) throws(WebhookError) -> Check {
        switch verification {
        case .hmac(let scheme): return .hmac(try HMACVerifier(scheme, secrets: secrets, publicURL: publicURL))
        case .token(let scheme): return .token(TokenVerifier(scheme, secrets: secrets))
        case .firstPresent(let ways):
            var checks: [Check] = []
            for way in ways { checks.append(try prepare(way, secrets: secrets, publicURL: publicURL)) }
            return .firstPresent(checks)
        case .none: return .none
        }
    }

    private static func verify(
        _ check: Check,
        _ request: InboundRequest,
        now: Timestamp
    ) throws(VerificationFailure) -> String? {
        switch check {
        case .hmac(let verifier): return try verifier.verify(request, now: now)
        case .token(let verifier): return try verifier.verify(request)
        case .firstPresent(let checks):
            guard let chosen = checks.first(where: { isPresent($0, in: request) }) ?? checks.first else {
                throw VerificationFailure(scheme: "no scheme", reason: .noSecret)
            }
            return try verify(chosen, request, now: now)
        case .none: return nil
        }
    }

    private static func isPresent(_ check: Check, in request: InboundRequest) -> Bool {
        switch check {
        case .hmac(let verifier): request.headers.contains(verifier.scheme.header.field)
        case .token(let verifier): verifier.isPresent(in: request)
        case .firstPresent(let checks): checks.contains { isPresent($0, in: request) }
        case .none: true
        }
    }

    private static func sign(_ check: Check, _ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders {
        switch check {
        case .hmac(let verifier): verifier.sign(body, id: id, now: now)
        case .token(let verifier): verifier.sign()
        case .firstPresent(let checks): checks.first.map { sign($0, body, id: id, now: now) } ?? SignedHeaders()
        case .none: SignedHeaders()
        }
    }
}
