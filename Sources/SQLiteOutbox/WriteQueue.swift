// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import NIOConcurrencyHelpers
import Outbox

/// Runs all writes on the one writer connection, and lets those that wait share a commit.
///
/// While a transaction commits, which is mostly waiting for the disk, further writes gather; the next transaction
/// takes them all. So one fsync serves every caller that waits for it, and a single caller waits for no timer.
/// Each write has its own result: if one of a group throws, the transaction is rolled back and every write of the
/// group is run again in a transaction of its own. Works therefore do nothing but read and write the database.
///
/// While another process holds the database, a write that a sender waits for is given up after its own time, also
/// when a more patient one before it waits on.
final class WriteQueue: Sendable {
    /// What a write left behind, apart from its result.
    struct Effects {
        /// Whether some message got a due time, so that those who send have to be woken.
        var wakes = false
        /// Whether some digest got a due time, so that those who build have to be woken.
        var wakesBuilder = false
        /// What sources reported that those who send have to hear.
        var reportedCodes: [ReportedCode] = []
        /// By how much the number of messages in each state changed: written once a transaction.
        var counts: [MessageState: Int] = [:]
        /// The room that stands for messages that are stored now.
        var standing: StandingRoom?
        /// Whether anybody has opted out of anything, once that was asked.
        var hasOptOuts: Bool?
        /// The key of the names of those who were erased, once that was asked; `nil` when nobody was.
        var erasureKey: [UInt8]?
        /// Whether sources tell what becomes of the messages that are stored now.
        let linksReports: Bool
        /// Whether sources pass on what recipients write.
        let knowsWindows: Bool
        /// Whether claims are told what they come of in traces.
        let readsTraces: Bool
        /// What was claimed in it, to be handed over after the commit.
        var claimed: [ClaimedMessage] = []
        private var riding: RidingClaims?

        init(standing: StandingRoom?, linksReports: Bool, knowsWindows: Bool, readsTraces: Bool = false) {
            self.standing = standing
            self.readsTraces = readsTraces
            self.linksReports = linksReports
            self.knowsWindows = knowsWindows
        }

        /// Claims a message that is about to be stored, where there is room for it.
        ///
        /// - Returns: The new entries of its timeline; none when it stays as it is.
        mutating func takeAlong(
            _ record: inout MessageRecord,
            of trace: AcceptedTrace?,
            at now: Timestamp
        ) throws -> [TimelineEntry] {
            let entries = try standing?.claim(&record, at: now) ?? []
            if var message = record.claimed {
                if let trace { message.origin = record.origin([trace.context], acceptedAt: trace.at) }
                claimed.append(message)
                riding = standing?.riding
            }
            return entries
        }

        /// Hands over what was claimed, after the commit.
        func handOver() {
            riding?.add(claimed)
        }

        /// The ledger has changed: who is about to send has to ask again.
        mutating func forgetOptOuts() {
            hasOptOuts = nil
            erasureKey = nil
        }

        /// A message went from one state to another.
        mutating func moved(from old: MessageState, to new: MessageState) {
            counts[old, default: 0] -= 1
            counts[new, default: 0] += 1
        }
    }

    /// One write: reads and writes the database, and can be run again after a rollback.
    typealias Work<Value> = @Sendable (Database, inout Effects) throws -> Value

    private let pool: DatabasePool
    private let checkpointer: Checkpointer?
    private let files: StoreFiles.Standing
    private let wakeUpCalls: WakeUpCalls
    private let linksReports: Bool
    private let knowsWindows: Bool
    private let readsTraces: Bool
    private let digestWakeUps: WakeUpCalls
    private let reportCalls: Calls<[ReportedCode]>
    private let backlog = NIOLockedValueBox(Backlog())
    /// The room that the last committed transaction left; only the writer's thread touches it.
    private let standing = NIOLockedValueBox<StandingRoom?>(nil)

    /// So many writes at most share a transaction, so that none waits for ever.
    private static let largestGroup = 500
    /// So many writes without a waiting caller at most are kept.
    private static let mostUnattended = 1_000

    private struct Backlog {
        var jobs: [any WriteJob] = []
        /// The group whose transaction is about to begin, or runs.
        var current: [any WriteJob] = []
        var unattended = 0
        var isDraining = false
        var isClosed = false
        var commits = 0

        mutating func takeGroup() -> [any WriteJob] {
            current = []
            if jobs.count <= WriteQueue.largestGroup {
                swap(&current, &jobs)
                unattended = 0
            } else {
                current = Array(jobs.prefix(WriteQueue.largestGroup))
                jobs.removeFirst(current.count)
                unattended -= current.count { $0.isUnattended }
            }
            isDraining = !current.isEmpty
            return current
        }
    }

    init(
        pool: DatabasePool,
        checkpointer: Checkpointer?,
        files: StoreFiles.Standing,
        wakeUpCalls: WakeUpCalls,
        digestWakeUps: WakeUpCalls,
        reportCalls: Calls<[ReportedCode]>,
        busyWait: BusyWait,
        linksReports: Bool,
        knowsWindows: Bool,
        readsTraces: Bool
    ) {
        self.pool = pool
        self.readsTraces = readsTraces
        self.linksReports = linksReports
        self.knowsWindows = knowsWindows
        self.checkpointer = checkpointer
        self.files = files
        self.wakeUpCalls = wakeUpCalls
        self.digestWakeUps = digestWakeUps
        self.reportCalls = reportCalls
        busyWait.onTry { [backlog] in
            let jobs = backlog.withLockedValue { $0.current + $0.jobs }
            let now = ContinuousClock.now
            for job in jobs { job.expire(at: now) }
        }
    }

    /// How many transactions were committed so far.
    var commits: Int { backlog.withLockedValue { $0.commits } }

    /// How many writes wait for the running transaction to end.
    var waiting: Int { backlog.withLockedValue { $0.jobs.count } }

    /// Runs a write and returns after its commit.
    ///
    /// Cancelling the caller's task does not take the write back.
    ///
    /// - Parameters:
    ///   - patience: How long it may wait for another process's transaction; as long as any write if left out.
    ///   - work: The write.
    /// - Returns: What the write returned.
    /// - Throws: ``StoreError``; nothing was written then.
    func perform<Value: Sendable>(
        within patience: Duration? = nil,
        _ work: @escaping Work<Value>
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            perform(within: patience, work) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Runs a write, and says after its commit how it went; returns at once.
    ///
    /// - Parameters:
    ///   - patience: How long it may wait for another process's transaction; as long as any write if `nil`.
    ///   - work: The write.
    ///   - completion: Called once with what the write returned, or why nothing was written; mostly on the writer's
    ///     thread, so it must not wait.
    func perform<Value: Sendable>(
        within patience: Duration?,
        _ work: @escaping Work<Value>,
        completion: @escaping @Sendable (Result<Value, StoreError>) -> Void
    ) {
        let job = ResultJob(within: patience, work, completion: completion)
        if !enqueue(job) { job.fail(StoreError(.closed, "the store is closed")) }
    }

    /// Runs a write that nobody waits for, unless too many of them wait already.
    func performUnattended(_ work: @escaping Work<Void>) {
        _ = enqueue(ResultJob(unattended: work))
    }

    /// Takes no more writes; those that wait are still run.
    func close() {
        backlog.withLockedValue { $0.isClosed = true }
    }

    /// Whether ``close()`` was called.
    var isClosed: Bool { backlog.withLockedValue { $0.isClosed } }

    private func enqueue(_ job: any WriteJob) -> Bool {
        let (isTaken, starts) = backlog.withLockedValue { backlog in
            guard !backlog.isClosed else { return (false, false) }
            if job.isUnattended {
                guard backlog.unattended < Self.mostUnattended else { return (false, false) }
                backlog.unattended += 1
            }
            backlog.jobs.append(job)
            defer { backlog.isDraining = true }
            return (true, !backlog.isDraining)
        }
        if starts { pool.asyncWriteWithoutTransaction { self.drain($0) } }
        return isTaken
    }

    /// Runs on the writer's queue until no write waits.
    private func drain(_ database: Database) {
        while true {
            let group = backlog.withLockedValue { $0.takeGroup() }
            guard !group.isEmpty else { return }
            run(group, on: database)
            checkpointer?.look(database)
        }
    }

    private func run(_ group: [any WriteJob], on database: Database) {
        do {
            try commit(group, on: database)
        } catch {
            let reason = StoreError(error)
            guard group.count > 1, reason.code != .busy else {
                for job in group { job.fail(reason) }
                return
            }
            for job in group { job.rolledBack() }
            for job in group { run([job], on: database) }
        }
    }

    private func commit(_ group: [any WriteJob], on database: Database) throws {
        try files.require()
        var effects = Effects(
            standing: standing.withLockedValue { $0 },
            linksReports: linksReports,
            knowsWindows: knowsWindows,
            readsTraces: readsTraces
        )
        try database.inOneCommit {
            for job in group { try job.run(database, &effects) }
            try MessageCounts(database: database).add(effects.counts)
        }
        standing.withLockedValue { $0 = effects.standing }
        backlog.withLockedValue { $0.commits += 1 }
        // Before anybody is told: whoever hears that an exchange or an event is stored finds what rode along.
        effects.handOver()
        for job in group { job.succeed() }
        if effects.wakes { wakeUpCalls.ring() }
        if effects.wakesBuilder { digestWakeUps.ring() }
        if !effects.reportedCodes.isEmpty { reportCalls.ring(effects.reportedCodes) }
    }
}
