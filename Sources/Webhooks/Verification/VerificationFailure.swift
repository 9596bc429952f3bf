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

    private var sentence: String {
        switch reason {
        case .missingHeader(let name): "the header \(name) is missing"
        case .missingParameter(let name): "the query parameter \(name) is missing"
        case .malformedHeader(let name, let expected): "the header \(name) is malformed; expected \(expected)"
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
