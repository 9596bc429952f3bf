// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import DequeModule

/// What work that waits for a thread is granted before it is turned away.
struct QueueLimits: Hashable, Sendable {
    /// How much of one source may wait.
    var waiting = 2_048
    /// How long it may wait; senders of webhooks give up after some seconds.
    var wait: Duration = .seconds(5)
}

/// Work that waits for one of a few threads: each source in its turn, and none on all threads.
///
/// A value without a clock. Within a source the order is that of arrival. Where there are several threads, one source takes all but one at most,
/// so that its heavy events leave a thread to everyone else's.
struct FairQueue<Job: Sendable>: Sendable {
    /// A job whose turn has come.
    struct Turn: Sendable {
        let job: Job
        let source: String
        /// Whether it has waited longer than it may.
        let isTooLate: Bool
    }

    private struct Waiting: Sendable {
        let job: Job
        let latest: ContinuousClock.Instant?
    }

    private let threads: Int
    private let limits: QueueLimits
    private var lines: [String: Deque<Waiting>] = [:]
    /// The sources with something that waits, the next first.
    private var order = Deque<String>()
    private var running: [String: Int] = [:]
    private var busyThreads = 0

    init(threads: Int, limits: QueueLimits) {
        precondition(threads >= 1, "work needs a thread")
        self.threads = threads
        self.limits = limits
    }

    /// What became of a job that was brought.
    enum Entry: Equatable {
        /// It waits, and a thread must come and take what is next.
        case needsThread
        /// It waits for a thread that is at work.
        case waits
        /// Too much waits already.
        case refused
    }

    /// Brings a job.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - source: Whose it is.
    ///   - now: What time it is; `nil` for a job that may wait as long as it takes and is never refused.
    /// - Returns: What becomes of it.
    mutating func add(_ job: Job, of source: String, at now: ContinuousClock.Instant?) -> Entry {
        var line = lines[source] ?? Deque()
        guard now == nil || line.count < limits.waiting else { return .refused }
        if line.isEmpty { order.append(source) }
        line.append(Waiting(job: job, latest: now?.advanced(by: limits.wait)))
        lines[source] = line
        guard busyThreads < threads, mayRun(source) else { return .waits }
        busyThreads += 1
        return .needsThread
    }

    /// Takes the next job for a thread that ``add(_:of:at:)`` asked for.
    ///
    /// - Parameters:
    ///   - finished: The source of the job that the thread has just finished, if it had one.
    ///   - now: What time it is.
    /// - Returns: `nil` when nothing is left for the thread, which goes then.
    mutating func next(after finished: String?, at now: ContinuousClock.Instant) -> Turn? {
        if let finished { release(finished) }
        for _ in 0..<order.count {
            guard let source = order.popFirst() else { break }
            guard mayRun(source), var line = lines[source], let waiting = line.popFirst() else {
                order.append(source)
                continue
            }
            lines[source] = line.isEmpty ? nil : line
            if !line.isEmpty { order.append(source) }
            running[source, default: 0] += 1
            return Turn(job: waiting.job, source: source, isTooLate: waiting.latest.map { $0 < now } ?? false)
        }
        busyThreads -= 1
        return nil
    }

    private func mayRun(_ source: String) -> Bool {
        running[source, default: 0] < max(1, threads - 1)
    }

    private mutating func release(_ source: String) {
        let count = running[source, default: 1] - 1
        running[source] = count > 0 ? count : nil
    }
}
