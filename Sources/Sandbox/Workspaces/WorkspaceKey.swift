// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// A workspace's API key as the sandbox keeps it: the secret only as a hash.
struct WorkspaceKey: Hashable, Sendable {
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
    let secretFingerprint: [UInt8]

    init(
        id: String,
        secretFingerprint: [UInt8],
        label: String?,
        workspaceID: String,
        created: Timestamp,
        isRevoked: Bool = false
    ) {
        self.id = id
        self.secretFingerprint = secretFingerprint
        self.label = label
        self.workspaceID = workspaceID
        self.created = created
        self.isRevoked = isRevoked
    }

    /// A key with a known secret.
    init(id: String, secret: String, label: String?, workspaceID: String, created: Timestamp) {
        let fingerprint = Fingerprint(of: secret).bytes
        self.init(id: id, secretFingerprint: fingerprint, label: label, workspaceID: workspaceID, created: created)
    }

    /// Whether this is the key's secret, in a time that does not depend on where they differ.
    func opens(with secret: String) -> Bool {
        Fingerprint(of: secret).isSame(as: secretFingerprint)
    }
}
