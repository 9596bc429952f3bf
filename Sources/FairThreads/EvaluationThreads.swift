// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOConcurrencyHelpers
internal import NIOPosix

/// The threads on which bodies are decoded and rules are evaluated.
///
/// A body can be made so that this takes a while. Were it done on the threads that everything shares, as many such
/// bodies as there are cores would stop all other senders, the delivery and the health check. Here they hold up one
/// another: there is a thread fewer than there are cores, and sources take turns.
package final class EvaluationThreads: TaskExecutor {
    /// There is more to do than is worth waiting for; the sender should come again.
    package struct Overload: Error, Hashable, Sendable {}

    /// Does the work, or hears that it had to wait for too long.
    private typealias Job = @Sendable (_ isTooLate: Bool) -> Void

    /// The threads of this process: one fewer than it has cores, and at least two, because one source never gets all of
    /// several.
    package static let shared = EvaluationThreads(
        count: max(2, ProcessInfo.processInfo.activeProcessorCount - 1)
    )

    private let pool: NIOThreadPool
    private let queue: NIOLockedValueBox<FairQueue<Job>>

    /// Threads that run until the process ends or nobody holds them any more.
    ///
    /// - Parameter count: How many; at least one there is always.
    package convenience init(count: Int) {
        self.init(count: count, limits: QueueLimits())
    }

    init(count: Int, limits: QueueLimits) {
        let count = max(1, count)
        pool = NIOThreadPool(numberOfThreads: count)
        queue = NIOLockedValueBox(FairQueue(threads: count, limits: limits))
        pool.start()
    }

    deinit {
        pool.shutdownGracefully { _ in }
    }

    /// Does work on one of the threads.
    ///
    /// - Parameters:
    ///   - source: Whose work it is; sources take turns.
    ///   - work: What to do; it must not wait for anything.
    /// - Returns: What it made.
    /// - Throws: ``Overload`` when too much waits already, or when this waited for too long; nothing was done then.
    package func run<Value: Sendable>(
        of source: String,
        _ work: @escaping @Sendable () -> Value
    ) async throws(Overload) -> Value {
        let result: Result<Value, Overload> = await withCheckedContinuation { continuation in
            perform(of: source) {
                continuation.resume(returning: .success(work()))
            } orRefuse: {
                continuation.resume(returning: .failure(Overload()))
            }
        }
        return try result.get()
    }

    /// Does work on one of the threads, and returns at once.
    ///
    /// - Parameters:
    ///   - source: Whose work it is; sources take turns.
    ///   - work: What to do; it must not wait for anything.
    ///   - refuse: Called instead when too much waits already, or when this waited for too long.
    package func perform(
        of source: String,
        _ work: @escaping @Sendable () -> Void,
        orRefuse refuse: @escaping @Sendable () -> Void
    ) {
        add(of: source, at: .now, { isTooLate in isTooLate ? refuse() : work() }, orRefuse: refuse)
    }

    /// Does work on one of the threads, however long it must wait for one.
    ///
    /// - Parameters:
    ///   - source: Whose work it is; sources take turns.
    ///   - work: What to do; it must not wait for anything.
    /// - Returns: What it made.
    /// - Throws: What the work throws.
    package func runInTurn<Value: Sendable, Failure: Error>(
        of source: String,
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result = await withCheckedContinuation { continuation in
            add(of: source, at: nil) { _ in
                continuation.resume(returning: Result { () throws(Failure) in try work() })
            }
        }
        return try result.get()
    }

    /// Runs parts of tasks that prefer these threads; they take turns with everything else here.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pool.submit { [self] _ in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    private func add(
        of source: String,
        at now: ContinuousClock.Instant?,
        _ job: @escaping Job,
        orRefuse refuse: () -> Void = {}
    ) {
        switch queue.withLockedValue({ $0.add(job, of: source, at: now) }) {
        case .needsThread: pool.submit { [self] _ in work(after: nil) }
        case .waits: break
        case .refused: refuse()
        }
    }

    /// Does what is next, and comes back for more until nothing is left; parts of tasks get in between.
    private func work(after finished: String?) {
        guard let turn = queue.withLockedValue({ $0.next(after: finished, at: .now) }) else { return }
        turn.job(turn.isTooLate)
        pool.submit { [self] _ in work(after: turn.source) }
    }
}
