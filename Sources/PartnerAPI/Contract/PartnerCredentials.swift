// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// Where the API is served: the paths below a deployment's host, and below its base address.
package enum PartnerPath {
    /// The path of the base address, the same wherever the API is served.
    package static let base = "/api/v1/public"
    /// Takes a message; below the base address.
    package static let send = "/messages/send"
    /// Lists the approved templates; below the base address.
    package static let templates = "/templates"
}

/// The two spellings that the API takes for the header fields of its credentials.
package enum CredentialSpelling: CaseIterable, Hashable, Sendable {
    /// `apiKey` and `apiSecret`.
    case plain
    /// `X-API-Key` and `X-API-Secret`.
    case extended

    /// The field of the key's public id.
    package var key: HTTPField.Name { self == .plain ? Self.fields[0] : Self.fields[1] }

    /// The field of the key's secret.
    package var secret: HTTPField.Name { self == .plain ? Self.fields[2] : Self.fields[3] }

    private static let fields = ["apiKey", "X-API-Key", "apiSecret", "X-API-Secret"].map { name in
        guard let field = HTTPField.Name(name) else { preconditionFailure("'\(name)' is a field name") }
        return field
    }
}

/// A workspace's API key with its secret, as a request carries them: either may be missing, both may be wrong.
///
/// It prints as `[redacted]` whatever it holds.
package struct PartnerCredentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The key's public id.
    package let key: String?
    /// The key's secret.
    package let secret: String?

    /// Reads either spelling of the header fields; the plain one wins where both stand.
    ///
    /// - Parameter headers: A request's.
    package init(_ headers: HTTPFields) {
        key = headers[CredentialSpelling.plain.key] ?? headers[CredentialSpelling.extended.key]
        secret = headers[CredentialSpelling.plain.secret] ?? headers[CredentialSpelling.extended.secret]
    }

    package var description: String { "[redacted]" }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A new API key with its secret, in the API's form: `pk_` and 40 letters and digits, `sk_` and 43.
package struct DrawnKey: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The public id.
    package let id: String
    /// The secret: a little over 256 random bits, so that neither salt nor a slow hash would add anything.
    package let secret: String

    /// Draws a key from the system's source of randomness.
    package init() {
        id = "pk_" + Self.randomText(40)
        secret = "sk_" + Self.randomText(43)
    }

    package var description: String { id }

    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }

    private static func randomText(_ count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return String((0..<count).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] })
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
}
