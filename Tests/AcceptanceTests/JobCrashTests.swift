// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import CurlTransport
import Events
import Foundation
import HTTPTypes
import HooklineApp
import Messages
import Outbox
import PartnerAPI
import SQLiteOutbox
import Sandbox
import TestSupport
import Testing

/// Jobs survive their service: the built command is killed while it carries one out.
@Suite("A service that is killed in the middle of a job")
struct JobCrashTests {
    private static let count = 200
    private static let kills = 20
    private static let rules = """
        version: 1
        source: orders
        rules:
          - name: order-paid
            to: "{{ phone }}"
            send: {text: "event {{ id }}"}
        """

    @Test(
        "53: killed twenty times, a job is about each message once, and what came twice stands as uncertain",
        .timeLimit(.minutes(20))
    )
    func killedJob() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "hookline.db").path
            let ids = try await failedMessages(in: file)
            try await withSandbox(SandboxFaults(), clock: SystemClock()) { partner, port in
                try await ServiceProcess.with(folder: folder, rules: Self.rules, partnerPort: port) { process in
                    _ = try await process.url()
                    let store = try await SQLiteOutbox.open(file, role: .tool)
                    try await closing(store) {
                        let order = JobOrder(.retry, MessageSelection(rule: "order-paid"), by: "asha", rate: 60)
                        let job = try await store.begin(order, at: SystemClock().now)
                        #expect(job.total == Self.count)
                        for kill in 1...Self.kills {
                            _ = await partner.received(atLeast: kill * Self.count / (Self.kills + 1))
                            try await process.killAndRestart()
                        }
                        let delivered = await delivered(by: partner)
                        let done = try await end(of: job, in: store)
                        #expect(done.tally == [.done: Self.count] && done.passedBy == 0)
                        for (number, id) in ids.enumerated() {
                            let timeline = try #require(try await store.message(id)).timeline
                            #expect(timeline.count { $0.who == "asha" } == 1, "each message is retried once")
                            let isUncertain = timeline.contains { $0.to == .uncertain }
                            #expect(delivered["message \(number)"] == 1 || isUncertain)
                        }
                    }
                    #expect(try await process.terminate() == 0)
                    #expect(process.killCount == Self.kills)
                }
            }
        }
    }

    @Test("35: killed twenty times in 10,000 events, a replay makes each message once", .timeLimit(.minutes(30)))
    func killedReplay() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "hookline.db").path
            try await archive(in: file)
            try await withSandbox(SandboxFaults(), clock: SystemClock()) { partner, port in
                try await ServiceProcess.with(folder: folder, rules: Self.rules, partnerPort: port) { process in
                    _ = try await process.url()
                    let store = try await SQLiteOutbox.open(file, role: .tool)
                    try await closing(store) {
                        let order = JobOrder(.replay(ReplayScope(), why: nil), by: "asha", rate: 60)
                        let job = try await store.begin(order, at: SystemClock().now)
                        #expect(job.total == Self.events)
                        for kill in 1...Self.kills {
                            _ = await partner.received(atLeast: kill * Self.count / (Self.kills + 1))
                            try await process.killAndRestart()
                        }
                        _ = await delivered(by: partner)
                        let done = try await end(of: job, in: store)
                        let told = Self.events - Self.count
                        #expect(done.tally == [.events: Self.events, .made: Self.count, .told: told])
                        let counts = try await store.countsByState()
                        #expect(counts.values.reduce(0, +) == Self.events + Self.count, "no message was made twice")
                        #expect(counts[.failed] == Self.count)
                    }
                    #expect(process.killCount == Self.kills)
                }
            }
        }
    }

    private static let events = 10_000

    /// Events of an earlier day: of one in fifty the message could not be built, the others' arrived.
    private func archive(in file: String) async throws {
        let (store, now) = (try await SQLiteOutbox.open(file), SystemClock().now.advanced(by: .seconds(-3_600)))
        try await closing(store) {
            for start in stride(from: 0, to: Self.events, by: 500) {
                _ = try await store.accept(try (start..<start + 500).map { try Self.submission($0, at: now) })
                let settlements = try await store.claim(500, at: now).map { claimed in
                    var machine = claimed.machine()
                    var generator = SystemRandomNumberGenerator()
                    let outcome = Outcome.accepted(partnerID: "wamid.1")
                    try machine.attemptEnded(outcome, at: now, policy: RetryPolicy(), using: &generator)
                    let attempt = Attempt(number: 1, startedAt: now, duration: .milliseconds(9), outcome: outcome)
                    return Settlement(of: claimed, machine, attempt: attempt, at: now)
                }
                _ = try await store.settle(settlements)
            }
        }
    }

    private static func submission(_ number: Int, at now: Timestamp) throws -> Submission {
        let (id, phone) = (EventID(at: now), "9198\(10_000_000 + number)")
        let body = #"{"event": "order", "id": "\#(number)", "phone": "+\#(phone)"}"#
        let event = NewEvent(
            id: id,
            source: "orders",
            type: "order",
            senderID: String(number),
            receivedAt: now,
            headers: [.contentType: "application/json"],
            rawBody: Array(body.utf8),
            disposition: .matched
        )
        guard number.isMultiple(of: events / count) else {
            return Submission(event: event, messages: [try Make.message(to: phone, at: now)])
        }
        let failure = FailedMessage(id: MessageID(at: now), rule: "order-paid", reason: "name is undefined")
        return Submission(event: event, failures: [failure])
    }

    /// Messages that the partner refused on an earlier day.
    private func failedMessages(in file: String) async throws -> [MessageID] {
        let (store, now) = (try await SQLiteOutbox.open(file), SystemClock().now.advanced(by: .seconds(-3_600)))
        return try await closing(store) {
            let messages = try (0..<Self.count).map { number in
                NewMessage(
                    id: MessageID(at: now),
                    rule: "order-paid",
                    account: "main",
                    request: try Make.request(to: "9198123\(10_000 + number)", text: "message \(number)")
                )
            }
            _ = try await store.accept(Make.submission(messages: messages, at: now))
            for claimed in try await store.claim(Self.count, at: now) {
                _ = try await store.settle(claimed, .refused(Make.detail(422)), at: now)
            }
            return messages.map(\.id)
        }
    }

    /// Waits until the partner has got all of them.
    ///
    /// - Returns: How often it got each.
    private func delivered(by partner: SandboxState) async -> [String: Int] {
        var count = Self.count
        while true {
            let messages = await partner.received(atLeast: count)
            let texts = messages.compactMap(\.request.text)
            let counts = Dictionary(texts.map { ($0, 1) }, uniquingKeysWith: +)
            if counts.count == Self.count || Task.isCancelled { return counts }
            count = messages.count + 1
        }
    }

    /// The job once it is done; its last message left before its last step may have been written.
    private func end(of job: Job, in store: SQLiteOutbox) async throws -> Job {
        var stands = job
        while stands.state == .running { stands = try await JobFollower(store).follow(stands) { _ in } }
        return stands
    }
}
