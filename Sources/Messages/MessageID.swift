// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The id that we give a message, such as `msg_01KAJ3…`; it sorts by the time the message was made.
package struct MessageID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The id's text.
    package let rawValue: String

    /// Takes an id that was made before.
    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Makes a new id.
    package init(at time: Timestamp) {
        rawValue = SortableID.make("msg_", at: time)
    }

    /// The id's text.
    package var description: String { rawValue }

    /// Order by the time the messages were made.
    package static func < (left: MessageID, right: MessageID) -> Bool {
        left.rawValue < right.rawValue
    }
}
