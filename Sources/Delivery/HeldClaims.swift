// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import NIOConcurrencyHelpers

/// The claims that this process holds, each with the end of its lease on the steady line.
///
/// The store knows leases by the wall clock, which may jump while a request is on its way. What stands here was not
/// lost by its worker, whatever the wall clock says.
package final class HeldClaims: Sendable {
    private let ends = NIOLockedValueBox<[MessageID: Timestamp]>([:])

    package init() {}

    /// How many there are.
    var count: Int { ends.withLockedValue(\.count) }

    /// Notes claims that were made.
    func add(_ messages: [ClaimedMessage], until end: Timestamp) {
        ends.withLockedValue { ends in
            for message in messages { ends[message.id] = end }
        }
    }

    /// Notes that a claim's end is in the store.
    func remove(_ id: MessageID) {
        ends.withLockedValue { _ = $0.removeValue(forKey: id) }
    }

    /// Whether the message is in this process's hands and its lease has not run out.
    func hold(_ id: MessageID, atSteady now: Timestamp) -> Bool {
        ends.withLockedValue { ends in ends[id].map { $0 > now } ?? false }
    }
}
