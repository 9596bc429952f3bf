// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
package import Events
import GRDB
package import Messages
import NIOConcurrencyHelpers
package import Outbox

/// The outbox in an SQLite file: WAL, every commit on disk before its caller goes on.
///
/// One connection writes (``WriteQueue``), a few read. A second service on the same file is refused by a lock on
/// the file; a tool (`hookline messages …`) may read and write while the service runs, and each waits up to
/// five seconds for the other's transaction before it gets `busy`. A sender does not wait that long.
package final class SQLiteOutbox: OutboxStore {
    let pool: DatabasePool
    let writes: WriteQueue
    /// How long a write waits that a sender waits for.
    let patience: Duration
    /// What time it is for keys and for deleting; `nil` where the callers' word counts.
    let reckoned: ReckonedTime?
    /// What a service found when it looked for damage; `nil` for a tool.
    package let examination: StoreExamination?
    private let checkpointer: Checkpointer?
    private let wakeUpCalls: WakeUpCalls
    let digestWakeUps: WakeUpCalls
    private let reportCalls = Calls<[ReportedCode]>(keeping: ReportedCode.mostKept)
    private let lock: ServiceLock?
    /// What the writer's `data_version` was when it was looked at last.
    let dataVersion = NIOLockedValueBox<Int64?>(nil)

    /// What the opener is.
    package enum Role: Hashable, Sendable {
        /// The one service that delivers from the file: creates and migrates it, and takes over what an earlier
        /// run left in the middle of an attempt.
        case service
        /// A tool beside the service: needs a file that is there and has the current schema.
        case tool
    }

    /// Opens the file, and creates it for a service.
    ///
    /// - Parameters:
    ///   - path: The file; SQLite puts `-wal` and `-shm` beside it, and a service `.lock`.
    ///   - role: What the opener is.
    ///   - options: What can be chosen.
    ///   - reckoned: What time it is for keys and for deleting, where the callers' word is not to count; it begins
    ///     from what the store has kept.
    /// - Returns: The store; close it in the end.
    /// - Throws: `StoreError` with `inUse`, `cannotOpen`, `corrupt`, `foreign`, `newerSchema` or `notDurable`.
    package static func open(
        _ path: String,
        role: Role = .service,
        options: Options = Options(),
        reckoned: ReckonedTime? = nil
    ) async throws(StoreError) -> SQLiteOutbox {
        try await onBlockingQueue { () throws(StoreError) in
            do {
                return try SQLiteOutbox(path, role, options, reckoned)
            } catch {
                throw StoreError(error)
            }
        }
    }

    /// What can be chosen when a store is opened.
    package struct Options: Hashable, Sendable {
        /// A limit for the file's size, at which the store is `full`; `nil` for none.
        package var maxBytes: Int?
        /// How long a write waits for another process's transaction before it throws `busy`.
        package var busyTimeout: Duration = .seconds(5)
        /// The same for a write that a sender waits for.
        package var patience: Duration = .seconds(2)
        /// Whether sources tell what becomes of messages: those that are stored now can be found by the partner's id, for
        /// one entry in an index each.
        package var linksReports = false
        /// Whether sources pass on what recipients write: texts are held against that before they leave.
        package var knowsWindows = false
        /// Whether who sends is told what messages come of in traces, for one read a claim.
        package var readsTraces = false
        /// How long a service looks for damage before it begins; who opens it goes on with that beside the service.
        package var examination: Duration = .milliseconds(100)
        /// Whether a copy that was not finished is opened, to go on with it.
        var opensCopies = false

        package init() {}
    }

    private init(_ path: String, _ role: Role, _ options: Options, _ reckoned: ReckonedTime?) throws {
        try DatabaseFile.prepare(path, role: role)
        lock = role == .service ? try ServiceLock(on: path) : nil
        let busyWait = BusyWait(limit: options.busyTimeout)
        let limits = DatabaseFile.Limits(
            maxBytes: options.maxBytes,
            busyWait: busyWait,
            examination: options.examination,
            opensCopies: options.opensCopies
        )
        let opened = try DatabaseFile.open(path, role: role, limits: limits)
        (pool, examination) = (opened.pool, opened.examination)
        patience = options.patience
        (wakeUpCalls, digestWakeUps) = (WakeUpCalls(), WakeUpCalls())
        checkpointer = role == .service ? try Checkpointer(path: path) : nil
        writes = WriteQueue(
            pool: pool,
            checkpointer: checkpointer,
            files: StoreFiles(path: path).standing,
            wakeUpCalls: wakeUpCalls,
            digestWakeUps: digestWakeUps,
            reportCalls: reportCalls,
            busyWait: busyWait,
            linksReports: options.linksReports,
            knowsWindows: options.knowsWindows,
            readsTraces: options.readsTraces
        )
        self.reckoned = reckoned
        if let reckoned { try Self.begin(reckoned, pool) }
    }

    /// Goes on from what the last run kept; what was due stays due when the clock was set back since.
    private static func begin(_ reckoned: ReckonedTime, _ pool: DatabasePool) throws {
        let back = reckoned.begin(from: try pool.read { try ClockTable(database: $0).mark() })
        guard back < .zero else { return }
        let step = ClockStep(back, at: reckoned.now)
        try pool.write { _ = try ClockTable(database: $0).follow(step) }
    }

    package func accept(
        _ submissions: [Submission],
        completion: @escaping @Sendable (Result<[Receipt], StoreError>) -> Void
    ) {
        let prepared = submissions.map(PreparedSubmission.init)
        let keys = times(at: submissions.first?.event.receivedAt ?? Timestamp(seconds: 0)).keys
        let work: WriteQueue.Work<[Receipt]> = { database, effects in
            let acceptance = Acceptance(database: database, keys: keys)
            var receipts: [Receipt] = []
            for submission in prepared { receipts.append(try acceptance.accept(submission, effects: &effects)) }
            return receipts
        }
        writes.perform(within: patience, work, completion: completion)
    }

    package func recordRejection(_ rejection: Rejection) {
        writes.performUnattended { database, _ in try RejectionLog(database: database).record(rejection) }
    }

    package func exchange(
        _ settlements: [Settlement],
        _ quotas: [ClaimQuota],
        lease: Duration,
        now: Timestamp,
        riding: RidingClaims?
    ) async throws(StoreError) -> Exchange {
        let keys = times(at: now).keys
        return try await writes.perform { database, effects in
            let work = MessageWork(database: database)
            let results = try work.settle(settlements, effects: &effects)
            let (claimed, nextDue, holds) = try work.claim(
                quotas,
                lease: lease,
                now: now,
                keys: keys,
                riding: riding,
                effects: &effects
            )
            return Exchange(results: results, claimed: claimed, nextDue: nextDue, holds: holds)
        }
    }

    package func prune(_ retention: Retention, now: Timestamp, limit: Int) async throws(StoreError) -> Pruned {
        let times = times(at: now)
        let rule = PruneRule(retention, deleting: times.deleting, keys: times.keys)
        return try await writes.perform { database, effects in
            try Pruning(database: database, limit: limit).prune(rule, effects: &effects)
        }
    }

    package func check() async throws(StoreError) {
        try await writes.perform(within: patience) { database, _ in
            try database.execute(sql: "PRAGMA user_version = \(DatabaseIdentity.userVersion)")
        }
        // That little may fit into the log where no event does any more.
        try StoreFiles(path: pool.path).requireRoom()
    }

    package func wakeUps() -> AsyncStream<Void> {
        wakeUpCalls.stream()
    }

    package func reportedCodes() -> AsyncStream<[ReportedCode]> {
        reportCalls.stream()
    }

    package func close() async {
        guard !writes.isClosed else { return }
        if let reckoned { try? await remember(reckoned.mark) }
        writes.close()
        wakeUpCalls.close()
        digestWakeUps.close()
        reportCalls.close()
        let (pool, checkpointer) = (pool, checkpointer)
        await Self.onBlockingQueue {
            // Readers that close last would leave the log behind; a backup of the one file should have everything.
            if let checkpointer {
                _ = try? pool.writeWithoutTransaction { writer in
                    checkpointer.wait()
                    try writer.checkpoint(.truncate)
                }
                checkpointer.close()
            }
            try? pool.close()
        }
        lock?.release()
    }

    /// How many transactions were committed since the store was opened, for benchmarks and tests.
    package var commits: Int { writes.commits }

    /// Runs a blocking call on a thread that is none of the cooperative pool's.
    static func onBlockingQueue<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { () throws(Failure) in try body() })
            }
        }
        return try result.get()
    }
}
