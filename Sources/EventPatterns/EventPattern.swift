// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import Events

/// A compiled event pattern: what has to be true of an event.
public struct EventPattern: Sendable {
    /// Every field that the pattern reads, in the pattern's order, each once.
    public let fields: [PatternField]

    /// Compiles a pattern.
    ///
    /// - Parameters:
    ///   - payload: The pattern over the body; `nil` matches any.
    ///   - envelope: The pattern over a second, small document (event type, request headers); `nil` matches any.
    /// - Throws: ``EventPatternError`` with the first mistake.
    public init(payload: JSON?, envelope: JSON? = nil) throws(EventPatternError) {
        fields = []
    }

    /// Whether an event matches.
    ///
    /// - Parameters:
    ///   - payload: The event's body.
    ///   - envelope: The second document; `nil` is one without fields.
    /// - Returns: Whether every condition holds.
    public func matches(_ payload: JSONNode, envelope: JSONNode? = nil) -> Bool {
        firstFailure(payload, envelope: envelope) == nil
    }

    /// The first condition that an event fails.
    ///
    /// - Parameters:
    ///   - payload: The event's body.
    ///   - envelope: The second document; `nil` is one without fields.
    /// - Returns: `nil` when the event matches.
    public func firstFailure(_ payload: JSONNode, envelope: JSONNode? = nil) -> PatternFailure? {
        nil
    }
}
