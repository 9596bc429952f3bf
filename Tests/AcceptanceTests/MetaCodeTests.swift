// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import CurlTransport
import Delivery
import Events
import Foundation
import HTTPTypes
import HooklineApp
import Messages
import Outbox
import PartnerAPI
import Sandbox
import TestSupport
import Testing

/// What becomes of messages when WhatsApp says why it does not take them, from the sandbox's answer to the timeline.
@Suite("Meta's codes, through the service and the sandbox", .timeLimit(.minutes(10)))
struct MetaCodeTests {
    private static let asha = "919812345670"
    private static let ravi = "919812345671"

    private static let rules = [
        "greet.yaml": """
        version: 1
        source: orders
        rules:
          - name: greet
            match: {template: [{exists: false}]}
            to: "{{ phone }}"
            send: {text: Namaste}
          - name: sale
            match: {template: [sale]}
            to: "{{ phone }}"
            send: {template: sale, language: en}
          - name: paid
            match: {template: [order_paid]}
            to: "{{ phone }}"
            send: {template: order_paid, language: en}
          - name: shipped
            match: {template: [shipped]}
            to: "{{ phone }}"
            send: {template: sale, language: en}
            otherwise: {template: order_paid, language: en}
          - name: chat
            match: {template: [chat]}
            to: "{{ phone }}"
            send: {text: Namaste}
            otherwise: {text: Hello}
        """
    ]

    private static func template(_ name: String, _ category: String) -> MessageTemplate? {
        MessageTemplate([
            "name": .string(name), "language": "en", "status": "APPROVED", "category": .string(category),
            "components": [["type": "BODY", "text": "Namaste"]],
        ])
    }

    /// Lends a service whose partner answers so; the templates are known before.
    private func with(_ faults: [SandboxFault], _ body: (HooklineUnderTest) async throws -> Void) async throws {
        var setup = HooklineSetup(rules: Self.rules)
        setup.faults.others = faults
        setup.account = "max_in_flight: 1"
        setup.catalogue = TemplateCatalogue(
            [Self.template("sale", "MARKETING"), Self.template("order_paid", "UTILITY")].compactMap(\.self)
        )
        try await withHookline(setup, body)
    }

    @discardableResult
    private func order(
        _ id: Int,
        to phone: String = Self.asha,
        template: String? = nil,
        _ hookline: HooklineUnderTest
    ) async throws -> Int {
        let more = template.map { #","template":"\#($0)""# } ?? ""
        let body = #"{"id":"\#(id)","event":"order","phone":"\#(phone)"\#(more)}"#
        return try await hookline.post(body, source: "orders").status
    }

    private func messages(_ hookline: HooklineUnderTest) async throws -> [Message] {
        try await hookline.service.store.messages(MessageFilter()).elements.reversed()
    }

    private func accountCheck(_ hookline: HooklineUnderTest) async throws -> JSON {
        let answer = try await hookline.request(.get, "http://\(hookline.addresses.admin)/readyz")
        let checks = try JSON(parsing: answer.body)["checks"]?.array ?? []
        return try #require(checks.first { $0["name"] == "account main" })
    }

    private func codes(_ code: Int, _ hookline: HooklineUnderTest) async throws -> String? {
        try await hookline.metric(#"hookline_meta_codes_total{account="main",code="\#(code)"}"#)
    }

    /// Where a message stands after one answer with a code.
    private static func state(_ row: MetaCode) -> MessageState {
        switch row.treatment {
        case .pauseAccount, .stop(.account): .queued
        case .fail: .failed
        case .retry, .tryAgain: .retrying
        case .stop, .slowAccount, .restAccount, .pacePair, .holdRecipient, .holdTemplate, .hold: .deferred
        }
    }

    @Test(
        "every code decides, in a shape of its own and under a status that contradicts it",
        arguments: Array(zip(MetaCode.table, (0...).lazy.map { MetaFault.Shape.allCases[$0 % 5] }.prefix(200)))
    )
    func everyCode(row: MetaCode, shape: MetaFault.Shape) async throws {
        let code = row.numbers.lowerBound
        let status = row.treatment == .fail ? 503 : 422
        let fault = MetaFault(code, shape: shape, status: status)
        try await with([SandboxFault(.meta(fault), times: 1)]) { hookline in
            try await order(1, hookline)
            let expected = Self.state(row)
            await hookline.observer.settled(expected)
            let message = try #require(try await messages(hookline).first)
            let counts = row.treatment == .fail || expected == .retrying
            #expect(message.state == expected && message.attempts == (counts ? 1 : 0))
            let story = try #require(try await hookline.service.store.message(message.id))
            let why = story.timeline.last?.why ?? ""
            #expect(
                story.timeline.contains { $0.why.contains("\(row.words) (Meta's code \(code), HTTP \(status)") },
                "\(why)"
            )
            #expect(story.timeline.allSatisfy { !$0.why.contains(Self.asha) })
            #expect(try await codes(code, hookline) == "1")
        }
    }

    @Test(
        "what cannot work fails alone: a barred country and a wrong template leave the account sending",
        arguments: [130_497, 132_000]
    )
    func fails(code: Int) async throws {
        try await with([SandboxFault(.meta(MetaFault(code, status: 403)), phone: Self.asha)]) { hookline in
            try await order(1, hookline)
            try await order(2, to: Self.ravi, hookline)
            await hookline.observer.settled(.failed)
            await hookline.observer.settled(.accepted)
            #expect(try await messages(hookline).map(\.state) == [.failed, .accepted])
            #expect(try await accountCheck(hookline)["passing"] == true)
        }
    }

    @Test("a pair that is throttled waits, and nobody else does")
    func pair() async throws {
        try await with([SandboxFault(.meta(MetaFault(131_056)), times: 1, phone: Self.asha)]) { hookline in
            try await order(1, hookline)
            await hookline.observer.settled(.deferred)
            try await order(2, hookline)
            await hookline.observer.settled(.deferred, count: 2)
            for id in 3..<23 { try await order(id, to: Self.ravi, hookline) }
            await hookline.observer.settled(.accepted, count: 20)
            #expect(await hookline.partner.received.allSatisfy { $0.recipient.digits == Self.ravi })
            await hookline.clock.advance(by: .seconds(1))
            await hookline.observer.settled(.accepted, count: 21)
            await hookline.clock.advance(by: .seconds(6))
            await hookline.observer.settled(.accepted, count: 22)
            #expect(try await messages(hookline).allSatisfy { $0.attempts == 1 })
            #expect(try await codes(131_056, hookline) == "1")
        }
    }

    @Test("a throttled number goes slower, says so, and spends no attempt")
    func slows() async throws {
        try await with([SandboxFault(.meta(MetaFault(130_429, shape: .nested, status: 429)), times: 2)]) { hookline in
            try await order(1, hookline)
            await hookline.observer.settled(.deferred)
            #expect(try await hookline.metric(#"hookline_account_slowed{account="main"}"#) == "1")
            await hookline.clock.advance(by: .seconds(2))
            await hookline.observer.settled(.deferred, count: 2)
            await hookline.clock.advance(by: .seconds(4))
            await hookline.observer.settled(.accepted)
            #expect(try await messages(hookline).map(\.attempts) == [1])
        }
    }

    @Test("a blocked account stops until a person resumes it over the inner listener")
    func stops() async throws {
        try await with([SandboxFault(.meta(MetaFault(368, shape: .cloud)), times: 1)]) { hookline in
            let resume = "http://\(hookline.addresses.admin)/accounts/resume"
            let json = [HeaderField("Content-Type", "application/json")]
            try await order(1, hookline)
            await hookline.observer.happened { $0 == .partStopped("main", .account) }
            await hookline.observer.settled(.queued)
            await hookline.clock.advance(by: .seconds(600))
            try await order(2, hookline)
            #expect(await hookline.partner.acceptedCount == 0)
            let detail = try await accountCheck(hookline)["detail"]?.string
            #expect(detail?.contains("the account stopped at") == true && detail?.contains("(Meta's code 368") == true)
            #expect(try await hookline.metric(#"hookline_account_stopped{account="main",part="account"}"#) == "1")
            let list = try await hookline.request(.get, "http://\(hookline.addresses.admin)/accounts")
            let stopped = try JSON(parsing: list.body)["accounts"]?[0]?["stopped"]?[0]
            #expect(stopped?["part"] == "account")
            let body = Array(#"{"account":"main"}"#.utf8)
            #expect(try await hookline.request(.post, resume, body: body).status == 415)
            let stranger = [HeaderField("Host", "evil.example"), HeaderField("Content-Type", "application/json")]
            #expect(try await hookline.request(.post, resume, headers: stranger, body: body).status == 421)
            #expect(try await hookline.request(.post, resume, headers: json, body: Array("{}".utf8)).status == 400)
            let nobody = Array(#"{"account":"nobody"}"#.utf8)
            #expect(try await hookline.request(.post, resume, headers: json, body: nobody).status == 404)
            let answer = try await hookline.request(.post, resume, headers: json, body: body)
            #expect(try JSON(parsing: answer.body)["resumed"]?[0]?["part"] == "account")
            await hookline.observer.settled(.accepted, count: 2)
            #expect(try await accountCheck(hookline)["detail"] == "sends")
        }
    }

    @Test("an expired token under a 400 pauses the account, and a probe a minute later finds it mended")
    func pauses() async throws {
        try await with([SandboxFault(.meta(MetaFault(190, shape: .list, status: 400)), times: 1)]) { hookline in
            try await order(1, hookline)
            await hookline.observer.settled(.queued)
            #expect(try await hookline.metric(#"hookline_account_paused{account="main"}"#) == "1")
            await hookline.clock.advance(by: .seconds(60))
            await hookline.observer.settled(.accepted)
            #expect(try await messages(hookline).map(\.attempts) == [1])
        }
    }

    @Test("131000 is tried five times, as a refusal and never as uncertain")
    func fewTries() async throws {
        try await with([SandboxFault(.meta(MetaFault(131_000)))]) { hookline in
            try await order(1, hookline)
            for count in 1...4 {
                await hookline.observer.settled(.retrying, count: count)
                await hookline.clock.advance(by: .seconds(900))
            }
            await hookline.observer.settled(.failed)
            let message = try #require(try await messages(hookline).first)
            #expect(message.attempts == 5 && message.reason.hasSuffix("; it was tried 5 times"))
            let attempts = try await hookline.service.store.message(message.id)?.attempts ?? []
            #expect(attempts.map(\.outcome.name) == [.retryable, .retryable, .retryable, .retryable, .refused])
            #expect(attempts.allSatisfy { $0.outcome.detail?.code == "meta_131000" })
        }
    }

    @Test("131049 holds the recipient's marketing for a day and gives two tries; what is no marketing goes on")
    func marketingCap() async throws {
        // The first request, and the third: what is no marketing comes between.
        let cap = SandboxFault.Kind.meta(MetaFault(131_049))
        try await with([SandboxFault(cap, times: 1), SandboxFault(cap, skip: 1, times: 1)]) { hookline in
            await hookline.service.refreshTemplates()
            try await order(1, template: "sale", hookline)
            await hookline.observer.settled(.deferred)
            try await order(2, template: "order_paid", hookline)
            await hookline.observer.settled(.accepted)
            try await order(3, template: "sale", hookline)
            await hookline.observer.settled(.deferred, count: 2)
            let dues = try await messages(hookline).filter { $0.state == .deferred }.compactMap(\.dueAt)
            let start = hookline.clock.now
            #expect(dues == [start.advanced(by: .seconds(86_400)), start.advanced(by: .seconds(86_400))])
            await hookline.clock.advance(by: .seconds(86_400))
            await hookline.observer.settled(.failed)
            await hookline.observer.settled(.suppressed)
            let ends = try await messages(hookline).map(\.reason)
            #expect(ends[0].hasSuffix("; it was tried 2 times") && ends[2].hasSuffix("; it has waited for long enough"))
            #expect(try await codes(131_049, hookline) == "2")
        }
    }

    @Test("a paused template's messages wait three hours, those of another leave")
    func pausedTemplate() async throws {
        try await with([SandboxFault(.meta(MetaFault(132_015)), times: 1)]) { hookline in
            try await order(1, template: "sale", hookline)
            await hookline.observer.settled(.deferred)
            try await order(2, to: Self.ravi, template: "sale", hookline)
            try await order(3, template: "order_paid", hookline)
            await hookline.observer.settled(.deferred, count: 2)
            await hookline.observer.settled(.accepted)
            await hookline.clock.advance(by: .seconds(3 * 3_600))
            await hookline.observer.settled(.accepted, count: 3)
            #expect(try await messages(hookline).map(\.attempts) == [1, 1, 1])
        }
    }

    @Test(
        "a template that is missing, paused or disabled leaves as the rule's otherwise, and so do those behind a pause (50)",
        arguments: [(131_047, 1), (132_001, 1), (132_015, 0), (132_016, 1)]
    )
    func otherwise(code: Int, counted: Int) async throws {
        try await with([SandboxFault(.meta(MetaFault(code)), times: 1)]) { hookline in
            try await order(1, template: "shipped", hookline)
            await hookline.observer.settled(.queued)
            await hookline.observer.settled(.accepted)
            try await order(2, to: Self.ravi, template: "shipped", hookline)
            await hookline.observer.settled(.accepted, count: 2)
            let second = code == 132_015 ? "order_paid" : "sale"
            let names = await hookline.partner.received.map { received in
                if case .template(let template) = received.request.content { template.name } else { "none" }
            }
            #expect(names == ["order_paid", second])
            let message = try #require(try await messages(hookline).first)
            #expect(message.attempts == 1 + counted)
            let story = try #require(try await hookline.service.store.message(message.id)).timeline.map(\.why)
            #expect(story.contains { $0.hasSuffix("; it leaves as its rule's 'otherwise' instead") })
            #expect(try await codes(code, hookline) == "1")
        }
    }

    @Test("131047 takes no otherwise that is a text: nothing but a template may be sent (52)")
    func windowClosed() async throws {
        try await with([SandboxFault(.meta(MetaFault(131_047)), times: 1)]) { hookline in
            try await order(1, template: "chat", hookline)
            await hookline.observer.settled(.failed)
            #expect(try await messages(hookline).map(\.state) == [.failed])
        }
    }

    @Test("131048 stops marketing alone, and a person lets it go on")
    func spam() async throws {
        try await with([SandboxFault(.meta(MetaFault(131_048)), times: 1)]) { hookline in
            await hookline.service.refreshTemplates()
            try await order(1, template: "sale", hookline)
            await hookline.observer.settled(.deferred)
            try await order(2, to: Self.ravi, template: "sale", hookline)
            try await order(3, template: "order_paid", hookline)
            try await order(4, hookline)
            await hookline.observer.settled(.deferred, count: 2)
            await hookline.observer.settled(.accepted, count: 2)
            let json = [HeaderField("Content-Type", "application/json")]
            let resume = "http://\(hookline.addresses.admin)/accounts/resume"
            _ = try await hookline.request(.post, resume, headers: json, body: Array(#"{"account":"main"}"#.utf8))
            await hookline.observer.happened { $0 == .partResumed("main", .marketing) }
            await hookline.clock.advance(by: .seconds(3_600))
            await hookline.observer.settled(.accepted, count: 4)
        }
    }

    @Test("a message that Meta holds back is accepted, and its timeline says so")
    func heldByMeta() async throws {
        try await with([SandboxFault(.heldForQuality)]) { hookline in
            try await order(1, hookline)
            await hookline.observer.settled(.accepted)
            let message = try #require(try await messages(hookline).first)
            #expect(message.reason.contains("WhatsApp holds it back for now"))
            #expect(await hookline.partner.received.map(\.id) == [message.partnerID])
        }
    }

    @Test("a code that Hookline does not know leaves the decision to the status")
    func unknownCode() async throws {
        try await with([SandboxFault(.meta(MetaFault(131_999, status: 400)), times: 1)]) { hookline in
            try await order(1, hookline)
            await hookline.observer.settled(.failed)
            #expect(
                try await messages(hookline).map(\.reason).first?.hasPrefix("the partner refused the message (400)")
                    == true
            )
        }
    }
}
