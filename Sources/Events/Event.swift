// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

/// The id that we give an event, such as `evt_01KAJ3…`; it sorts by time of arrival.
public struct EventID: Hashable, Sendable, CustomStringConvertible {
    /// The id's text.
    public let rawValue: String

    /// Takes an id that was made before.
    ///
    /// - Parameter rawValue: The id's text.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Makes a new id.
    ///
    /// - Parameter time: When the event arrived.
    public init(at time: Timestamp) {
        rawValue = SortableID.make("evt_", at: time)
    }

    /// The id's text.
    public var description: String { rawValue }
}

/// One inbound request that its sender's signature vouches for.
public struct Event: Sendable {
    /// Our own id.
    public let id: EventID
    /// The name of the source in the configuration, such as `razorpay`.
    public let source: String
    /// What happened, in the sender's words, such as `payment.captured`; empty where the sender does not say.
    public let type: String
    /// The sender's id of the event, where it has one.
    public let senderID: String?
    /// When it happened, in the sender's word; the time of arrival where the sender does not say.
    public let time: Timestamp
    /// When it reached us.
    public let receivedAt: Timestamp
    /// The request's headers.
    public let headers: HTTPFields
    /// The body, byte for byte as it was received and signed.
    public let rawBody: [UInt8]
    /// The decoded body.
    public let payload: JSONDocument

    /// An event of these parts.
    ///
    /// - Parameters:
    ///   - id: Our own id.
    ///   - source: The source's name in the configuration.
    ///   - type: What happened, in the sender's words.
    ///   - senderID: The sender's id of the event.
    ///   - time: When it happened; the time of arrival if left out.
    ///   - receivedAt: When it reached us.
    ///   - headers: The request's headers.
    ///   - rawBody: The body as received.
    ///   - payload: The decoded body.
    public init(
        id: EventID,
        source: String,
        type: String,
        senderID: String? = nil,
        time: Timestamp? = nil,
        receivedAt: Timestamp,
        headers: HTTPFields = [:],
        rawBody: [UInt8],
        payload: JSONDocument
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.senderID = senderID
        self.time = time ?? receivedAt
        self.receivedAt = receivedAt
        self.headers = headers
        self.rawBody = rawBody
        self.payload = payload
    }
}

extension Event {
    /// The event with another type or payload; everything else is unchanged.
    ///
    /// - Parameters:
    ///   - type: The other type.
    ///   - payload: The other payload; the raw body stays what was received and signed.
    /// - Returns: The changed event.
    package func replacing(type: String? = nil, payload: JSONDocument? = nil) -> Event {
        Event(
            id: id,
            source: source,
            type: type ?? self.type,
            senderID: senderID,
            time: time,
            receivedAt: receivedAt,
            headers: headers,
            rawBody: rawBody,
            payload: payload ?? self.payload
        )
    }
}
