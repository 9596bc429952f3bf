// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

/// How a source proves that a request is its own.
package enum Verification: Hashable, Sendable {
    /// A keyed hash over the body, and mostly more, in a header.
    case hmac(HMACScheme)
    /// A fixed text that only the sender knows; it does not cover the body.
    case token(TokenScheme)
    /// A signature made with the sender's private key; the secret is the public key.
    case publicKey(PublicKeyScheme)
    /// The same with a public key that the sender's own host serves.
    case certificate(CertificateScheme)
    /// A hash over fields of a form, in the form.
    case fieldHash(FieldHashScheme)
    /// An encrypted checksum of a form, in the form.
    case sealedFields(SealedFieldsScheme)
    /// A keyed hash inside each item of a JSON body.
    case itemHash(ItemHashScheme)
    /// A keyed hash over sorted fields and a body.
    case sortedPairs(SortedPairsScheme)
    /// The first of these whose header or parameter is in the request; the first of all when none is.
    indirect case firstPresent([Verification])
    /// Secrets of this shape are for the first, all others for the second; one of the two must pass.
    indirect case bySecret(SecretShape, Verification, otherwise: Verification)
    /// The same, and where a secret is `user:password`, that login as well: it proves nothing of a body by itself.
    indirect case withLogin(Verification)
    /// Nothing is proven; the source's settings must say so themselves.
    case none

    /// What tells one kind of secret from another of the same sender.
    package enum SecretShape: Hashable, Sendable, CustomStringConvertible {
        /// It begins with this text, such as `whpk_`.
        case prefix(String)
        /// It is `user:password`; no key in hex or base64 has a colon.
        case login

        /// Whether a secret is of this shape.
        ///
        /// - Parameter text: The secret.
        /// - Returns: Whether it is.
        func fits(_ text: String) -> Bool {
            switch self {
            case .prefix(let prefix): text.hasPrefix(prefix)
            case .login: text.contains(":")
            }
        }

        /// The shape for people.
        package var description: String {
            switch self {
            case .prefix(let prefix): "a secret with \(prefix)"
            case .login: "a secret user:password"
            }
        }
    }

    /// How much of a body is proven.
    package enum Coverage: String, Hashable, Sendable {
        /// All of it.
        case body
        /// Only some fields, or a checksum that can be imitated; the preset's traps say which.
        case parts
        /// None of it: only who sent is proven.
        case nothing
    }

    /// How much of a body is proven; of several ways, the weakest.
    package var coverage: Coverage {
        switch self {
        case .hmac, .publicKey: .body
        case .certificate(let scheme): scheme.signed.contains(.body) ? .body : .parts
        case .fieldHash, .itemHash, .sealedFields, .sortedPairs: .parts
        case .token, .none: .nothing
        case .firstPresent(let ways): ways.map(\.coverage).max { $0.weakness < $1.weakness } ?? .nothing
        case .bySecret(_, let first, let second):
            first.coverage.weakness > second.coverage.weakness ? first.coverage : second.coverage
        case .withLogin(let verification): verification.coverage
        }
    }

    /// Whether at least one secret must be configured.
    package var needsSecret: Bool {
        switch self {
        case .firstPresent(let ways): ways.contains(where: \.needsSecret)
        case .none: false
        default: true
        }
    }

    /// The headers that hold a secret itself, rather than what was made with one.
    var tokenHeaders: [HTTPField.Name] {
        switch self {
        case .token(let scheme):
            switch scheme.carrier {
            case .header(let name): [name.field]
            case .bearer, .basic, .query: [.authorization]
            }
        case .firstPresent(let ways): ways.flatMap(\.tokenHeaders)
        case .bySecret(_, let first, let second): first.tokenHeaders + second.tokenHeaders
        case .withLogin(let verification): verification.tokenHeaders
        default: []
        }
    }

    /// Whether the address that the sender posts to is part of what is signed.
    package var needsPublicURL: Bool {
        switch self {
        case .hmac(let scheme): scheme.signed.parts.contains(.url)
        case .publicKey(let scheme): scheme.signed.parts.contains(.url)
        case .firstPresent(let ways): ways.contains(where: \.needsPublicURL)
        case .bySecret(_, let first, let second): first.needsPublicURL || second.needsPublicURL
        case .withLogin(let verification): verification.needsPublicURL
        default: false
        }
    }

    /// Whether a request can be imitated with what is configured: not where only the sender holds the key.
    package var canSign: Bool {
        switch self {
        case .publicKey, .certificate, .none: false
        case .firstPresent(let ways): ways.first?.canSign ?? false
        case .bySecret(_, _, let otherwise): otherwise.canSign
        case .withLogin(let verification): verification.canSign
        default: true
        }
    }
}

extension Verification.Coverage {
    /// Greater where less is proven.
    fileprivate var weakness: Int {
        switch self {
        case .body: 0
        case .parts: 1
        case .nothing: 2
        }
    }
}

extension Verification: CustomStringConvertible {
    /// One line for people, such as `HMAC-SHA256, hex, in X-Razorpay-Signature over {body}`.
    package var description: String {
        switch self {
        case .hmac(let scheme): scheme.description
        case .token(let scheme): scheme.description
        case .publicKey(let scheme): scheme.description
        case .certificate(let scheme): scheme.description
        case .fieldHash(let scheme): scheme.description
        case .sealedFields(let scheme): scheme.description
        case .itemHash(let scheme): scheme.description
        case .sortedPairs(let scheme): scheme.description
        case .firstPresent(let ways): ways.map(\.description).joined(separator: "; or ")
        case .bySecret(let shape, let first, let second): "\(second); or, for \(shape), \(first)"
        case .withLogin(let verification): "\(verification); and, with \(SecretShape.login), that login too"
        case .none: "nothing is verified"
        }
    }
}
