// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Foundation
import OrderedCollections
import PartnerAPI
import Sandbox
import Testing
import Webhooks

@testable import RuleDrafts

/// What the resource says of the shipped rules is what the files in `rules/` say.
@Suite struct ShippedRulesTests {
    @Test("the resource holds the shipped rules as they are; RECORD_SNAPSHOTS=1 writes it anew")
    func upToDate() throws {
        let file = Shipped.root.appending(path: "Sources/RuleDrafts/Resources/shipped-rules.json")
        let made = try Shipped.resource()
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try Data(made.utf8).write(to: file)
            Issue.record("recorded")
            return
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == made)
        #expect(ShippedRules.all.rules.count == made.split(separator: "\n").count - 2)
    }

    @Test("a sender's rules come by their nearness to the event and the template")
    func nearest() throws {
        let body = try JSONDocument(
            Array(#"{"payload": {"payment": {"entity": {"status": "captured", "invoice_id": null}}}}"#.utf8)
        )
        let event = Event(
            id: EventID(rawValue: "evt_1"),
            source: "razorpay",
            type: "payment.captured",
            receivedAt: Timestamp(seconds: 1_768_451_400),
            rawBody: [],
            payload: body
        )
        let found = ShippedRules.all.nearest(to: event, of: "razorpay", template: "refund_processed")
        #expect(found.first?.name == "payment-received")
        #expect(Set(found.map(\.preset)) == ["razorpay"])
        #expect(ShippedRules.all.currency(of: "payu") == "INR")
        #expect(ShippedRules.all.currency(of: "razorpay") == nil)
    }
}

/// The shipped rules and samples.
enum Shipped {
    /// The project's folder.
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// A shipped rule that sends a template for single events, with the first event of its tests.
    struct Case: Sendable, CustomTestStringConvertible {
        let preset: Preset
        let file: String
        let source: String
        let rule: JSON
        let country: String?
        let template: String

        var name: String { rule["name"]?.string ?? "" }
        var testDescription: String { name }
    }

    /// All such rules, in the order of their files.
    static func cases() throws -> [Case] {
        let folder = root.appending(path: "rules")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".yaml") }
        return try names.sorted().flatMap { name in
            let path = folder.appending(path: name).path()
            let source = try SourceText(path: path, bytes: Array(Data(contentsOf: URL(filePath: path))))
            var reader = YAMLReader(source)
            let root = reader.read()
            let file = try #require(root).json
            let sender = try #require(file["source"]?.string)
            return (file["rules"]?.array ?? []).compactMap { rule -> Case? in
                guard rule["digest"] == nil, rule["for_each"] == nil, let template = rule["send"]?["template"]?.string,
                    rule["send"]?["components"] == nil
                else { return nil }
                let preset = Preset.named(sender) ?? .generic
                let country = file["defaults"]?["country"]?.string
                return Case(
                    preset: preset,
                    file: name,
                    source: sender,
                    rule: rule,
                    country: country,
                    template: template
                )
            }
        }
    }

    /// What the resource has to hold: a line for each rule, without its tests and what only people read.
    static func resource() throws -> String {
        let catalogue = try SandboxTemplates.catalogue()
        let kept: Set = ["name", "event", "match", "let", "to", "once_per", "send"]
        let lines = try cases().map { shipped in
            let text = try #require(catalogue.templates.first { $0.name == shipped.template }?.bubble.body?.text)
            let rule = (shipped.rule.object ?? [:]).filter { kept.contains($0.key) }
            var entry: OrderedDictionary<String, JSON> = ["preset": .string(shipped.preset.name)]
            if let country = shipped.country { entry["country"] = .string(country) }
            entry["text"] = .string(text)
            entry["rule"] = .object(rule)
            return JSON.object(entry).text()
        }
        return "[\n" + lines.joined(separator: ",\n") + "\n]\n"
    }
}
