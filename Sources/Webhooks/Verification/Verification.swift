// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// How a source proves that a request is its own.
package enum Verification: Hashable, Sendable {
    /// A keyed hash over the body, and mostly more, in a header.
    case hmac(HMACScheme)
    /// A fixed text that only the sender knows; it does not cover the body.
    case token(TokenScheme)
    /// The first of these whose header or parameter is in the request; the first of all when none is.
    indirect case firstPresent([Verification])
    /// Nothing is proven; the source's settings must say so themselves.
    case none

    /// Whether at least one secret must be configured.
    package var needsSecret: Bool {
        switch self {
        case .hmac, .token: true
        case .firstPresent(let ways): ways.contains(where: \.needsSecret)
        case .none: false
        }
    }

    /// Whether the address that the sender posts to is part of what is signed.
    package var needsPublicURL: Bool {
        switch self {
        case .hmac(let scheme): scheme.signed.parts.contains(.url)
        case .firstPresent(let ways): ways.contains(where: \.needsPublicURL)
        case .token, .none: false
        }
    }
}

extension Verification: CustomStringConvertible {
    /// One line for people, such as `HMAC-SHA256, hex, in X-Razorpay-Signature over {body}`.
    package var description: String {
        switch self {
        case .hmac(let scheme): scheme.description
        case .token(let scheme): scheme.description
        case .firstPresent(let ways): ways.map(\.description).joined(separator: "; or ")
        case .none: "nothing is verified"
        }
    }
}
