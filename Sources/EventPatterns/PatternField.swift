// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import Events

/// One field that a pattern reads, with what it wants there.
public struct PatternField: Hashable, Sendable {
    /// The document that the field is in.
    public let root: PatternRoot
    /// The way to the field; array positions never stand in it.
    public let path: FieldPath
    /// The conditions in readable form, one a place of the pattern that names the field.
    public let conditions: [String]
}
