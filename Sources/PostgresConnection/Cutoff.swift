// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers

/// Ends what sessions wait for, from any thread: as if their time were up, and at the server too.
package final class Cutoff: Sendable {
    private let isSet = NIOLockedValueBox(false)
    /// How long a session may take to see it.
    static let notice: Duration = .milliseconds(100)

    package init() {}

    /// Whether nothing is to be waited for any more.
    package var isOver: Bool { isSet.withLockedValue(\.self) }

    /// Lets nothing be waited for any more.
    package func end() {
        isSet.withLockedValue { $0 = true }
    }
}

extension Cutoff: Hashable {
    package static func == (one: Cutoff, other: Cutoff) -> Bool { one === other }

    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
