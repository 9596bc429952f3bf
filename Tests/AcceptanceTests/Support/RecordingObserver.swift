// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Messages
import Outbox
import TestSupport
import Testing

/// Keeps what the delivery of a test's service does, so that the test can wait for it.
final class RecordingObserver: DeliveryObserver {
    private let events = EventRecorder<DeliveryEvent>()

    func observe(_ event: DeliveryEvent) {
        events.record(event)
    }

    /// Waits until so many messages are in the store in that state, counted over the whole test.
    func settled(_ state: MessageState, count: Int = 1) async {
        await events.until { events in
            events.count { if case .settled(_, state, _) = $0 { true } else { false } } >= count
        }
    }

    /// Waits until the store has failed so often, over the whole test.
    func storeFailed(times count: Int) async {
        await events.until { events in
            events.count { if case .storeFailed = $0 { true } else { false } } >= count
        }
    }

    /// Waits until that happened.
    func happened(_ wanted: @escaping @Sendable (DeliveryEvent) -> Bool) async {
        await events.until { $0.contains(where: wanted) }
    }
}
