// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import CurlTransport
import Doctor
import Events
import Foundation
import HooklineApp
import Messages
import Outbox
import PartnerAPI
import Sandbox
import TestSupport
import Testing

/// The partner's templates and the rules that use them, from the sandbox to `/readyz` and the list of messages.
@Suite("Messages are held against the partner's templates", .timeLimit(.minutes(10)))
struct TemplateTests {
    private static let body = #"{"id":"1","event":"order","phone":"9812345670"}"#

    private static func rules(_ send: String) -> [String: String] {
        let text = """
            version: 1
            source: orders
            rules:
              - name: greet
                to: "{{ phone }}"
                \(send)
            """
        return ["greet.yaml": text]
    }

    private static func template(_ name: String, _ language: String = "en", _ status: String = "APPROVED")
        -> MessageTemplate?
    {
        MessageTemplate([
            "name": .string(name), "language": .string(language), "status": .string(status),
            "components": [["type": "BODY", "text": "Namaste"]],
        ])
    }

    private func setup(_ send: String, _ templates: MessageTemplate?...) -> HooklineSetup {
        var setup = HooklineSetup(rules: Self.rules(send))
        setup.catalogue = TemplateCatalogue(templates.compactMap(\.self))
        return setup
    }

    private func readiness(_ hookline: HooklineUnderTest) async throws -> (status: Int, check: JSON) {
        let answer = try await hookline.request(.get, "http://\(hookline.addresses.admin)/readyz")
        let checks = try JSON(parsing: answer.body)["checks"]?.array ?? []
        return (answer.status, try #require(checks.first { $0["name"] == "templates main" }))
    }

    private func failures(_ hookline: HooklineUnderTest) async throws -> [String?] {
        try await hookline.service.store.messages(MessageFilter(state: .failed)).elements.map(\.reason)
    }

    /// The name and language of the one template that the partner got.
    private func sent(_ hookline: HooklineUnderTest) async throws -> [String?] {
        let received = try #require(await hookline.partner.received(atLeast: 1).first)
        guard case .template(let message) = received.request.content else { return [] }
        return [message.name, message.language]
    }

    @Test(
        "a paused template, which the partner no longer lists, is an alert in readiness and metrics; the rest goes on"
    )
    func alert() async throws {
        let paused = Self.template("greeting", "en", "PAUSED")
        let setup = setup("send: {template: greeting}", paused, Self.template("other"))
        try await withHookline(setup) { hookline in
            await hookline.service.refreshTemplates()
            let (status, check) = try await readiness(hookline)
            #expect(status == 200)
            #expect(check["passing"] == false && check["required"] == false)
            let detail = try #require(check["detail"]?.string)
            #expect(detail.hasSuffix("; no template has the name 'greeting'; used by greet"))
            #expect(try await hookline.metric(#"hookline_template_alerts{account="main"}"#) == "1")
            #expect(try await hookline.metric(#"hookline_templates{account="main",status="approved"}"#) == "1")
            #expect(try await hookline.metric(#"hookline_templates_age_seconds{account="main"}"#) == "0")
            let success = #"hookline_templates_last_refresh_successful{account="main"}"#
            #expect(try await hookline.metric(success) == "1")
        }
    }

    @Test("a message whose template nobody has fails before it is queued, with the reason in the list")
    func unknownTemplate() async throws {
        try await withHookline(setup("send: {template: greeting}", Self.template("other"))) { hookline in
            await hookline.service.refreshTemplates()
            let answer = try await hookline.post(Self.body, source: "orders")
            #expect(answer.status == 200)
            let failures = try await failures(hookline)
            #expect(failures.count == 1)
            #expect(failures.first??.hasPrefix("no template has the name 'greeting'") == true)
            #expect(await hookline.partner.answerCounts[422] == nil, "nothing was sent to find out")
        }
    }

    @Test("'otherwise' is sent when the template is paused")
    func otherwise() async throws {
        let send = "send: {template: greeting}\n    otherwise: {template: short}"
        let setup = setup(send, Self.template("greeting", "en", "PAUSED"), Self.template("short"))
        try await withHookline(setup) { hookline in
            await hookline.service.refreshTemplates()
            try await hookline.post(Self.body, source: "orders")
            #expect(try await sent(hookline) == ["short", "en"])
            #expect(try await failures(hookline).isEmpty)
        }
    }

    @Test("the first approved language of the rule's list is sent")
    func language() async throws {
        let setup = setup(
            "send: {template: greeting, language: [hi, mr, en]}",
            Self.template("greeting", "en"),
            Self.template("greeting", "mr"),
            Self.template("greeting", "hi", "REJECTED")
        )
        try await withHookline(setup) { hookline in
            await hookline.service.refreshTemplates()
            try await hookline.post(Self.body, source: "orders")
            #expect(try await sent(hookline) == ["greeting", "mr"])
            #expect(try await readiness(hookline).check["passing"] == true)
        }
    }

    @Test("the copy on disk lies beside the store")
    func copy() async throws {
        try await withHookline(setup("send: {text: hello}", Self.template("greeting"))) { hookline in
            await hookline.service.refreshTemplates()
            let file = hookline.folder.appending(path: "hookline.db.templates/main.json")
            let json = try JSON(parsing: Array(try Data(contentsOf: file)))
            #expect(json["read_at"] == .string(hookline.clock.now.rfc3339))
            #expect(json["answer"]?["data"]?["templates"]?[0]?["name"] == "greeting")
        }
    }

    @Test("the doctor finds the same alert, and that everything else is well")
    func doctor() async throws {
        let setup = setup("send: {template: greeting}", Self.template("greeting", "en", "PAUSED"))
        try await withHookline(setup) { hookline in
            let file = hookline.folder.appending(path: "hookline.yaml").path
            let report = await Doctor(configuration: file, clock: hookline.clock).run()
            #expect(!report.isHealthy)
            let wrong = report.findings.filter { $0.verdict == .wrong && $0.area == "account main" }
            #expect(
                wrong.map(\.sentence) == [
                    "no template has the name 'greeting'; used by greet; 'hookline templates' lists those it has"
                ]
            )
            let areas = Set(report.findings.map(\.area))
            #expect(areas.isSuperset(of: ["configuration", "rules", "store", "clock", "source orders", "service"]))
            #expect(
                report.findings.contains { $0.area == "store" && $0.verdict == .fine && $0.sentence.contains("opens") }
            )
        }
    }
}
