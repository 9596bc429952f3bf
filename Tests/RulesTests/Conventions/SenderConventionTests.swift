// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Foundation
import Rehearsal
import Testing

@testable import Rules

@Suite("Conventions of the sender in rules")
struct SenderConventionTests {
    private static let odoo = DataConventions(writer: "Odoo", falseIsMissing: true, timeZone: "UTC")

    private static func context(_ conventions: DataConventions) -> EvaluationContext {
        EvaluationContext(now: Shop.now, conventions: conventions)
    }

    @Test("an empty field is no candidate for the phone number, and the next one is taken")
    func candidates() throws {
        let rules = try Shop.rules(
            "  - {name: a, to: {phone: [\"{{ phone }}\", \"{{ mobile }}\"]}, send: {text: \"Order {{ name }}\"}}"
        )
        let event = try Shop.event("sale.order", #"{"phone": false, "mobile": "+91 98204 56781", "name": "S7"}"#)
        #expect(
            Shop.requests(rules, event, Self.context(Self.odoo)) == [
                #"{"type":"text","phone":"919820456781","content":"Order S7"}"#
            ]
        )
        let empty = try Shop.event("sale.order", #"{"phone": false, "mobile": false, "name": "S7"}"#)
        let reasons = Shop.reasons(rules, empty, Self.context(Self.odoo))
        #expect(reasons.first?.contains("'phone' is false, which Odoo writes for an empty field") == true)
    }

    @Test("a let that holds an empty field is traced back to it")
    func lets() throws {
        let rules = try Shop.rules(
            "  - {name: a, let: {who: \"{{ name }}\"}, to: \"+919820456781\", send: {text: \"Hi {{ who }}\"}}"
        )
        let event = try Shop.event("sale.order", #"{"name": false}"#)
        let reasons = Shop.reasons(rules, event, Self.context(Self.odoo))
        #expect(
            reasons == [
                "undefined_value: 'who' is false, which Odoo writes for an empty field; "
                    + "add `| default: '…'` where it may be missing, because let 'who' gave nothing: {{ name }}"
            ]
        )
    }
}

@Suite("Whose data a test is about")
struct TestedSenderTests {
    private static let senders = KnownSenders(
        presets: ["stripe": DataConventions(writer: "Stripe", minorUnitPlaces: ["ISK": 2])],
        sources: ["till": DataConventions(writer: "Stripe", minorUnitPlaces: ["ISK": 3])]
    )

    /// Runs a test of one message over ISK 200,000 minor units, which expects this amount.
    private func failures(source: String, file: String = "", test: String = "", expecting amount: String) throws
        -> [String]
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hookline-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = """
            version: 1
            source: \(source)
            \(file)
            rules:
              - name: paid
                to: "+3546111234"
                send: {text: "{{ amount | minor_units: 'ISK' }}"}
                tests:
                  - {event: {body: {amount: 200000}}, \(test) expect: [{to: "3546111234", text: "\(amount)"}]}
            """
        let path = folder.appending(path: "rules.yaml")
        try Data(text.utf8).write(to: path)
        let report = RuleTestRunner.run([path.path()], senders: Self.senders)
        return report.diagnostics.filter { $0.severity == .error }.map(\.message) + report.results.flatMap(\.failures)
    }

    @Test(
        "the test's preset counts, else the file's, else the configuration's, else the preset of the source's name",
        arguments: [
            ("shop", "", "", "200000"), ("stripe", "", "", "2000.00"), ("till", "", "", "200.000"),
            ("shop", "preset: stripe", "", "2000.00"), ("till", "preset: stripe", "", "2000.00"),
            ("shop", "", "preset: stripe,", "2000.00"),
        ]
    )
    func order(_ source: String, _ file: String, _ test: String, _ amount: String) throws {
        #expect(try failures(source: source, file: file, test: test, expecting: amount) == [])
    }

    @Test("a preset that does not exist is an error with a suggestion")
    func unknown() throws {
        let found = try failures(source: "shop", file: "preset: strype", expecting: "2000.00")
        #expect(found == ["found no preset 'strype'; expected a name of 'hookline sources list'"])
    }
}
