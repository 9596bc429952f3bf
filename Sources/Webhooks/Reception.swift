// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import HTTPTypes
package import HTTPValues

/// What became of one request to a source.
package enum Reception: Sendable {
    /// One event, or several where the sender batches: to be stored in one transaction, then answered with
    /// ``Source/success``. Never empty.
    case events([ReceivedEvent])
    /// A correctly signed body that cannot be read: to be stored as it is and answered with ``Source/success``.
    case parked(ParkedBody)
    /// Nothing to store but the fact and its reason.
    case rejected(Rejection)
    /// A sender's way of checking the address: nothing to store.
    case handshake(Reply)
    /// The sender's public key must be fetched from this address before the request can be judged; then
    /// ``Source/receive(_:now:keys:)`` again. ``Source/receive(_:now:keysFrom:)`` does both.
    case needs(CertificateURL)
}

/// What a sender gets for an event that was stored: new, a duplicate, parked, or one that no rule matched.
package enum SuccessAnswer: Hashable, Sendable {
    /// 200 with our own JSON: the event's id, whether it was a duplicate, the messages.
    case report
    /// Exactly this.
    case fixed(Reply)
}

/// An event with what tells it from its own repetition.
package struct ReceivedEvent: Sendable {
    /// The event.
    package let event: Event
    /// Equal for two deliveries of one fact; holds the source's name.
    package let dedupeKey: String
    /// How long the key must be remembered.
    package let dedupeWindow: Duration
    /// Which secret had signed it; `nil` where the source verifies nothing.
    package let secretLabel: String?
    /// What it tells about messages that were sent or their recipients; nothing for most senders.
    package let feedback: [Feedback]

    /// An event of these parts.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - dedupeKey: Equal for two deliveries of one fact.
    ///   - dedupeWindow: How long the key must be remembered.
    ///   - secretLabel: Which secret had signed it.
    ///   - feedback: What it tells about messages that were sent or their recipients.
    package init(
        event: Event,
        dedupeKey: String,
        dedupeWindow: Duration,
        secretLabel: String?,
        feedback: [Feedback] = []
    ) {
        self.event = event
        self.dedupeKey = dedupeKey
        self.dedupeWindow = dedupeWindow
        self.secretLabel = secretLabel
        self.feedback = feedback
    }
}

/// A body that its sender signed and that we cannot read, kept as received.
package struct ParkedBody: Sendable {
    /// Our id for it.
    package let id: EventID
    /// The source's name.
    package let source: String
    /// Why it cannot be read, such as `unexpected character at line 1, column 13`.
    package let reason: String
    /// When it reached us.
    package let receivedAt: Timestamp
    /// The request's headers.
    package let headers: HTTPFields
    /// The body, byte for byte.
    package let rawBody: [UInt8]
    /// Equal for two deliveries of the same bytes.
    package let dedupeKey: String
    /// How long the key must be remembered.
    package let dedupeWindow: Duration
    /// Which secret had signed it; `nil` where the source verifies nothing.
    package let secretLabel: String?
}

/// A request that is refused.
package struct Rejection: Hashable, Sendable {
    /// The kinds of refusals; the raw values are what metrics and records say.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// No or a wrong signature, token or time stamp: 401.
        case badSignature = "bad_signature"
        /// An address that the source does not list: 403.
        case addressNotAllowed = "address_not_allowed"
        /// A method that the sender does not use: 405.
        case methodNotAllowed = "method_not_allowed"
        /// A body over the source's limit: 413.
        case bodyTooLarge = "body_too_large"
        /// A compressed body: 415.
        case unsupportedEncoding = "unsupported_encoding"
        /// More events than the source's rate allows: 429.
        case rateLimited = "rate_limited"
        /// The sender's public key could not be fetched, so that nothing could be verified: 503.
        case certificateUnavailable = "certificate_unavailable"
        /// A handshake with the wrong token: 403.
        case handshakeRefused = "handshake_refused"
    }

    /// The HTTP status.
    package let status: Int
    /// The kind of refusal.
    package let code: Code
    /// One sentence for the operator's log and `events list --rejected`; never for the answer.
    package let reason: String
    /// Headers that the answer must have, such as `Allow`.
    package let headers: HTTPFields
    /// Whether the sender insists on an answer without a body.
    package let hasEmptyBody: Bool
}
