// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// Who looks up what thin events leave out, as the intake sees it.
///
/// Such an event is stored as it is and answered at once; its rules are evaluated when the look-up has succeeded.
package protocol EventLookUps: Sendable {
    /// Whether the event has to wait; called for each event, so it must not wait itself.
    ///
    /// - Parameter event: The event as it was received.
    /// - Returns: Whether something is to be looked up for it.
    func areNeeded(for event: Event) -> Bool

    /// Hears that events of a source were stored that wait.
    ///
    /// - Parameter source: The source's name.
    func eventsArrived(of source: String)
}

/// Looks nothing up.
package struct NoLookUps: EventLookUps {
    package init() {}

    package func areNeeded(for event: Event) -> Bool { false }

    package func eventsArrived(of source: String) {}
}
