// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import Events
import FaultServer
import Foundation
import HooklineApp
import Messages
import Outbox
import PartnerAPI
import Sandbox
import Testing
import Webhooks

/// Every sender that has a preset: its request, signed as it signs, through the shipped rules to people's phones.
@Suite("Every sender", .timeLimit(.minutes(10)))
struct SenderTests {
    private static let rows = SenderRow.money + SenderRow.shops + SenderRow.offices

    @Test("is here")
    func isHere() {
        let here = Set(Self.rows.map(\.preset)).union(RSASenderTests.presets)
        #expect(here == Set(Preset.all.map(\.name)))
    }

    @Test("has its line in the rules' README")
    func isListed() throws {
        let readme = try String(contentsOf: shippedRules.appending(path: "README.md"), encoding: .utf8)
        let listed = readme.matches(of: #/\| `([a-z-]+\.yaml)` \|/#).map { String($0.1) }
        let files = try FileManager.default.contentsOfDirectory(atPath: shippedRules.path)
        #expect(listed.sorted() == files.filter { $0.hasSuffix(".yaml") }.sorted())
    }

    @Test("reaches people by the shipped rules", arguments: rows)
    func reachesPeople(_ row: SenderRow) async throws {
        try await ScriptedServer.run {
            DocumentedLookUp.serve(row.answers, on: $0)
        } _: { api in
            try await withHookline(try setup(row, api)) { hookline in
                let file = shippedRules.appending(path: "samples/\(row.request)")
                let body = Array(try Data(contentsOf: file))
                let answer = try await hookline.post(body, source: row.sourceName, type: row.type)
                #expect(answer.status == 200)
                if row.answers.isEmpty { try await Self.requireMessages(row.messages.count, at: hookline) }
                try await Self.expect(row.messages, at: hookline)
                #expect(api.requests.count == row.answers.count)
                #expect(api.requests.allSatisfy { $0.head.contains { $0.contains(DocumentedLookUp.token) } })
            }
        }
    }

    /// Fails at once, with the reasons, where nothing would arrive.
    static func requireMessages(_ count: Int, at hookline: HooklineUnderTest) async throws {
        let events = try await hookline.service.store.events(EventFilter()).elements
        try #require(events.map(\.disposition) == [.matched])
        let messages = try await hookline.service.store.messages(MessageFilter()).elements
        let lost = messages.filter { [.failed, .cancelled, .suppressed].contains($0.state) }
        try #require(lost.map(\.reason) == [])
        try #require(messages.count == count)
    }

    /// Waits for messages, and compares them with what people should read, in any order.
    static func expect(_ messages: [SenderRow.Bubble], at hookline: HooklineUnderTest) async throws {
        let received = await hookline.partner.received(atLeast: messages.count)
        #expect(try Set(received.map(SenderRow.Bubble.init)) == Set(messages))
        #expect(received.count == messages.count)
        let events = try await hookline.service.store.events(EventFilter()).elements
        #expect(events.map(\.disposition) == [.matched])
    }

    private func setup(_ row: SenderRow, _ api: ScriptedServer) throws -> HooklineSetup {
        var lines = ["  \(row.sourceName):"] + (["preset: \(row.preset)"] + row.settings).map { "    " + $0 }
        if !row.answers.isEmpty {
            lines.append(try DocumentedLookUp(in: "\(row.preset).yaml", api: api).configuration)
        }
        return HooklineSetup(sources: lines.joined(separator: "\n"))
    }
}

extension SenderRow.Bubble {
    /// What the partner took.
    init(_ received: ReceivedMessage) throws {
        self.init(received.recipient.digits, try #require(received.rendering?.body))
    }
}
