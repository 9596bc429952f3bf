// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EventIntake
internal import Events
internal import HTTPTypes
internal import Messages
internal import Outbox
internal import PartnerAPI

extension PartnerCredentials {
    /// The key that these credentials open.
    ///
    /// The store is asked every time: a key that was revoked by another process opens nothing from the next request
    /// on. An unknown id takes as long as a wrong secret.
    func authorize(_ store: any APIKeyStore) async throws -> APIKey {
        guard let id = self.key, let secret else {
            throw APIRefusal.unauthorized("the request has no API key with a secret")
        }
        let fingerprint = Fingerprint(of: secret)
        let key = try await store.apiKey(id)
        let isRight = fingerprint.isSame(as: key?.secretFingerprint ?? Self.nobody)
        guard let key else { throw APIRefusal.unauthorized("no API key has this id") }
        guard isRight else { throw APIRefusal.unauthorized("the secret is not that of the API key '\(key.label)'") }
        guard !key.isRevoked else { throw APIRefusal.unauthorized("the API key '\(key.label)' is revoked") }
        return key
    }

    /// What no secret gives.
    private static var nobody: [UInt8] { [UInt8](repeating: 0, count: 32) }
}

extension HTTPField.Name {
    static let idempotencyKey: HTTPField.Name = {
        guard let field = HTTPField.Name("Idempotency-Key") else { preconditionFailure("this is a field name") }
        return field
    }()
}

extension HTTPFields {
    /// The headers without what opens doors, to be kept with an event.
    var withoutSecrets: HTTPFields {
        let secret: Set<HTTPField.Name> = [.authorization, .cookie, .proxyAuthorization]
        let known = secret.union(CredentialSpelling.allCases.map(\.secret))
        return HTTPFields(filter { !known.contains($0.name) })
    }
}
