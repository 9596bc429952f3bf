// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// By what a repeated request of one caller is recognised.
package struct IdempotencyKey: Hashable, Sendable {
    /// How long a key is remembered: 24 hours.
    package static let window: Duration = .seconds(86_400)

    /// The id of the API key; two callers' keys have nothing to do with each other.
    package let apiKey: String
    /// The caller's own key.
    package let key: String
    /// The SHA-256 of the request's body.
    package let bodyFingerprint: [UInt8]

    package init(apiKey: String, key: String, bodyFingerprint: [UInt8]) {
        self.apiKey = apiKey
        self.key = key
        self.bodyFingerprint = bodyFingerprint
    }
}

/// What a caller was answered, to be said again byte for byte.
package struct KeptAnswer: Hashable, Sendable {
    /// The HTTP status.
    package let status: Int
    /// The body.
    package let body: [UInt8]

    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// How a key was used before.
package enum IdempotencyUse: Hashable, Sendable {
    /// For the same body: this was the answer.
    case same(KeptAnswer)
    /// For another body.
    case other
}

/// What is kept of the request that took a key.
package struct KeptUse: Hashable, Sendable {
    /// The SHA-256 of its body.
    package let bodyFingerprint: [UInt8]
    /// What its caller was answered.
    package let answer: KeptAnswer
    /// The event that it became.
    package let event: EventID

    package init(bodyFingerprint: [UInt8], answer: KeptAnswer, event: EventID) {
        self.bodyFingerprint = bodyFingerprint
        self.answer = answer
        self.event = event
    }

    /// How another request under the same key relates to it: only the same body gets the same answer.
    package func use(by key: IdempotencyKey) -> IdempotencyUse {
        bodyFingerprint == key.bodyFingerprint ? .same(answer) : .other
    }
}

/// What became of a submission with an idempotency key.
package enum IdempotentReceipt: Hashable, Sendable {
    /// It is stored, and the answer with it.
    case stored(Receipt)
    /// Nothing was stored: the key was used before.
    case used(IdempotencyUse)
}
