// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import HTTPTypes

/// An event as the outbox keeps it: everything that is needed to evaluate it again, and what became of it.
package struct NewEvent: Hashable, Sendable {
    /// Our own id.
    package let id: EventID
    /// The name of the source in the configuration.
    package let source: String
    /// What happened, in the sender's words; empty where the sender does not say, or the body could not be parsed.
    package let type: String
    /// The sender's id of the event, where it has one.
    package let senderID: String?
    /// When it happened, in the sender's word; the time of arrival where the sender does not say.
    package let time: Timestamp
    /// When it reached us; the store takes it for the present when it judges due times and windows.
    package let receivedAt: Timestamp
    /// The request's headers.
    package let headers: HTTPFields
    /// The body, byte for byte as it was received and signed.
    package let rawBody: [UInt8]
    /// The label of the secret that had signed it, so that a rotation can be watched and ended; `nil` where the source
    /// verifies nothing.
    package let secretLabel: String?
    /// What became of it.
    package var disposition: Disposition
    /// Where its acceptance stands in a trace; `nil` when it is in none.
    package var trace: TraceContext?

    package init(
        id: EventID,
        source: String,
        type: String = "",
        senderID: String? = nil,
        time: Timestamp? = nil,
        receivedAt: Timestamp,
        headers: HTTPFields = [:],
        rawBody: [UInt8],
        secretLabel: String? = nil,
        disposition: Disposition
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.senderID = senderID
        self.time = time ?? receivedAt
        self.receivedAt = receivedAt
        self.headers = headers
        self.rawBody = rawBody
        self.secretLabel = secretLabel
        self.disposition = disposition
    }

    /// The record of a decoded event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - secretLabel: Which secret had signed it.
    ///   - disposition: What became of it.
    package init(_ event: Event, secretLabel: String? = nil, disposition: Disposition) {
        self.init(
            id: event.id,
            source: event.source,
            type: event.type,
            senderID: event.senderID,
            time: event.time,
            receivedAt: event.receivedAt,
            headers: event.headers,
            rawBody: event.rawBody,
            secretLabel: secretLabel,
            disposition: disposition
        )
    }
}

extension Event {
    /// An event from its record.
    ///
    /// - Parameters:
    ///   - record: What the outbox keeps.
    ///   - payload: The decoded body, or its part of a batch.
    package init(_ record: NewEvent, payload: JSONDocument) {
        self.init(
            id: record.id,
            source: record.source,
            type: record.type,
            senderID: record.senderID,
            time: record.time,
            receivedAt: record.receivedAt,
            headers: record.headers,
            rawBody: record.rawBody,
            payload: payload
        )
    }
}

/// What became of an event when it was accepted.
package enum Disposition: Hashable, Sendable {
    /// At least one rule matched.
    case matched
    /// No rule matched.
    case unmatched
    /// The rules were not evaluated yet: what they need is being looked up; the reason says how that fares.
    case pending(reason: String)
    /// The body could not be parsed; the bytes are kept, and the reason says what was wrong with them.
    case parked(reason: String)
    /// The rules could not be evaluated; the reason says why.
    case evaluationFailed(reason: String)

    /// The names of the dispositions, as the store, the API and the command line say them.
    package enum Name: String, CaseIterable, Hashable, Sendable {
        /// See ``Disposition/matched``.
        case matched
        /// See ``Disposition/unmatched``.
        case unmatched
        /// See ``Disposition/pending(reason:)``.
        case pending
        /// See ``Disposition/parked(reason:)``.
        case parked
        /// See ``Disposition/evaluationFailed(reason:)``.
        case failed
    }

    /// The disposition without its reason.
    package var name: Name {
        switch self {
        case .matched: .matched
        case .unmatched: .unmatched
        case .pending: .pending
        case .parked: .parked
        case .evaluationFailed: .failed
        }
    }

    /// Why, where that needs saying; without what could be a phone number.
    package var reason: String? {
        switch self {
        case .matched, .unmatched: nil
        case .pending(let reason), .parked(let reason), .evaluationFailed(let reason): NumberHiding.hide(in: reason)
        }
    }

    /// The disposition of that name.
    package init(_ name: Name, reason: String?) {
        switch name {
        case .matched: self = .matched
        case .unmatched: self = .unmatched
        case .pending: self = .pending(reason: reason ?? "")
        case .parked: self = .parked(reason: reason ?? "")
        case .failed: self = .evaluationFailed(reason: reason ?? "")
        }
    }
}
