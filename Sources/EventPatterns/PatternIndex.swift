// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import Events

/// Many patterns, compiled so that an event is read once for all of them.
public struct PatternIndex: Sendable {
    private let patterns: [EventPattern]

    /// Compiles patterns into one index.
    ///
    /// - Parameter patterns: Known afterwards by their positions.
    public init(_ patterns: [EventPattern]) {
        self.patterns = patterns
    }

    /// The patterns that an event matches.
    ///
    /// - Parameters:
    ///   - payload: The event's body.
    ///   - envelope: The second document; `nil` is one without fields.
    /// - Returns: Positions in the array given to ``init(_:)``, ascending.
    public func matches(_ payload: JSONDocument, envelope: JSONDocument? = nil) -> [Int] {
        patterns.indices.filter { patterns[$0].matches(payload.root, envelope: envelope?.root) }
    }
}
