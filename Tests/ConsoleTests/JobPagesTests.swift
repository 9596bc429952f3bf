// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import HTTPValues
import Messages
import Outbox
import TestSupport
import Testing

@testable import Console

@Suite("The console's pages of jobs", .timeLimit(.minutes(10)))
struct JobPagesTests {
    @Test("many messages are decided about by a job: counted first, their number typed where they are many")
    func job() async throws {
        try await withConsole { test in
            for _ in 0..<101 { try await test.message() }
            var browser = try await test.browser(as: "operate")
            let form = try await browser.get("jobs/new?action=cancel&rule=order-paid")
            #expect(form.hidden("expected") == "101")
            let fields = ["expected": "101", "once": try #require(form.hidden("once")), "reason": "wrong price"]
            let place = "jobs/new?action=cancel&rule=order-paid"
            let refused = try await browser.post(place, fields)
            #expect(refused.status == 422 && refused.page.contains("Type 101"))
            let begun = try await browser.post(place, fields.merging(["typed": "101"]) { $1 })
            let job = try #require(try await test.store.jobs(JobFilter()).elements.first)
            #expect(begun.place == "../jobs/\(job.id)")
            #expect(job.total == 101 && job.order.why == "wrong price" && job.order.who == "token operate")
            let page = try await browser.get("jobs/\(job.id)").page
            #expect(page.contains("The job has begun.") && page.contains("href=\"../jobs/\(job.id)/pause\""))
            let paused = try await browser.post("jobs/\(job.id)/pause", ["reason": "wait"])
            #expect(paused.place == "../../jobs/\(job.id)")
            #expect(try await browser.get("jobs").page.contains("</svg>Paused</span>"))
            var reader = try await test.browser(as: "read")
            #expect(try await !reader.get("jobs/\(job.id)").page.contains("/cancel"))
        }
    }

    @Test("a retry says how many were never built, and is not about them")
    func unbuilt() async throws {
        try await withConsole { test in
            let failure = FailedMessage(
                id: MessageID(at: test.clock.now),
                rule: "order-paid",
                reason: "name is undefined"
            )
            _ = try await test.store.accept(Make.submission(failures: [failure], at: test.clock.now))
            var browser = try await test.browser(as: "operate")
            let page = try await browser.get("jobs/new?action=retry").page
            #expect(page.contains("No message stands so now.") && page.contains("1 more cannot be sent again"))
            #expect(!page.contains("Begin the job"))
            let cancel = try await browser.get("jobs/new?action=cancel").page
            #expect(!cancel.contains("cannot be sent again"))
        }
    }

    @Test("a job's results are told in words")
    func results() async throws {
        try await withConsole { test in
            let order = JobOrder(.replay(ReplayScope(), why: "mended"), by: "asha")
            let event = Make.event(at: test.clock.now)
            _ = try await test.store.accept(Submission(event: event))
            let job = try await test.store.begin(order, at: test.clock.now)
            let late = try Make.message(expiresAt: test.clock.now)
            let made = Consequences(disposition: .matched, messages: [late], failures: [], sideEffects: .none)
            let placed = try #require(try await test.store.events(ReplayScope(), after: 0, upTo: .max, limit: 1).first)
            let batch = ReplayBatch(from: 0, [ReplayedEvent(event.id, at: placed.place, made)], isLast: true)
            _ = try await test.store.replay(batch, of: job.id, at: test.clock.now)
            var browser = try await test.browser(as: "read")
            let page = try await browser.get("jobs/\(job.id)").page
            #expect(page.contains("<dt>Made, and kept from leaving</dt><dd>1</dd>"))
            #expect(page.contains("<dt>Events gone through</dt><dd>1</dd>"))
        }
    }

    @Test("a job about another number than was counted does not begin")
    func staleJob() async throws {
        try await withConsole { test in
            try await test.message()
            var browser = try await test.browser(as: "operate")
            let place = "jobs/new?action=cancel&rule=order-paid"
            let reply = try await browser.post(place, ["expected": "7", "reason": "wrong price"])
            #expect(reply.status == 409 && reply.page.contains("1 message now"))
            #expect(try await test.store.jobs(JobFilter()).elements.isEmpty)
        }
    }

    @Test("jobs are listed by where they stand")
    func jobStates() async throws {
        try await withConsole { test in
            let order = JobOrder(.decide(.cancel, MessageSelection()), by: "asha")
            let job = try await test.store.begin(order, at: test.clock.now)
            var browser = try await test.browser(as: "read")
            let running = try await browser.get("jobs?state=running").page
            #expect(running.contains("jobs/\(job.id)\""))
            #expect(running.contains("jobs?state=running\" aria-current=\"true\""))
            let paused = try await browser.get("jobs?state=paused").page
            #expect(!paused.contains("\(job.id)") && paused.contains("No job stands so."))
        }
    }
}
