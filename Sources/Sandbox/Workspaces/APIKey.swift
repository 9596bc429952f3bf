// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Events

/// A workspace's API key as the sandbox keeps it: the secret only as a hash.
struct APIKey: Hashable, Sendable {
    /// A key with its secret, which nobody can read again.
    struct Issued: Hashable, Sendable {
        let key: APIKey
        let secret: String
    }

    /// The public id: `pk_` and 40 letters and digits.
    let id: String
    /// What people call it, such as `staging`; `nil` when they gave it no name.
    let label: String?
    /// The workspace whose messages it sends.
    let workspaceID: String
    /// When it was created.
    let created: Timestamp
    /// Whether it was taken back; such a key opens nothing from that moment on.
    var isRevoked: Bool
    /// SHA-256 of the secret.
    ///
    /// A secret is 256 random bits, so salt and slow hashing would add nothing.
    let digest: [UInt8]

    init(id: String, digest: [UInt8], label: String?, workspaceID: String, created: Timestamp, isRevoked: Bool = false)
    {
        self.id = id
        self.digest = digest
        self.label = label
        self.workspaceID = workspaceID
        self.created = created
        self.isRevoked = isRevoked
    }

    /// A key with a known secret.
    init(id: String, secret: String, label: String?, workspaceID: String, created: Timestamp) {
        let digest = Array(SHA256.hash(data: Array(secret.utf8)))
        self.init(id: id, digest: digest, label: label, workspaceID: workspaceID, created: created)
    }

    /// Makes a new key.
    static func issue(label: String?, workspaceID: String, at time: Timestamp) -> Issued {
        let secret = "sk_" + randomText(43)
        let id = "pk_" + randomText(40)
        return Issued(
            key: APIKey(id: id, secret: secret, label: label, workspaceID: workspaceID, created: time),
            secret: secret
        )
    }

    /// Whether this is the key's secret, in a time that does not depend on where they differ.
    func opens(with secret: String) -> Bool {
        let other = Array(SHA256.hash(data: Array(secret.utf8)))
        var difference: UInt8 = other.count == digest.count ? 0 : 1
        for (left, right) in zip(digest, other) { difference |= left ^ right }
        return difference == 0
    }

    private static func randomText(_ count: Int) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<count).map { _ in alphabet[Int.random(in: alphabet.indices)] })
    }
}
