// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

/// Sees a job through, beside a service or without one.
///
/// What sends nothing it carries out itself, a step after the other. What sends is the service's work, which keeps it behind
/// live traffic: nothing would leave without a service anyway.
package struct JobFollower: Sendable {
    private let store: any JobStore
    private let clock: any WallClock
    /// How long nobody may have touched a job that could go on before it is left alone.
    private static let patience: Duration = .seconds(5)
    private static let pause: Duration = .milliseconds(200)

    package init(_ store: any JobStore, clock: any WallClock = SystemClock()) {
        self.store = store
        self.clock = clock
    }

    /// Follows a job until it has ended, or until nobody works at it.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - show: Called when it got on.
    /// - Returns: The job as it stands then; `running` when no service works at it.
    /// - Throws: `StoreError`, or `CancellationError` when the task is cancelled; the job goes on then.
    package func follow(_ job: Job, _ show: (Job) -> Void) async throws -> Job {
        var (job, quietSince) = (job, clock.steadyNow)
        while job.state == .running {
            let next = job.order.sends ? try await store.job(job.id) : try await store.step(job.id, at: clock.now)
            guard let next else { return job }
            if next != job {
                show(next)
                quietSince = clock.steadyNow
            } else if quietSince.duration(to: clock.steadyNow) >= Self.patience {
                return next
            }
            job = next
            guard job.order.sends, job.state == .running else { continue }
            try await clock.sleep(untilSteady: clock.steadyNow.advanced(by: Self.pause))
        }
        return job
    }
}
