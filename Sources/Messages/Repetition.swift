// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

// What repeats something that came before, and what it comes to: events of a source, requests of a caller.

/// What a key stands for, and until when: the event that took a dedupe key, the use of an idempotency key, the message
/// that tells a fact.
package struct Held<Value> {
    /// Who took the key.
    package let value: Value
    /// From then on the key is free, on the line of keys, which no setting of the clock moves.
    package let until: Timestamp

    package init(_ value: Value, until: Timestamp) {
        self.value = value
        self.until = until
    }

    /// Whether the key is taken.
    ///
    /// - Parameter keys: The time now, on the line of keys.
    /// - Returns: `false` from the very end of the window on.
    package func holds(at keys: Timestamp) -> Bool { until > keys }
}

extension Held: Sendable where Value: Sendable {}
extension Held: Equatable where Value: Equatable {}
extension Held: Hashable where Value: Hashable {}

/// Whether an event is new or repeats one that its source told before: the one place where dedupe keys are judged.
package enum Recognition: Hashable, Sendable {
    /// It is stored; its key is its own until then, `nil` where it has none.
    case new(holdsUntil: Timestamp?)
    /// It is counted on that event and answered like it; nothing of it is stored, and nothing is sent.
    case duplicate(of: EventID)

    /// Judges an event that is about to be stored.
    ///
    /// - Parameters:
    ///   - dedupe: By what its repetition is recognised; `nil` where its source gives nothing to go by.
    ///   - holder: Which event has that key, among those of the same source.
    ///   - keys: The time now, on the line of keys.
    /// - Returns: What it is.
    package static func of(_ dedupe: Submission.Dedupe?, holder: Held<EventID>?, at keys: Timestamp) -> Recognition {
        guard let dedupe else { return .new(holdsUntil: nil) }
        if let holder, holder.holds(at: keys) { return .duplicate(of: holder.value) }
        return .new(holdsUntil: keys.advanced(by: dedupe.window))
    }
}

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

    /// What is to be kept once the request is stored.
    ///
    /// - Parameters:
    ///   - answer: What its caller is answered.
    ///   - event: The event that it became.
    ///   - keys: The time now, on the line of keys.
    /// - Returns: Its use, for the window of keys.
    package func kept(_ answer: KeptAnswer, for event: EventID, at keys: Timestamp) -> Held<KeptUse> {
        let use = KeptUse(bodyFingerprint: bodyFingerprint, answer: answer, event: event)
        return Held(use, until: keys.advanced(by: Self.window))
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
    /// The event that it became; empty for a request that became none.
    package let event: EventID

    package init(bodyFingerprint: [UInt8], answer: KeptAnswer, event: EventID) {
        self.bodyFingerprint = bodyFingerprint
        self.answer = answer
        self.event = event
    }
}

extension Held where Value == KeptUse {
    /// What another request under the same key comes to: the one place where repeated requests are judged.
    ///
    /// - Parameters:
    ///   - key: The key that it came with.
    ///   - keys: The time now, on the line of keys.
    /// - Returns: How the key was used, and the event on which this request is counted as a repetition: only the same
    ///   body is one, and gets the same answer. `nil` when the key is free again.
    package func use(by key: IdempotencyKey, at keys: Timestamp) -> (use: IdempotencyUse, repeats: EventID?)? {
        guard holds(at: keys) else { return nil }
        guard value.bodyFingerprint == key.bodyFingerprint else { return (.other, nil) }
        return (.same(value.answer), value.event)
    }
}

/// What became of a submission with an idempotency key.
package enum IdempotentReceipt: Hashable, Sendable {
    /// It is stored, and the answer with it.
    case stored(Receipt)
    /// Nothing was stored: the key was used before.
    case used(IdempotencyUse)
}
