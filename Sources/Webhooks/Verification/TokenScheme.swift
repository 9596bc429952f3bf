// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

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
