// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import Events

/// Why an event does not match: the first condition, in the order of the pattern, that fails.
public struct PatternFailure: Hashable, Sendable, CustomStringConvertible {
    /// The document that the condition reads.
    public let root: PatternRoot
    /// The field that the condition reads.
    public let path: FieldPath
    /// What the pattern wants there, such as `"paid" or "authorized"`.
    public let expected: String
    /// What the event has there, such as `"pending"`, or that the field is missing.
    public let actual: String

    /// One sentence.
    public var description: String { "\(path): expected \(expected), found \(actual)" }
}
