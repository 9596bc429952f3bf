// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CPostgres
import Foundation
import NIOConcurrencyHelpers

/// What it takes to end a statement on the server from elsewhere.
///
/// libpq 15 can only wait while it sends that, over a connection of its own, and without a deadline where packets are
/// dropped. So one thread carries such orders out and nobody waits for it; where it is busy, further orders are dropped:
/// the server ends the statement when it finds that the client is gone.
@safe final class CancelOrder: Sendable {
    private static let underWay = NIOLockedValueBox(0)
    private static let most = 4

    /// libpq says that this may be used from any thread.
    private nonisolated(unsafe) let order: OpaquePointer

    /// Takes over an order of libpq's.
    init(_ order: OpaquePointer) {
        unsafe self.order = order
    }

    deinit {
        unsafe PQfreeCancel(order)
    }

    /// Has it carried out, some time soon.
    func carryOut() {
        let isFree = Self.underWay.withLockedValue { count in
            guard count < Self.most else { return false }
            count += 1
            return true
        }
        guard isFree else { return }
        let thread = Thread { [self] in
            var words = [CChar](repeating: 0, count: 256)
            // What comes of it is not asked: the connection is given up anyway.
            _ = unsafe PQcancel(order, &words, Int32(words.count))
            Self.underWay.withLockedValue { $0 -= 1 }
        }
        thread.name = "postgres cancel"
        thread.start()
    }
}
