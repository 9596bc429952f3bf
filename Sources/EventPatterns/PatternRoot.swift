// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Which of the two documents of an event a condition reads.
public enum PatternRoot: Hashable, Sendable {
    /// The event's body.
    case payload
    /// The small document about the event: its type, its request's headers.
    case envelope
}
