// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Logging
import Messages
import NIOConcurrencyHelpers
import Outbox
import TestSupport

/// Rejections in the order in which they were written.
final class RecordedRejections: Sendable {
    private let written = NIOLockedValueBox<[Rejection]>([])

    let logger = quietLogger

    var reasons: [String] { written.withLockedValue { $0.map(\.reason) } }

    func add(_ rejection: Rejection) {
        written.withLockedValue { $0.append(rejection) }
    }
}
