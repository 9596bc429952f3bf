// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import CurlTransport
import Events
import Foundation
import HooklineApp
import PartnerAPI
import TestSupport
import Testing

@testable import Sandbox

@Suite("Rules that change while the service runs", .timeLimit(.minutes(10)))
struct ReloadTests {
    private static func rules(_ text: String) -> String {
        """
        version: 1
        source: orders
        rules:
          - name: greet
            to: "{{ phone }}"
            send: {text: "\(text)"}
        """
    }

    private static func template(_ name: String) -> String {
        rules("x").replacing(#"send: {text: "x"}"#, with: "send: {template: \(name)}")
    }

    private static var greeting: TemplateCatalogue {
        let template = MessageTemplate([
            "name": "greeting", "language": "en", "components": [["type": "BODY", "text": "Namaste"]],
        ])
        return TemplateCatalogue([template].compactMap(\.self))
    }

    private static let body = #"{"id":"ID","event":"order","phone":"9812345670"}"#

    private func write(_ text: String, _ hookline: HooklineUnderTest) throws {
        try Data(text.utf8).write(to: hookline.folder.appending(path: "rules/greet.yaml"))
    }

    /// Posts an event with that id and returns what the partner got for it.
    private func sent(_ id: String, _ hookline: HooklineUnderTest, count: Int) async throws -> MessageRequest.Content? {
        try await hookline.post(Self.body.replacing("ID", with: id), source: "orders")
        return await hookline.partner.received(atLeast: count).last?.request.content
    }

    private func status(_ hookline: HooklineUnderTest) async throws -> JSON {
        let answer = try await hookline.request(.get, "http://\(hookline.addresses.admin)/rules/status")
        return try JSON(parsing: answer.body)
    }

    @Test("act from the next event on, and say so in status and metrics")
    func goodRules() async throws {
        try await withHookline(HooklineSetup(rules: ["greet.yaml": Self.rules("one")])) { hookline in
            #expect(try await sent("1", hookline, count: 1) == .text("one"))
            try write(Self.rules("two"), hookline)
            #expect(await hookline.service.reloadRules())
            #expect(try await sent("2", hookline, count: 2) == .text("two"))
            let status = try await status(hookline)
            #expect(status["success"] == true && status["rule_count"] == 1)
            #expect(try await hookline.metric("hookline_rules_last_reload_successful") == "1")
        }
    }

    @Test("with errors leave those before as they are, and say so in status, metrics and readiness")
    func badRules() async throws {
        try await withHookline(HooklineSetup(rules: ["greet.yaml": Self.rules("one")])) { hookline in
            try write(Self.rules("{{ name | mony }}"), hookline)
            #expect(await !hookline.service.reloadRules())
            #expect(try await sent("1", hookline, count: 1) == .text("one"))
            let status = try await status(hookline)
            #expect(status["success"] == false)
            #expect(status["diagnostics"]?[0]?["message"]?.string?.contains("mony") == true)
            #expect(try await hookline.metric("hookline_rules_last_reload_successful") == "0")
            #expect(try await hookline.metric("hookline_rules") == "1")
            let ready = try await hookline.request(.get, "http://\(hookline.addresses.admin)/readyz")
            #expect(ready.status == 200, "old rules that go on do not make the service unready")
            #expect(String(decoding: ready.body, as: UTF8.self).contains("the 1 rule from before runs"))
        }
    }

    @Test("that are gone leave those before as they are, until a file says that there are none")
    func goneRules() async throws {
        try await withHookline(HooklineSetup(rules: ["greet.yaml": Self.rules("one")])) { hookline in
            try FileManager.default.removeItem(at: hookline.folder.appending(path: "rules/greet.yaml"))
            #expect(await !hookline.service.reloadRules())
            #expect(try await sent("1", hookline, count: 1) == .text("one"))
            let message = try await status(hookline)["diagnostics"]?[0]?["message"]?.string
            #expect(message == "found no rule file; there were some before")
            try write("version: 1\nsource: orders\nrules: []\n", hookline)
            #expect(await hookline.service.reloadRules())
            #expect(try await hookline.metric("hookline_rules") == "0")
        }
    }

    @Test("that name a template which the account does not have leave those before as they are, until it has it")
    func unknownTemplate() async throws {
        var setup = HooklineSetup(rules: ["greet.yaml": Self.rules("one")])
        setup.catalogue = Self.greeting
        try await withHookline(setup) { hookline in
            try write(Self.template("greetnig"), hookline)
            #expect(await !hookline.service.reloadRules())
            #expect(try await sent("1", hookline, count: 1) == .text("one"))
            let status = try await status(hookline)
            #expect(status["success"] == false)
            let text = try #require(status["diagnostics"]?[0]?["text"]?.string)
            #expect(text.contains("no template has the name 'greetnig'; did you mean 'greeting'? [unknown-template]"))
            #expect(try await hookline.metric("hookline_rules_last_reload_successful") == "0")
            try write(Self.template("greeting"), hookline)
            #expect(await hookline.service.reloadRules())
            #expect(try await hookline.metric("hookline_rules_last_reload_successful") == "1")
        }
    }

    @Test("that wait for a template run when the account has it, without anybody asking")
    func templateThatComes() async throws {
        var setup = HooklineSetup(rules: ["greet.yaml": Self.rules("one")])
        setup.catalogue = TemplateCatalogue([])
        try await withHookline(setup) { hookline in
            try write(Self.template("greeting"), hookline)
            #expect(await !hookline.service.reloadRules())
            #expect(try await status(hookline)["waits_for_templates"] == true)
            let ready = try await hookline.request(.get, "http://\(hookline.addresses.admin)/readyz")
            let detail = "until they are there the 1 rule from before runs"
            #expect(String(decoding: ready.body, as: UTF8.self).contains(detail))
            try await hookline.partner.change(workspace: nil) { $0.catalogue = Self.greeting }
            await hookline.service.refreshTemplates()
            while try await status(hookline)["success"] != true {}
            guard case .template(let message)? = try await sent("1", hookline, count: 1) else {
                Issue.record("the rule from before sent its text")
                return
            }
            #expect(message.name == "greeting")
        }
    }

    @Test("are read when a file changed, without anybody asking")
    func watched() async throws {
        try await withHookline(HooklineSetup(rules: ["greet.yaml": Self.rules("one")])) { hookline in
            #expect(try await sent("1", hookline, count: 1) == .text("one"))
            try write(Self.rules("a longer text"), hookline)
            // Two looks: one that sees the change, one that sees that it is over.
            while try await status(hookline)["at"] == .string(TestClock().now.rfc3339) {
                await hookline.clock.untilSleeping(to: hookline.clock.now.advanced(by: .seconds(2)))
                await hookline.clock.advance(by: .seconds(2))
            }
            #expect(try await sent("2", hookline, count: 2) == .text("a longer text"))
        }
    }
}
