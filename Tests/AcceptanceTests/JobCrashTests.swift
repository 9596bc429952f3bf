// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events
import Foundation
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
            let texts = messages.compactMap { message -> String? in
                if case .text(let text) = message.request.content { text } else { nil }
            }
            let counts = Dictionary(texts.map { ($0, 1) }, uniquingKeysWith: +)
            if counts.count == Self.count || Task.isCancelled { return counts }
            count = messages.count + 1
        }
    }

    /// The job once it is done; its last message left before its last step may have been written.
    private func end(of job: Job, in store: SQLiteOutbox) async throws -> Job {
        while true {
            let stands = try #require(try await store.job(job.id))
            if stands.state == .done { return stands }
            try await SystemClock().sleep(untilSteady: SystemClock().steadyNow.advanced(by: .milliseconds(50)))
        }
    }
}
