// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

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
