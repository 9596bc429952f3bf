// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Events
import Foundation
import InMemoryLogging
import Logging
import Messages
import MetricsTestKit
import NIOConcurrencyHelpers
import Outbox
import SQLiteOutbox
import TestSupport
import Testing

@Suite("Jobs that the service carries out", .timeLimit(.minutes(10)))
struct JobRunnerTests {
    private func runner(
        _ harness: DeliveryHarness,
        replay: @escaping JobRunner.Replay = { job, _ in job },
        hear: @escaping JobRunner.Hear = { _ in }
    ) -> JobRunner {
        JobRunner(
            store: harness.store,
            replay: replay,
            hear: hear,
            clock: harness.clock,
            metrics: JobMetrics(factory: harness.metrics),
            logger: harness.logger,
            observer: harness.events
        )
    }

    /// Lets time pass, a pause of the runner after the other, until a job stands like that.
    private func pass(_ harness: DeliveryHarness, until id: JobID, _ state: JobState) async throws {
        while try await harness.store.job(id)?.state != state {
            await harness.clock.untilSleeping()
            await harness.clock.advance(by: .seconds(1))
        }
    }

    @Test("53: a job that a command began is found, carried out in steps, and counted")
    func carriesOut() async throws {
        try await DeliveryHarness.with { harness in
            let ids = try await harness.accept(Make.message(), Make.message(), Make.message())
            for claimed in try await harness.store.claim(10, at: harness.now) {
                _ = try await harness.store.settle(claimed, .refused(Make.detail(422)), at: harness.now)
            }
            try await harness.running(runner(harness)) {
                await harness.clock.untilSleeping()
                let order = JobOrder(.retry, MessageSelection(states: [.failed]), by: "asha", rate: 1)
                let job = try await harness.store.begin(order, at: harness.clock.now)
                try await pass(harness, until: job.id, .done)
                for id in ids { #expect(try await harness.state(of: id) == .queued) }
                // One message a second, and no sooner.
                let entries = try await harness.store.message(ids[2])?.timeline
                #expect(try #require(entries?.last).at >= job.createdAt.advanced(by: .seconds(2)))
            }
            let dimensions = [("action", "retry"), ("result", "done")]
            #expect(try harness.metrics.expectCounter("hookline_job_messages_total", dimensions).totalValue == 3)
            // How far it was, at each look.
            let left = try harness.metrics.expectGauge("hookline_job_left", [("action", "retry")]).values
            #expect(left.first == 3 && Set(left).isSuperset(of: [3, 2, 1]))
        }
    }

    @Test("53: a paused job is left alone until somebody resumes it, and the next service goes on with it")
    func goesOn() async throws {
        try await withTemporaryFolder { folder in
            let job = try await DeliveryHarness.reopened(in: folder) { harness in
                _ = try await harness.accept(Make.message(dueAt: harness.now.advanced(by: .seconds(90_000))))
                let selection = MessageSelection(rule: "order-paid")
                let job = try await harness.store.begin(JobOrder(.cancel, selection, by: "asha"), at: harness.now)
                return try await harness.store.change(.pause, of: job.id, by: "asha", at: harness.now)
            }
            try await DeliveryHarness.reopened(in: folder) { harness in
                try await harness.running(runner(harness)) {
                    await harness.clock.untilSleeping()
                    #expect(try await harness.store.job(job.id)?.state == .paused)
                    _ = try await harness.store.change(.resume, of: job.id, by: "asha", at: harness.now)
                    try await pass(harness, until: job.id, .done)
                    #expect(try await harness.store.countsByState() == [.cancelled: 1])
                }
            }
        }
    }

    @Test("53: a job that fails keeps no other from its own")
    func failingOne() async throws {
        try await DeliveryHarness.with { harness in
            _ = try await harness.accept(Make.message(dueAt: harness.now.advanced(by: .seconds(90_000))))
            let broken = try await harness.store.begin(
                JobOrder(.replay(ReplayScope(), why: nil), by: "asha"),
                at: harness.now
            )
            let order = JobOrder(.cancel, MessageSelection(rule: "order-paid"), by: "asha")
            let sound = try await harness.store.begin(order, at: harness.now)
            let runner = runner(harness) { _, _ throws(StoreError) in throw StoreError(.failed, "no rule") }
            try await harness.running(runner) { try await pass(harness, until: sound.id, .done) }
            #expect(try await harness.store.job(broken.id)?.state == .running)
            let lines = harness.log.entries.filter { $0.message == "a job did not go on" }
            #expect(!lines.isEmpty && lines.allSatisfy { $0.metadata["job"] == "\(broken.id)" })
        }
    }

    @Test("53: however many jobs run, the oldest has its turn, too, and all are heard of; one that is paused is not")
    func many() async throws {
        try await DeliveryHarness.with { harness in
            _ = try await harness.accept(Make.message(dueAt: harness.now.advanced(by: .seconds(90_000))))
            let order = JobOrder(.cancel, MessageSelection(rule: "order-paid"), by: "asha")
            let oldest = try await harness.store.begin(order, at: harness.now)
            var ids: Set = [oldest.id]
            for _ in 0..<250 {
                let replay = JobOrder(.replay(ReplayScope(), why: nil), by: "asha")
                ids.insert(try await harness.store.begin(replay, at: harness.now).id)
            }
            let paused = try #require(ids.first { $0 != oldest.id })
            _ = try await harness.store.change(.pause, of: paused, by: "asha", at: harness.now)
            ids.remove(paused)
            let heard = NIOLockedValueBox<[Set<JobID>]>([])
            let runner = runner(harness, hear: { running in heard.withLockedValue { $0.append(running) } })
            try await harness.running(runner) { try await pass(harness, until: oldest.id, .done) }
            #expect(heard.withLockedValue { $0.first } == ids)
        }
    }

    @Test("what a command decides beside the service is heeded at the runner's next look, not at the dispatcher's")
    func heedsCommands() async throws {
        try await withTemporaryFolder { folder in
            try await DeliveryHarness.reopened(in: folder) { harness in
                let id = try await harness.accept(Make.message())[0]
                let claimed = try #require(try await harness.store.claim(at: harness.now).first)
                _ = try await harness.store.settle(claimed, .refused(Make.detail(422)), at: harness.now)
                let tool = try await SQLiteOutbox.open(folder.appending(path: "outbox.db").path, role: .tool)
                try await closing(tool) {
                    try await harness.running(harness.dispatcher()) {
                        await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                        try await harness.running(runner(harness)) {
                            await harness.clock.untilSleeping(to: harness.now.advanced(by: .seconds(1)))
                            _ = try await tool.decide(.retry, on: id, by: "asha", at: harness.now)
                            await harness.clock.advance(by: .seconds(1))
                            await harness.untilSettled(id, .accepted)
                        }
                    }
                }
            }
        }
    }
}
