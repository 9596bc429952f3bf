// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CoreMetrics
package import Events
package import Logging
package import Messages
import MetricFamilies
package import Outbox
import ServiceLifecycle

/// Carries out jobs, a step each of those that are due in turn, beside live traffic.
///
/// A command beside the service begins and ends jobs, and decides about single messages, so the store is asked again and
/// again, and wakes whoever that concerns. Nothing is kept here: after a
/// kill the next service goes on from the place that the last step wrote.
package struct JobRunner: Service {
    /// Goes on with a replay, which needs the rules.
    package typealias Replay = @Sendable (Job, Timestamp) async throws(StoreError) -> Job?
    /// Hears at each look which jobs run, so that nothing is kept for others.
    package typealias Hear = @Sendable (Set<JobID>) -> Void

    private let store: any JobStore
    private let replay: Replay
    private let hear: Hear
    private let clock: any WallClock
    private let metrics: JobMetrics
    private let logger: Logger
    private let observer: any DeliveryObserver

    private let polling: Polling

    /// The shortest pause between two looks.
    private static let shortestPause: Duration = .milliseconds(20)
    /// So many jobs at most are read at a time.
    private static let page = 100

    /// A runner.
    ///
    /// - Parameters:
    ///   - store: Where the jobs are.
    ///   - replay: Goes on with a replay; leaves it as it is if left out.
    ///   - hear: Hears which jobs run.
    ///   - polling: How often it is asked whether there are jobs.
    ///   - clock: What time it is, and what is waited on.
    ///   - metrics: Counts what jobs do.
    ///   - logger: Receives a line for each job that is done.
    ///   - observer: Sees every step; for tests.
    package init(
        store: any JobStore,
        replay: @escaping Replay = { job, _ in job },
        hear: @escaping Hear = { _ in },
        polling: Polling = .ofOneProcess,
        clock: any WallClock = SystemClock(),
        metrics: JobMetrics,
        logger: Logger,
        observer: any DeliveryObserver = NoObserver()
    ) {
        self.store = store
        self.replay = replay
        self.hear = hear
        self.polling = polling
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.observer = observer
    }

    package func run() async {
        _ = try? await cancelWhenGracefulShutdown {
            var outage = StoreOutage()
            while !Task.isCancelled {
                let pause = await round(&outage)
                try await clock.sleep(untilSteady: clock.steadyNow.advanced(by: pause))
            }
        }
    }

    /// Makes a step of each job that is due; one that fails keeps no other from its own.
    ///
    /// - Parameter outage: Whether the jobs could be read.
    /// - Returns: How long nothing is to be done.
    private func round(_ outage: inout StoreOutage) async -> Duration {
        let jobs: [Job]
        do throws(StoreError) {
            jobs = try await store.heedOthers() ? running() : []
        } catch {
            outage.failed(error, at: clock.steadyNow)?.tell(.ofJobs, to: logger)
            observer.observe(.storeFailed(error.code))
            return pause
        }
        outage.worked(at: clock.steadyNow)?.tell(.ofJobs, to: logger)
        metrics.running(jobs)
        hear(Set(jobs.map(\.id)))
        var next = pause
        for job in jobs.reversed() where !Task.isCancelled {
            guard let stepped = await step(job), stepped.state == .running else { continue }
            next = min(next, clock.now.duration(to: stepped.nextAt))
        }
        return max(next, Self.shortestPause)
    }

    /// How long nobody is asked; processes that share a store do not ask in step.
    private var pause: Duration {
        polling.look * (1 + Double.random(in: -1...1) * polling.spread)
    }

    /// All jobs that run, the newest first.
    private func running() async throws(StoreError) -> [Job] {
        var (jobs, filter): ([Job], JobFilter) = ([], JobFilter(state: .running, limit: Self.page))
        repeat {
            let page = try await store.jobs(filter)
            jobs += page.elements
            filter.cursor = page.next
        } while filter.cursor != nil
        return jobs
    }

    /// Makes a step of a job if it is due.
    ///
    /// - Returns: The job as it stands then; `nil` when there is none any more, or it did not go on.
    private func step(_ job: Job) async -> Job? {
        let now = clock.now
        guard job.isDue(at: now) else { return job }
        do throws(StoreError) {
            let next = job.order.replay == nil ? try await store.step(job.id, at: now) : try await replay(job, now)
            if let next { note(job, next) }
            return next
        } catch {
            note(error, of: job)
            return nil
        }
    }

    private func note(_ job: Job, _ stepped: Job) {
        metrics.stepped(from: job, to: stepped)
        if stepped.state == .done {
            let tally = stepped.tally.map { "\($0.key.rawValue): \($0.value)" }.sorted().joined(separator: ", ")
            logger.info(
                "a job is done",
                metadata: ["job": "\(job.id)", "action": "\(job.order.action)", "tally": "\(tally)"]
            )
        }
        observer.observe(.jobStepped(stepped))
    }

    private func note(_ error: StoreError, of job: Job) {
        logger.error(
            "a job did not go on",
            metadata: ["code": "\(error.code)", "reason": "\(error.reason)", "job": "\(job.id)"]
        )
        observer.observe(.storeFailed(error.code))
    }
}

/// What is counted of jobs.
package struct JobMetrics: Sendable {
    private let jobs: Gauge
    private let left: GaugeFamily
    private let messages: CounterFamily<Key>

    private struct Key: Hashable {
        let action: String
        let result: String
    }

    /// - Parameter factory: Makes the counters.
    package init(factory: any MetricsFactory) {
        jobs = Gauge(label: "hookline_jobs_running", dimensions: [], factory: factory)
        left = GaugeFamily("hookline_job_left", "action", factory: factory)
        messages = CounterFamily("hookline_job_messages_total", factory: factory) {
            [("action", $0.action), ("result", $0.result)]
        }
    }

    /// What the metrics mean, for their `HELP` lines.
    package static let help = [
        "hookline_jobs_running": "Jobs that people began and that are not done, paused or cancelled.",
        "hookline_job_left": "Messages, or of replays events, that running jobs have not gone through, by action.",
        "hookline_job_messages_total": "Messages that jobs were about, by action and what came of them.",
    ]

    /// - Parameter running: The jobs that run.
    func running(_ running: [Job]) {
        jobs.record(running.count)
        left.set(
            Dictionary(running.map { ($0.order.action, max(0, $0.total - $0.handled)) }, uniquingKeysWith: +)
        )
    }

    func stepped(from old: Job, to new: Job) {
        for (result, count) in new.tally {
            let more = count - (old.tally[result] ?? 0)
            guard more > 0 else { continue }
            messages.increment(Key(action: new.order.action, result: result.rawValue), by: more)
        }
    }
}
