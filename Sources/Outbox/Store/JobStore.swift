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

    /// Begins a job about the messages that are there now.
    ///
    /// - Parameters:
    ///   - order: What a person wants.
    ///   - now: The time now.
    /// - Returns: The job; the one that has begun already when the order's key was used for the same.
    /// - Throws: `StoreError` with code `conflict` when the key was used for something else.
    func begin(_ order: JobOrder, at now: Timestamp) async throws(StoreError) -> Job

    /// A job.
    ///
    /// - Parameter id: Which one.
    /// - Returns: `nil` when there is none.
    /// - Throws: `StoreError` when the store cannot be read.
    func job(_ id: JobID) async throws(StoreError) -> Job?

    /// Jobs, the newest first.
    ///
    /// - Parameter filter: Which ones.
    /// - Returns: A page.
    /// - Throws: `StoreError` when the store cannot be read.
    func jobs(_ filter: JobFilter) async throws(StoreError) -> Page<Job>

    /// Pauses, resumes or ends a job.
    ///
    /// - Parameters:
    ///   - change: What a person wants.
    ///   - id: Which job.
    ///   - who: Who wants it.
    ///   - now: The time now.
    /// - Returns: The job as it stands then.
    /// - Throws: `StoreError` with code `notFound`, or `conflict` when its state does not allow it.
    func change(_ change: JobChange, of id: JobID, by who: String, at now: Timestamp) async throws(StoreError) -> Job

    /// Carries out a few of a job's messages, if it is due.
    ///
    /// - Parameters:
    ///   - id: Which job.
    ///   - now: The time now.
    /// - Returns: The job as it stands then; `nil` when there is none.
    /// - Throws: `StoreError`; nothing was done then.
    func step(_ id: JobID, at now: Timestamp) async throws(StoreError) -> Job?
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
