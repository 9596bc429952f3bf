// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Testing

@testable import Webhooks

@Suite("A preset told to people and programs")
struct DescribingTests {
    private static let pages = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "../../docs/sources").standardized

    @Test("its page in docs/sources is made from its values", arguments: Preset.all)
    func page(preset: Preset) throws {
        let file = Self.pages.appending(path: "\(preset.name).md")
        // A page that is out of date is written anew beside the failure, so that the change shows in the diff.
        let found = try? String(contentsOf: file, encoding: .utf8)
        if found != preset.page {
            try FileManager.default.createDirectory(at: Self.pages, withIntermediateDirectories: true)
            try preset.page.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(found == preset.page, "docs/sources/\(preset.name).md was out of date and is now written anew")
    }

    @Test("no page is left of a preset that is no more")
    func pages() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.pages.path).filter { $0.hasSuffix(".md") }
        #expect(files.sorted() == Preset.all.map { "\($0.name).md" }.sorted())
    }

    @Test("its sheet says everything that its users must know and do", arguments: Preset.all)
    func sheet(preset: Preset) {
        for text in preset.traps + preset.steps + preset.unconfirmed + [
            preset.title, preset.documentation, "\(preset.verification)",
        ] {
            #expect(preset.sheet.contains(text))
        }
        if preset.address != .none { #expect(preset.sheet.contains("\(preset.address)")) }
        #expect(preset.steps.count >= 2)
        #expect((preset.steps + preset.unconfirmed).allSatisfy { $0.hasSuffix(".") })
        #expect(!preset.sheet.contains("  \n"))
    }

    @Test("what its proof leaves out is said among its traps", arguments: Preset.all)
    func uncovered(preset: Preset) {
        let traps = preset.traps.joined(separator: "\n").lowercased()
        switch preset.verification.coverage {
        case .body: break
        case .parts: #expect(traps.contains("not signed") || traps.contains("crc-32"))
        case .nothing:
            #expect(
                traps.contains("body is not signed") || traps.contains("an id alone") || preset.name == "alertmanager"
            )
        }
    }

    @Test(
        "whoever knows the zone of times without one says from where, or that nobody confirms it",
        arguments: Preset.all
    )
    func times(preset: Preset) {
        let knows = preset.conventions.timeZone != nil || !preset.conventions.utcEndings.isEmpty
        let doubt = preset.unconfirmed.contains { $0.hasPrefix("That its times") }
        #expect(knows == (preset.timesDocumentation != nil || doubt))
        #expect(preset.timesDocumentation == nil || !doubt)
        #expect(preset.sheet.contains(preset.timesDocumentation ?? preset.title))
        #expect(preset.json["times_documentation"] == preset.timesDocumentation.map(JSON.string) ?? .null)
    }

    @Test("programs get each fact under its own name")
    func json() {
        let stripe = Preset.stripe.json
        #expect(stripe["name"]?.string == "stripe")
        #expect(stripe["proves"]?.string == "body")
        #expect(stripe["dedupe_window_seconds"]?.number == JSONNumber(432_000))
        #expect(stripe["country"] == .null)
        #expect(stripe["money_unit"]?.string == "minor")
        #expect(Preset.paypal.json["can_sign"]?.bool == false)
        #expect(Preset.square.json["needs_public_url"]?.bool == true)
        #expect(Preset.meta.json["needs_handshake_token"]?.bool == true)
        #expect(Preset.frappe.json["aliases"]?.array == ["erpnext"])
        #expect(Preset.odoo.json["event_id"] == .null)
        #expect(Preset.odoo.json["address"] == .null)
        #expect(Preset.adyen.json["address"]?.string == "https, port 443, 8443 or 8843")
        #expect(Preset.phonepe.json["unconfirmed"]?.array?.isEmpty == false)
        #expect(Preset.stripe.json["unconfirmed"] == .array([]))
    }

    @Test(
        "an alias is as good as the name",
        arguments: [
            ("erpnext", "frappe"), ("svix", "standard-webhooks"), ("zoho-inventory", "zoho-books"),
            ("zoho-billing", "zoho-books"),
        ]
    )
    func aliases(alias: String, name: String) {
        #expect(Preset.named(alias)?.name == name)
    }
}
