// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues

/// A ``Verification`` with the secrets it needs: one implementation a family of schemes.
protocol RequestCheck: Sendable {
    /// Checks a request.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - now: Our clock.
    ///   - keys: Public keys that were fetched so far.
    /// - Returns: The label of the secret that matched; `nil` where nothing is verified.
    /// - Throws: ``VerificationFailure`` with the reason.
    func verify(_ request: InboundRequest, now: Timestamp, keys: FetchedKeys) throws(VerificationFailure) -> String?

    /// Whether the request carries what the check reads, right or wrong.
    ///
    /// - Parameter request: The request.
    /// - Returns: Whether it is there.
    func isPresent(in request: InboundRequest) -> Bool

    /// Does what the sender would do, with the newest secret.
    ///
    /// - Parameters:
    ///   - body: The body to sign.
    ///   - id: The message id, where the scheme signs one.
    ///   - now: The time stamp, where the scheme signs one.
    /// - Returns: What to add; nothing where only the sender holds the key.
    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders

    /// Who can sign.
    var signer: Signer { get }

    /// Signs with what stands beside the body.
    ///
    /// - Parameters:
    ///   - body: The body to sign.
    ///   - id: The message id, where the scheme signs one.
    ///   - now: The time stamp, where the scheme signs one.
    ///   - extras: What else the signature may cover or need.
    /// - Returns: What to add; nothing where it takes another key.
    func sign(_ body: [UInt8], id: String, now: Timestamp, extras: SigningExtras) -> SignedHeaders
}

/// The first of several checks for which a request carries anything.
struct FirstPresentCheck: RequestCheck {
    let checks: [any RequestCheck]

    func verify(_ request: InboundRequest, now: Timestamp, keys: FetchedKeys) throws(VerificationFailure) -> String? {
        guard let chosen = checks.first(where: { $0.isPresent(in: request) }) ?? checks.first else {
            throw VerificationFailure(scheme: "no scheme", reason: .noSecret)
        }
        return try chosen.verify(request, now: now, keys: keys)
    }

    func isPresent(in request: InboundRequest) -> Bool {
        checks.contains { $0.isPresent(in: request) }
    }

    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders {
        sign(body, id: id, now: now, extras: SigningExtras())
    }

    var signer: Signer { checks.first?.signer ?? .nobody }

    func sign(_ body: [UInt8], id: String, now: Timestamp, extras: SigningExtras) -> SignedHeaders {
        checks.first?.sign(body, id: id, now: now, extras: extras) ?? SignedHeaders()
    }
}

/// Two checks for two kinds of secrets; a request must pass one of them.
struct EitherCheck: RequestCheck {
    let first: any RequestCheck
    let second: any RequestCheck

    func verify(_ request: InboundRequest, now: Timestamp, keys: FetchedKeys) throws(VerificationFailure) -> String? {
        do {
            return try first.verify(request, now: now, keys: keys)
        } catch {
            // Of two failures the first is told, unless the first scheme's part of the header is just not there.
            do {
                return try second.verify(request, now: now, keys: keys)
            } catch let other {
                throw error.isAboutShape ? other : error
            }
        }
    }

    func isPresent(in request: InboundRequest) -> Bool {
        first.isPresent(in: request) || second.isPresent(in: request)
    }

    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders {
        sign(body, id: id, now: now, extras: SigningExtras())
    }

    var signer: Signer { first.signer }

    func sign(_ body: [UInt8], id: String, now: Timestamp, extras: SigningExtras) -> SignedHeaders {
        first.sign(body, id: id, now: now, extras: extras)
    }
}

/// A login and a check of the request itself; both must pass.
struct LoginCheck: RequestCheck {
    let login: TokenVerifier
    let check: any RequestCheck

    /// The label of the secret that the request itself was made with; the login's says nothing about the body.
    func verify(_ request: InboundRequest, now: Timestamp, keys: FetchedKeys) throws(VerificationFailure) -> String? {
        _ = try login.verify(request, now: now, keys: keys)
        return try check.verify(request, now: now, keys: keys)
    }

    func isPresent(in request: InboundRequest) -> Bool {
        check.isPresent(in: request)
    }

    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders {
        sign(body, id: id, now: now, extras: SigningExtras())
    }

    var signer: Signer { check.signer }

    func sign(_ body: [UInt8], id: String, now: Timestamp, extras: SigningExtras) -> SignedHeaders {
        var signed = check.sign(body, id: id, now: now, extras: extras)
        for field in login.sign(body, id: id, now: now).headers { signed.headers[field.name] = field.value }
        return signed
    }
}

/// Nothing is checked.
struct NoCheck: RequestCheck {
    func verify(_ request: InboundRequest, now: Timestamp, keys: FetchedKeys) -> String? { nil }
    func isPresent(in request: InboundRequest) -> Bool { true }
    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders { SignedHeaders() }
    var signer: Signer { .nobody }
}
