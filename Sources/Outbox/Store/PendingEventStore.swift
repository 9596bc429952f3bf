// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// Where events wait that were accepted before their rules could be evaluated.
///
/// An event gets here by a submission with a `pendingPayload`. Where one service works on them it needs no leases; of a store of
/// many nodes, the one that asked for an event (``pendingEvent(_:)``) has it for itself for a while.
package protocol PendingEventStore: Sendable {
    /// The events of a source that wait, by the time at which they are to be tried.
    ///
    /// - Parameters:
    ///   - source: The source's name.
    ///   - limit: The most to return.
    /// - Returns: Those to be tried first.
    /// - Throws: `StoreError` when the store cannot be read.
    func pendingEvents(of source: String, limit: Int) async throws(StoreError) -> [PendingEvent.Due]

    /// One event that waits, which is about to be tried.
    ///
    /// - Parameter id: Which one.
    /// - Returns: `nil` when it does not wait any more, or while another node tries it.
    /// - Throws: `StoreError` when the store cannot be read.
    func pendingEvent(_ id: EventID) async throws(StoreError) -> PendingEvent?

    /// How many events wait, by source; a source without any is left out.
    ///
    /// - Returns: The counts.
    /// - Throws: `StoreError` when the store cannot be read.
    func pendingCounts() async throws(StoreError) -> [String: Int]

    /// Writes down that a look-up failed; an event that waits no more stays as it is.
    ///
    /// - Parameters:
    ///   - id: Which event.
    ///   - time: When to try again.
    ///   - reason: Why it waits, in a sentence for its record.
    /// - Throws: `StoreError`; nothing is stored then.
    func postpone(_ id: EventID, until time: Timestamp, because reason: String) async throws(StoreError)

    /// Ends the waiting of an event: stores what became of it with its messages, in one transaction.
    ///
    /// - Parameters:
    ///   - evaluation: How it ended.
    ///   - now: The time now, from which its messages and their windows count.
    /// - Returns: The event's messages as they stand; `nil` when the event did not wait any more: nothing is stored then.
    /// - Throws: `StoreError`; nothing is stored then.
    func conclude(_ evaluation: LateEvaluation, at now: Timestamp) async throws(StoreError) -> Receipt?
}
