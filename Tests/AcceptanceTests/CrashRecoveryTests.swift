// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Messages
import Outbox
import PartnerAPI
import SQLiteOutbox
import Sandbox
import TestSupport
import Testing

/// The first promise, kept against SIGKILL: the built command runs as a process of its own and is killed again and again
/// while fifty connections post to it.
@Suite("A service that is killed")
struct CrashRecoveryTests {
    /// How much is posted, and how often it is killed meanwhile: a little with all tests, much with `make crash-test`.
    private static let eventCount = CrashSender.eventCount
    private static let kills = CrashSender.kills
    private static let connections = 50

    private static let rules = """
        version: 1
        source: orders
        rules:
          - name: crash
            once_per: "{{ id }}"
            to: "{{ phone }}"
            send: {text: "event {{ id }}"}
        """

    @Test(
        "every event that got a 2xx reaches the partner through all kills, and what came twice stands as uncertain",
        .timeLimit(.minutes(60))
    )
    func nothingIsLost() async throws {
        try await withTemporaryFolder { folder in
            try await withSandbox(SandboxFaults(), clock: SystemClock()) { partner, port in
                try await ServiceProcess.with(folder: folder, rules: Self.rules, partnerPort: port) { process in
                    let accepted = try await postEverything(to: process)
                    let delivered = await delivered(by: partner, atLeast: accepted)
                    let exit = try await process.terminate()
                    #expect(process.killCount == Self.kills)
                    #expect(accepted.count == Self.eventCount)
                    #expect(accepted.isSubset(of: delivered.keys))
                    #expect(exit == 0, "the last run was ended by SIGTERM and drained")
                    let twice = Set(delivered.filter { $0.value > 1 }.keys)
                    let uncertain = try await uncertain(in: folder.appending(path: "hookline.db"))
                    #expect(twice.subtracting(uncertain) == [])
                    print("crash test: \(accepted.count) events, \(process.killCount) kills, \(twice.count) came twice")
                }
            }
        }
    }

    /// Posts all events over fifty connections, each until it got a 2xx, and kills the service on the way.
    private func postEverything(to process: ServiceProcess) async throws -> Set<String> {
        try await CrashSender.with(process, events: Self.eventCount) { sender in
            try await withThrowingTaskGroup { group in
                for connection in 0..<Self.connections {
                    group.addTask {
                        for number in stride(from: connection, to: Self.eventCount, by: Self.connections) {
                            let body = #"{"id":"event-\#(number)","event":"order","phone":"9812345670"}"#
                            try await sender.post("event-\(number)", body)
                        }
                    }
                }
                try await group.waitForAll()
            }
            return await sender.accepted.ids
        }
    }

    /// Waits until the partner has got all of these.
    ///
    /// - Returns: How often it got each.
    private func delivered(by partner: SandboxState, atLeast wanted: Set<String>) async -> [String: Int] {
        var count = wanted.count
        while true {
            let messages = await partner.received(atLeast: count)
            let ids = messages.compactMap { Self.event(of: $0.request) }
            let counts = Dictionary(ids.map { ($0, 1) }, uniquingKeysWith: +)
            if wanted.isSubset(of: counts.keys) || Task.isCancelled { return counts }
            count = messages.count + 1
        }
    }

    /// The id of the event that a message tells.
    private static func event(of request: MessageRequest?) -> String? {
        request?.text.map { String($0.dropFirst("event ".count)) }
    }

    /// The events whose message has been `uncertain` by the word of its timeline.
    private func uncertain(in database: URL) async throws -> Set<String> {
        let store = try await SQLiteOutbox.open(database.path, role: .tool)
        return try await closing(store) {
            var (ids, filter) = (Set<String>(), MessageFilter(limit: 500))
            repeat {
                let page = try await store.messages(filter)
                for message in page.elements {
                    let timeline = try await store.message(message.id)?.timeline ?? []
                    guard timeline.contains(where: { $0.to == .uncertain }) else { continue }
                    if let id = Self.event(of: message.request?.message) { ids.insert(id) }
                }
                filter.cursor = page.next
            } while filter.cursor != nil
            return ids
        }
    }
}
