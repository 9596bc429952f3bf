// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CoreMetrics
package import Events
package import Logging
package import Messages
package import Outbox
import ServiceLifecycle

/// Carries out jobs, a step each of those that are due in turn, beside live traffic.
///
/// A command beside the service begins and ends jobs, so the store is asked again and again. Nothing is kept here: after a
/// kill the next service goes on from the place that the last step wrote.
package struct JobRunner: Service {
    /// Goes on with a replay, which needs the rules.
    package typealias Replay = @Sendable (Job, Timestamp) async throws(StoreError) -> Job?

    private let store: any JobStore
    private let replay: Replay
    private let clock: any WallClock
    private let metrics: JobMetrics
    private let logger: Logger
    private let observer: any DeliveryObserver

    /// How often it is asked whether there are jobs.
    private static let poll: Duration = .seconds(1)
    /// The shortest pause between two looks.
    private static let shortestPause: Duration = .milliseconds(20)
    /// So many jobs at most are in work.
    private static let most = 100

    /// A runner.
    ///
    /// - Parameters:
    ///   - store: Where the jobs are.
    ///   - replay: Goes on with a replay; leaves it as it is if left out.
    ///   - clock: What time it is, and what is waited on.
    ///   - metrics: Counts what jobs do.
    ///   - logger: Receives a line for each job that is done.
    ///   - observer: Sees every step; for tests.
    package init(
        store: any JobStore,
        replay: @escaping Replay = { job, _ in job },
        clock: any WallClock = SystemClock(),
        metrics: JobMetrics,
        logger: Logger,
        observer: any DeliveryObserver = NoObserver()
    ) {
        self.store = store
        self.replay = replay
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.observer = observer
    }

    package func run() async {
        _ = try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let pause = await round()
                try await clock.sleep(untilSteady: clock.steadyNow.advanced(by: pause))
            }
        }
    }

    /// Makes a step of each job that is due.
    ///
    /// - Returns: How long nothing is to be done.
    private func round() async -> Duration {
        do throws(StoreError) {
            let jobs = try await store.jobs(JobFilter(state: .running, limit: Self.most)).elements
            metrics.running(jobs.count)
            var next: Duration = Self.poll
            for job in jobs.reversed() where !Task.isCancelled {
                guard let stepped = try await step(job) else { continue }
                if stepped.state == .running { next = min(next, clock.now.duration(to: stepped.nextAt)) }
            }
            return max(next, Self.shortestPause)
        } catch {
            logger.error("a job did not go on", metadata: ["code": "\(error.code)", "reason": "\(error.reason)"])
            observer.observe(.storeFailed(error.code))
            return Self.poll
        }
    }

    private func step(_ job: Job) async throws(StoreError) -> Job? {
        guard job.isDue(at: clock.now) else { return job }
        let now = clock.now
        let next = job.order.replay == nil ? try await store.step(job.id, at: now) : try await replay(job, now)
        guard let stepped = next else { return nil }
        metrics.stepped(from: job, to: stepped)
        if stepped.state == .done {
            let tally = stepped.tally.map { "\($0.key.rawValue): \($0.value)" }.sorted().joined(separator: ", ")
            logger.info(
                "a job is done",
                metadata: ["job": "\(job.id)", "action": "\(job.order.action)", "tally": "\(tally)"]
            )
        }
        observer.observe(.jobStepped(stepped))
        return stepped
    }
}

/// What is counted of jobs.
package struct JobMetrics: Sendable {
    private let factory: any MetricsFactory

    /// - Parameter factory: Makes the counters.
    package init(factory: any MetricsFactory) {
        self.factory = factory
    }

    /// What the metrics mean, for their `HELP` lines.
    package static let help = [
        "hookline_jobs_running": "Jobs that people began and that are not done, paused or cancelled.",
        "hookline_job_messages_total": "Messages that jobs were about, by action and what came of them.",
    ]

    func running(_ count: Int) {
        Gauge(label: "hookline_jobs_running", dimensions: [], factory: factory).record(count)
    }

    func stepped(from old: Job, to new: Job) {
        for (result, count) in new.tally {
            let more = count - (old.tally[result] ?? 0)
            guard more > 0 else { continue }
            let dimensions = [("action", new.order.action), ("result", result.rawValue)]
            Counter(label: "hookline_job_messages_total", dimensions: dimensions, factory: factory).increment(by: more)
        }
    }
}
