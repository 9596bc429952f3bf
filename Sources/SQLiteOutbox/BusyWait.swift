// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import NIOConcurrencyHelpers

/// How a connection waits while another process holds the database.
///
/// It tries again every hundredth of a second for as long as `limit` says. Each time it lets the writes that wait be
/// looked through, so that those whose callers wait no longer are answered meanwhile.
final class BusyWait: Sendable {
    private static let pause: Duration = .milliseconds(10)

    /// How long the most patient write waits.
    let limit: Duration
    private let lookThrough = NIOLockedValueBox<@Sendable () -> Void>({})

    init(limit: Duration) {
        self.limit = limit
    }

    /// Sets what is done before each try.
    func onTry(_ body: @escaping @Sendable () -> Void) {
        lookThrough.withLockedValue { $0 = body }
    }

    /// SQLite's question whether to try again; called on the connection's own thread.
    func waits(tries: Int) -> Bool {
        lookThrough.withLockedValue { $0 }()
        guard Self.pause * tries < limit else { return false }
        usleep(UInt32(Self.pause.microseconds))
        return true
    }
}
