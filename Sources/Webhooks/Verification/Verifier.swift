// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPValues

/// A ``Verification`` with the secrets and the address it needs: ready to check and to sign.
struct Verifier: Sendable, CustomStringConvertible, CustomReflectable {
    private let check: any RequestCheck
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

    /// Lets everybody pass, and signs nothing.
    static let none = Verifier(check: NoCheck(), labels: [])

    private init(check: any RequestCheck, labels: [String]) {
        self.check = check
        self.labels = labels
    }

    /// The labels alone; keys and tokens never print.
    var description: String { "verifier with \(labels.joined(separator: ", "))" }
    /// The labels alone.
    var customMirror: Mirror { Mirror(self, children: ["labels": labels]) }

    /// Checks a request before anything of it becomes an event.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - now: Our clock.
    ///   - keys: Public keys that were fetched so far.
    /// - Returns: The label of the secret that matched; `nil` where nothing is verified.
    /// - Throws: ``VerificationFailure`` with the reason, which may be a key that must be fetched first.
    func verify(
        _ request: InboundRequest,
        now: Timestamp,
        keys: FetchedKeys = [:]
    ) throws(VerificationFailure) -> String? {
        try check.verify(request, now: now, keys: keys)
    }

    /// Does what the sender would do, with the newest secret.
    ///
    /// - Parameters:
    ///   - body: The body to sign.
    ///   - id: The message id, where the scheme signs one.
    ///   - now: The time stamp, where the scheme signs one.
    ///   - extras: What else the signature may cover or need.
    /// - Returns: Headers and query parameters to add, or another body; nothing where only the sender holds the key.
    func sign(_ body: [UInt8], id: String, now: Timestamp, extras: SigningExtras) -> SignedHeaders {
        check.sign(body, id: id, now: now, extras: extras)
    }

    /// Who can sign.
    var signer: Signer { check.signer }

    private static func prepare(
        _ verification: Verification,
        secrets: [Secret],
        publicURL: String
    ) throws(WebhookError) -> any RequestCheck {
        switch verification {
        case .hmac(let scheme): return try HMACVerifier(scheme, secrets: secrets, publicURL: publicURL)
        case .token(let scheme): return TokenVerifier(scheme, secrets: secrets)
        case .publicKey(let scheme): return try PublicKeyVerifier(scheme, secrets: secrets, publicURL: publicURL)
        case .certificate(let scheme): return CertificateVerifier(scheme: scheme, secrets: secrets)
        case .fieldHash(let scheme): return FieldHashVerifier(scheme: scheme, secrets: secrets)
        case .sealedFields(let scheme): return try SealedFieldsVerifier(scheme, secrets: secrets)
        case .itemHash(let scheme): return try ItemHashVerifier(scheme, secrets: secrets)
        case .sortedPairs(let scheme): return SortedPairsVerifier(scheme, secrets: secrets)
        case .firstPresent(let ways):
            var checks: [any RequestCheck] = []
            for way in ways { checks.append(try prepare(way, secrets: secrets, publicURL: publicURL)) }
            return FirstPresentCheck(checks: checks)
        case .bySecret(let shape, let first, let second):
            let chosen = secrets.filter { shape.fits($0.text) }
            let others = secrets.filter { !shape.fits($0.text) }
            if chosen.isEmpty { return try prepare(second, secrets: others, publicURL: publicURL) }
            let check = try prepare(first, secrets: chosen, publicURL: publicURL)
            if others.isEmpty { return check }
            return EitherCheck(first: try prepare(second, secrets: others, publicURL: publicURL), second: check)
        case .withLogin(let verification):
            let logins = secrets.filter { Verification.SecretShape.login.fits($0.text) }
            let others = secrets.filter { !Verification.SecretShape.login.fits($0.text) }
            guard !others.isEmpty else {
                throw WebhookError(code: .noSecret, reason: "only a login; \(verification) needs a key beside it")
            }
            let check = try prepare(verification, secrets: others, publicURL: publicURL)
            if logins.isEmpty { return check }
            return LoginCheck(login: TokenVerifier(TokenScheme(carrier: .basic), secrets: logins), check: check)
        case .none: return NoCheck()
        }
    }
}
