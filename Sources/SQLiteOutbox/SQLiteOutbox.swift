// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
package import Events
import GRDB
package import Outbox

/// The outbox in an SQLite file: WAL, every commit on disk before its caller goes on.
///
/// One connection writes (``WriteQueue``), a few read. A second service on the same file is refused by a lock beside
/// the file; a tool (`hookline messages …`) may read and write while the service runs, and each waits up to
/// five seconds for the other's transaction before it gets `busy`.
package final class SQLiteOutbox: OutboxStore {
    let pool: DatabasePool
    let writes: WriteQueue
    private let wakeUpCalls: WakeUpCalls
    private let lock: ServiceLock?

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
    ///   - maxBytes: A limit for the file's size, at which the store is `full`; none unless given.
    ///   - busyTimeout: How long a write waits for another process's transaction before it throws `busy`.
    /// - Returns: The store; close it in the end.
    /// - Throws: `StoreError` with `inUse`, `cannotOpen`, `corrupt`, `newerSchema` or `notDurable`.
    package static func open(
        _ path: String,
        role: Role = .service,
        maxBytes: Int? = nil,
        busyTimeout: Duration = .seconds(5)
    ) async throws(StoreError) -> SQLiteOutbox {
        try await onBlockingQueue { () throws(StoreError) in
            do {
                return try SQLiteOutbox(path, role: role, limits: .init(maxBytes: maxBytes, busyTimeout: busyTimeout))
            } catch {
                throw StoreError(error)
            }
        }
    }

    private init(_ path: String, role: Role, limits: DatabaseFile.Limits) throws {
        lock = role == .service ? try ServiceLock(besides: path) : nil
        pool = try DatabaseFile.open(path, role: role, limits: limits)
        wakeUpCalls = WakeUpCalls()
        writes = WriteQueue(pool: pool, wakeUpCalls: wakeUpCalls)
    }

    package func accept(_ submissions: [Submission]) async throws(StoreError) -> [Receipt] {
        let prepared = submissions.map(PreparedSubmission.init)
        return try await writes.perform { database, effects in
            let acceptance = Acceptance(database: database)
            var receipts: [Receipt] = []
            for submission in prepared { receipts.append(try acceptance.accept(submission, effects: &effects)) }
            return receipts
        }
    }

    package func recordRejection(_ rejection: Rejection) {
        writes.performUnattended { database, _ in try RejectionLog(database: database).record(rejection) }
    }

    package func claim(
        _ quotas: [ClaimQuota],
        lease: Duration,
        now: Timestamp
    ) async throws(StoreError) -> [ClaimedMessage] {
        try await writes.perform { database, _ in
            try Claiming(database: database).claim(quotas, leaseEnds: now.advanced(by: lease), now: now)
        }
    }

    package func settle(_ settlements: [Settlement]) async throws(StoreError) -> [SettlementResult] {
        guard !settlements.isEmpty else { return [] }
        return try await writes.perform { try Settling(database: $0).settle(settlements, effects: &$1) }
    }

    package func decide(
        _ decision: Decision,
        on id: MessageID,
        by who: String,
        at now: Timestamp
    ) async throws(StoreError) -> Message {
        try await writes.perform {
            try Deciding(database: $0).decide(decision, on: id, by: who, at: now, effects: &$1)
        }
    }

    package func prune(_ retention: Retention, now: Timestamp, limit: Int) async throws(StoreError) -> Pruned {
        try await writes.perform { database, _ in
            try Pruning(database: database, limit: limit).prune(retention, now: now)
        }
    }

    package func check() async throws(StoreError) {
        try await writes.perform { database, _ in try database.execute(sql: "PRAGMA user_version = 1") }
    }

    package func wakeUps() -> AsyncStream<Void> {
        wakeUpCalls.stream()
    }

    package func close() async {
        guard !writes.isClosed else { return }
        writes.close()
        wakeUpCalls.close()
        let pool = pool
        let isService = lock != nil
        await Self.onBlockingQueue {
            // Readers that close last would leave the log behind; a backup of the one file should have everything.
            if isService { _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
            try? pool.close()
        }
        lock?.release()
    }

    /// How many transactions were committed since the store was opened, for benchmarks and tests.
    package var commits: Int { writes.commits }

    /// Runs a blocking call on a thread that is none of the cooperative pool's.
    private static func onBlockingQueue<Value: Sendable, Failure: Error>(
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
