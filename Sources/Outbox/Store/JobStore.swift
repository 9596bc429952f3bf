// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// Where jobs are: what a person decided about many messages at once.
///
/// A job is carried out in steps, each of them one small transaction, by whoever calls ``step(_:at:)``: the service, or a
/// command beside it. Several may; none does anything twice.
package protocol JobStore: Sendable {
    /// How many messages a decision would be about now, by rule and state.
    ///
    /// - Parameters:
    ///   - selection: Which messages.
    ///   - kind: What would be decided.
    /// - Returns: The counts, by rule, then by state; none that is zero.
    /// - Throws: `StoreError` when the store cannot be read.
    func counts(_ selection: MessageSelection, for kind: Decision.Kind) async throws(StoreError) -> [SelectionCount]

    /// How many events a replay would be about now.
    ///
    /// - Parameter scope: Which events.
    /// - Returns: The count.
    /// - Throws: `StoreError` when the store cannot be read.
    func count(_ scope: ReplayScope) async throws(StoreError) -> Int

    /// A job.
    ///
    /// - Parameter id: Which one.
    /// - Returns: `nil` when there is none.
    /// - Throws: `StoreError` when the store cannot be read.
    func job(_ id: JobID) async throws(StoreError) -> Job?

    /// The job that an order with a key has begun.
    ///
    /// - Parameter key: The key.
    /// - Returns: `nil` when none has it, or the job is not kept any more.
    /// - Throws: `StoreError` when the store cannot be read.
    func job(ofKey key: String) async throws(StoreError) -> Job?

    /// Jobs, the newest first.
    ///
    /// - Parameter filter: Which ones.
    /// - Returns: A page.
    /// - Throws: `StoreError` when the store cannot be read.
    func jobs(_ filter: JobFilter) async throws(StoreError) -> Page<Job>

    /// Events with all that is kept of them, by their place in the store's order.
    ///
    /// - Parameters:
    ///   - scope: Which events.
    ///   - place: Only those after it.
    ///   - bound: Only those up to it.
    ///   - limit: The most to return; fewer come only when there are no more.
    /// - Returns: The events.
    /// - Throws: `StoreError` when the store cannot be read.
    func events(
        _ scope: ReplayScope,
        after place: Int64,
        upTo bound: Int64,
        limit: Int
    ) async throws(StoreError) -> [PlacedEvent]

    /// Who tells now what is told once, and still will.
    ///
    /// - Parameters:
    ///   - facts: What is told once.
    ///   - now: The time now.
    /// - Returns: The messages, until when by the same clock; what may be told by anybody is left out.
    /// - Throws: `StoreError` when the store cannot be read.
    func holders(of facts: [Fact], at now: Timestamp) async throws(StoreError) -> [Fact: FactHolder]

    /// Stores what the rules make of some events of a replay, if it is due and still at their place: another who was quicker
    /// has done the same.
    ///
    /// - Parameters:
    ///   - batch: The events.
    ///   - id: Which job.
    ///   - now: The time now.
    /// - Returns: The job as it stands then; `nil` when there is none.
    /// - Throws: `StoreError`; nothing was stored then.
    func replay(_ batch: ReplayBatch, of id: JobID, at now: Timestamp) async throws(StoreError) -> Job?

    /// Wakes whoever waits for due messages and digests when another process has written since this was asked last: a command
    /// beside the service decided something, and cannot ring itself.
    ///
    /// - Returns: Whether a job may run; `false` saves asking which ones.
    /// - Throws: `StoreError` when the store cannot tell.
    func heedOthers() async throws(StoreError) -> Bool

    /// Carries out a few of the messages of a job that decides about them, if it is due.
    ///
    /// - Parameters:
    ///   - id: Which job.
    ///   - now: The time now.
    /// - Returns: The job as it stands then; `nil` when there is none.
    /// - Throws: `StoreError`; nothing was done then.
    func step(_ id: JobID, at now: Timestamp) async throws(StoreError) -> Job?
}

extension JobStore {
    /// The scope with which a replay begins that was counted: without what comes from now on; that of the job which its key
    /// has begun already.
    ///
    /// - Parameters:
    ///   - scope: What was ordered.
    ///   - key: The order's key.
    ///   - now: The time now.
    /// - Returns: The scope, and whether its key has begun a job.
    /// - Throws: `StoreError` when the store cannot be read.
    package func settled(
        _ scope: ReplayScope,
        key: String?,
        at now: Timestamp
    ) async throws(StoreError) -> (scope: ReplayScope, isRepeated: Bool) {
        guard let key, let known = try await job(ofKey: key) else { return (scope.bounded(by: now), false) }
        var scope = scope
        if scope.events.isEmpty, scope.until == nil, let begun = known.order.replay { scope.until = begun.until }
        return (scope, true)
    }

    /// For a store that has no shorter way: the jobs of lists, a page at a time.
    package func job(ofKey key: String) async throws(StoreError) -> Job? {
        var filter = JobFilter(limit: 1_000)
        repeat {
            let page = try await jobs(filter)
            if let job = page.elements.first(where: { $0.order.key == key }) { return job }
            filter.cursor = page.next
        } while filter.cursor != nil
        return nil
    }
}

/// Which jobs to list; what is left out does not restrict.
package struct JobFilter: Hashable, Sendable {
    /// Where the job stands.
    package var state: JobState?
    /// The most to return.
    package var limit: Int
    /// Where to go on.
    package var cursor: PageCursor?

    package init(state: JobState? = nil, limit: Int = 50, cursor: PageCursor? = nil) {
        self.state = state
        self.limit = limit
        self.cursor = cursor
    }
}

/// An event of the past with its place in the store's order.
package struct PlacedEvent: Hashable, Sendable {
    /// The place.
    package let place: Int64
    /// The event with all that is kept of it.
    package let archived: ArchivedEvent

    package init(place: Int64, archived: ArchivedEvent) {
        self.place = place
        self.archived = archived
    }
}

/// Some events of a replay, in their order, with what the rules make of them.
package struct ReplayBatch: Sendable {
    /// Where the replay stands, for whom this is the next.
    package let start: Int64
    /// The events.
    package let events: [ReplayedEvent]
    /// Whether these are the last.
    package let isLast: Bool

    package init(from start: Int64, _ events: [ReplayedEvent], isLast: Bool) {
        self.start = start
        self.events = events
        self.isLast = isLast
    }
}
