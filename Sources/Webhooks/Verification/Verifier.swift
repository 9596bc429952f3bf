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
            let chosen = secrets.filter { shape.fits($0.reveal()) }
            let others = secrets.filter { !shape.fits($0.reveal()) }
            if chosen.isEmpty { return try prepare(second, secrets: others, publicURL: publicURL) }
            let check = try prepare(first, secrets: chosen, publicURL: publicURL)
            if others.isEmpty { return check }
            return EitherCheck(first: try prepare(second, secrets: others, publicURL: publicURL), second: check)
        case .withLogin(let verification):
            let logins = secrets.filter { Verification.SecretShape.login.fits($0.reveal()) }
            let others = secrets.filter { !Verification.SecretShape.login.fits($0.reveal()) }
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

/// Why a request is not believed, for the operator; its sender learns no more than 401.
package struct VerificationFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The ways to fail.
    package enum Reason: Hashable, Sendable {
        /// A header that the scheme reads is not there.
        case missingHeader(String)
        /// A query parameter that the scheme reads is not there.
        case missingParameter(String)
        /// A header is there and cannot be what the sender writes.
        case malformedHeader(String, expected: String)
        /// A field of the body that the scheme reads is not there.
        case missingField(String)
        /// A field of the body is there and cannot be what the sender writes.
        case malformedField(String, expected: String)
        /// The body, in which the proof stands, cannot be read.
        case malformedBody(expected: String)
        /// The sender's key is at a checked address and was not fetched yet.
        case missingCertificate(CertificateURL)
        /// Correctly signed, for somebody else.
        case wrongRecipient
        /// Everything is in its place, and no secret leads to this signature or token.
        case noMatch
        /// Correctly signed, too long ago.
        case stale(age: Duration, allowed: Duration)
        /// Correctly signed, with a time that has not come yet.
        case future(ahead: Duration, allowed: Duration)
        /// No secret is configured.
        case noSecret
    }

    /// The scheme's one-line description.
    package let scheme: String
    /// What failed.
    package let reason: Reason

    /// One sentence; never a secret, never what the signature should have been.
    package var description: String { "\(sentence) (\(scheme))" }

    /// The key to fetch before the request can be judged.
    var neededCertificate: CertificateURL? {
        if case .missingCertificate(let url) = reason { url } else { nil }
    }

    /// Whether a part was missing or unreadable, so that nothing was compared at all.
    var isAboutShape: Bool {
        switch reason {
        case .missingHeader, .missingParameter, .malformedHeader, .missingField, .malformedField, .malformedBody: true
        case .missingCertificate, .wrongRecipient, .noMatch, .stale, .future, .noSecret: false
        }
    }

    private var sentence: String {
        switch reason {
        case .missingHeader(let name): "the header \(name) is missing"
        case .missingParameter(let name): "the query parameter \(name) is missing"
        case .malformedHeader(let name, let expected): "the header \(name) is malformed; expected \(expected)"
        case .missingField(let name): "the body's field \(name) is missing"
        case .malformedField(let name, let expected): "the body's field \(name) is malformed; expected \(expected)"
        case .malformedBody(let expected): "the body is malformed; expected \(expected)"
        case .missingCertificate(let url): "the sender's key at \(url) was not fetched"
        case .wrongRecipient: "the body names a recipient that is none of the configured secrets"
        case .noMatch: "no configured secret leads to what the request carries"
        case .stale(let age, let allowed):
            "the time stamp is \(Self.seconds(age)) old; at most \(Self.seconds(allowed)) are allowed"
        case .future(let ahead, let allowed):
            "the time stamp is \(Self.seconds(ahead)) ahead of our clock; at most \(Self.seconds(allowed)) are allowed"
        case .noSecret: "no secret is configured"
        }
    }

    private static func seconds(_ duration: Duration) -> String {
        "\(duration.components.seconds) s"
    }
}
