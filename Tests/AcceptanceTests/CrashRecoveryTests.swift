// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events
import Foundation
import HTTPTypes
import HooklineApp
import PartnerAPI
import Sandbox
import TestSupport
import Testing

/// The first promise, kept against SIGKILL: the built command runs as a process of its own and is killed five times
/// while fifty connections post to it.
@Suite("A service that is killed")
struct CrashRecoveryTests {
    private static let eventCount = 1_000
    private static let connections = 50
    private static let kills = 5

    private static let rules = """
        version: 1
        source: orders
        rules:
          - name: crash
            once_per: "{{ id }}"
            to: "{{ phone }}"
            send: {text: "event {{ id }}"}
        """

    @Test("every event that got a 2xx reaches the partner, through five kills", .timeLimit(.minutes(10)))
    func nothingIsLost() async throws {
        try await withTemporaryFolder { folder in
            try await withSandbox(SandboxFaults(), clock: SystemClock()) { partner, port in
                let process = try ServiceProcess(folder: folder, rules: Self.rules, partnerPort: port)
                let accepted = try await postEverything(to: process)
                let delivered = await delivered(by: partner, atLeast: accepted)
                try await process.terminate()
                #expect(await process.killCount == Self.kills)
                #expect(accepted.count == Self.eventCount)
                #expect(delivered.isSuperset(of: accepted))
                let exit = await process.exitCode
                #expect(exit == 0, "the last run was ended by SIGTERM and drained")
            }
        }
    }

    /// Posts all events over fifty connections, each until it got a 2xx, and kills the service on the way.
    private func postEverything(to process: ServiceProcess) async throws -> Set<String> {
        let ids = (0..<Self.eventCount).map { "event-\($0)" }
        let share = Self.eventCount / Self.connections
        let transport = try CurlHTTPTransport()
        try await process.start()
        let accepted = AcceptedEvents(killEvery: Self.eventCount / (Self.kills + 1), kills: Self.kills)
        try await withThrowingTaskGroup { group in
            for sender in 0..<Self.connections {
                group.addTask {
                    for id in ids[(sender * share)..<((sender + 1) * share)] {
                        try await Self.post(id, to: process, over: transport, accepted: accepted)
                    }
                }
            }
            try await group.waitForAll()
        }
        await transport.shutdown()
        return await accepted.ids
    }

    private static func post(
        _ id: String,
        to process: ServiceProcess,
        over transport: CurlHTTPTransport,
        accepted: AcceptedEvents
    ) async throws {
        let body = #"{"id":"\#(id)","event":"order","phone":"9812345670"}"#
        while true {
            try Task.checkCancellation()
            let sender = try ImitatedSender(process.settings, source: "orders")
            let imitation = try Imitation(sender, body: Array(body.utf8))
            let headers = try HeaderList(imitation.headers.map { HeaderField($0.name.rawName, $0.value) })
            let request = TransferRequest(method: .post, url: await process.listening(), headers: headers, body: Array(body.utf8))
            if let answer = try? await transport.perform(request), answer.status == 200 {
                if await accepted.add(id) { try await process.killAndRestart() }
                return
            }
            // Nobody answered: this run was killed, or the connection was one of a run that was. The sender comes
            // again, where a run listens.
        }
    }

    /// Waits until the partner has got all of these, however often.
    private func delivered(by partner: SandboxState, atLeast wanted: Set<String>) async -> Set<String> {
        var count = wanted.count
        while true {
            let messages = await partner.received(atLeast: count)
            let texts = messages.compactMap { message -> String? in
                guard case .text(let text) = message.request.content else { return nil }
                return text.replacing("event event-", with: "event-")
            }
            let distinct = Set(texts)
            if distinct.isSuperset(of: wanted) { return distinct }
            count = messages.count + 1
        }
    }
}

/// The ids that got a 2xx, and when it is time for the next kill.
private actor AcceptedEvents {
    private(set) var ids: Set<String> = []
    private let interval: Int
    private var killsLeft: Int

    init(killEvery interval: Int, kills: Int) {
        self.interval = interval
        killsLeft = kills
    }

    /// Adds an id.
    ///
    /// - Returns: Whether the service is to be killed now.
    func add(_ id: String) -> Bool {
        ids.insert(id)
        guard killsLeft > 0, ids.count.isMultiple(of: interval) else { return false }
        killsLeft -= 1
        return true
    }
}
