// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import Events
import HooklineApp
import Messages
import Outbox
import Sandbox
import TestSupport
import Testing

/// Meta's signed hooks over real sockets: what becomes of messages, and what recipients write.
@Suite("Hooks about messages, through the service and the sandbox", .timeLimit(.minutes(10)))
struct FeedbackTests {
    private static let asha = "919812345670"

    private static let rules = [
        "greet.yaml": """
        version: 1
        source: orders
        rules:
          - name: greet
            event: order
            to: "{{ phone }}"
            send: {text: Namaste}
          - name: remind
            event: later
            delay: 3h
            to: "{{ phone }}"
            send: {text: Namaste}
        """
    ]

    private func with(_ body: (HooklineUnderTest) async throws -> Void) async throws {
        var setup = HooklineSetup(rules: Self.rules)
        setup.sources += """

              wa: {preset: meta, secrets: ["meta-test-secret"], handshake_token: t}
            """
        try await withHookline(setup, body)
    }

    private func order(
        _ id: Int,
        as event: String = "order",
        to phone: String = Self.asha,
        _ hookline: HooklineUnderTest
    ) async throws {
        let body = #"{"id":"\#(id)","event":"\#(event)","phone":"\#(phone)"}"#
        #expect(try await hookline.post(body, source: "orders").status == 200)
    }

    /// Posts what Meta would.
    private func hook(_ value: String, _ hookline: HooklineUnderTest) async throws {
        #expect(try await hookline.post(Make.metaHook(value), source: "wa").status == 200)
    }

    private func write(_ text: String, _ id: String, _ hookline: HooklineUnderTest) async throws {
        let seconds = hookline.clock.now.microseconds / 1_000_000
        try await hook(
            #""messages":[{"from":"\#(Self.asha)","id":"\#(id)","timestamp":"\#(seconds)","text":{"body":"\#(text)"}}]"#,
            hookline
        )
    }

    private func messages(_ hookline: HooklineUnderTest) async throws -> [Message] {
        try await hookline.service.store.messages(MessageFilter()).elements.reversed()
    }

    @Test("a message that the partner took is delivered and read by the id that the partner gave (42)")
    func delivered() async throws {
        try await with { hookline in
            try await order(1, hookline)
            await hookline.observer.settled(.accepted)
            let id = try #require(try await messages(hookline).first?.partnerID)
            let seconds = hookline.clock.now.microseconds / 1_000_000
            let statuses = ["sent", "delivered", "read"].map {
                #"{"id":"\#(id)","status":"\#($0)","timestamp":"\#(seconds)"}"#
            }
            try await hook(#""statuses":[\#(statuses.joined(separator: ","))]"#, hookline)
            let message = try #require(try await messages(hookline).first)
            #expect(message.state == .accepted && message.arrival?.status == .read)
            let metric = #"hookline_delivery_reports_total{result="linked",source="wa",status="read"}"#
            #expect(try await hookline.metric(metric) == "1")
        }
    }

    @Test("STOP holds what waits and what comes, and START lets the next one leave (44, 45, 46)")
    func stops() async throws {
        try await with { hookline in
            try await order(1, as: "later", hookline)
            try await write("STOP 🛑", "a", hookline)
            try await order(2, hookline)
            #expect(try await messages(hookline).map(\.state) == [.suppressed, .suppressed])
            await hookline.clock.advance(by: .seconds(60))
            try await write("start", "b", hookline)
            try await order(3, hookline)
            await hookline.observer.settled(.accepted)
            #expect(try await messages(hookline).map(\.state) == [.suppressed, .suppressed, .accepted])
            #expect(await hookline.partner.received.count == 1)
        }
    }

    @Test("a text later than a day after its recipient wrote is refused before the partner sees it (52)")
    func closes() async throws {
        try await with { hookline in
            try await write("where is my order", "a", hookline)
            await hookline.clock.advance(by: .seconds(86_399))
            try await order(1, hookline)
            await hookline.observer.settled(.accepted)
            await hookline.clock.advance(by: .seconds(1))
            try await order(2, hookline)
            // Whoever is settled after it was claimed with it or later.
            try await order(3, to: "919812345671", hookline)
            await hookline.observer.settled(.accepted, count: 2)
            #expect(try await messages(hookline).map(\.state) == [.accepted, .suppressed, .accepted])
            #expect(await hookline.partner.received.count == 2)
        }
    }
}
