// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Foundation
import PartnerAPI
import Rehearsal
import Rules
import ServiceConfiguration
import Testing
import Webhooks

@testable import RuleDrafts

/// Rules out of events of senders that nobody knows.
@Suite struct DraftTests {
    static let order = """
        {"id": "ord_77", "number": "KK-2041", "status": "paid", "total": "1499.00", "currency": "INR", \
        "paid_at": "2026-01-15T10:00:00+05:30", "tracking_url": "https://shop.example/o/a1b2", \
        "customer": {"id": 4, "name": "Asha Rao", "email": "asha.rao@mail.example", "phone": "+91 98861 23457"}, \
        "items": [{"title": "Tea", "quantity": 2}, {"title": "Cup", "quantity": 1}], \
        "note": "Ring Asha Rao at the door, +91 98861 23457"}
        """

    /// A draft out of a body of the source `shop`.
    static func draft(
        _ text: String,
        body: String = order,
        header: JSON? = nil,
        buttons: [JSON] = [],
        type: String = "order.paid",
        template name: String = "told",
        knowing knowledge: ShippedRules = .none,
        _ change: (inout RuleDrafter.Question) -> Void = { _ in }
    ) throws -> RuleDraft {
        var components: [JSON] = [["type": "BODY", "text": .string(text)]]
        if let header { components.append(header) }
        if !buttons.isEmpty { components.append(["type": "BUTTONS", "buttons": .array(buttons)]) }
        let record: JSON = [
            "name": .string(name), "language": "en", "status": "APPROVED", "components": .array(components),
        ]
        let event = Event(
            id: EventID(rawValue: "evt_1"),
            source: "shop",
            type: type,
            receivedAt: Timestamp(seconds: 1_768_451_400),
            rawBody: Array(body.utf8),
            payload: try JSONDocument(Array(body.utf8))
        )
        let template = try #require(MessageTemplate(record))
        var question = RuleDrafter.Question(
            event: event,
            preset: .generic,
            template: name,
            catalogue: TemplateCatalogue([template])
        )
        question.checks.senders = KnownSenders(sources: [])
        change(&question)
        return try RuleDrafter.draft(question, knowledge: knowledge)
    }

    private func chosen(_ draft: RuleDraft) -> [String?] { draft.gaps.map { $0.chosen?.expression } }

    @Test("each gap gets the field that its words ask for, with the filter of its kind")
    func kinds() throws {
        let draft = try Self.draft("Hi {{1}}, order {{2}}: {{3}}. Total: {{4}}. Paid on {{5}}. See it here: {{6}}")
        #expect(
            chosen(draft) == [
                "{{ customer.name | default: 'there' }}", "{{ number }}",
                "{{ items | list: '{quantity}× {title}', 3 }}",
                "{{ total | money: currency }}", "{{ paid_at | date: '%-d %B' }}", "{{ tracking_url }}",
            ]
        )
        let text =
            "Hi Asha Rao, order KK-2041: 2× Tea, 1× Cup. Total: ₹1,499.00. Paid on 15 January. See it here: https://shop.example/o/a1b2"
        #expect(draft.preview?.body == text)
        #expect(draft.todos == [] && draft.findings == [] && draft.isWhole)
        #expect(draft.text.contains("    once_per: \"{{ id }}\"\n"))
        #expect(draft.text.contains("    to: \"{{ customer.phone }}\"\n"))
        #expect(draft.text.contains("  country: IN\n"))
        #expect(draft.text.contains("    # match: {status: paid}\n"))
    }

    @Test("gaps with names, a header's and a button's get theirs")
    func places() throws {
        let button: JSON = ["type": "URL", "text": "Track", "url": "https://shop.example/o/{{1}}"]
        let header: JSON = ["type": "HEADER", "format": "TEXT", "text": "Order {{1}}"]
        let draft = try Self.draft("Dear {{customer}}, you paid ₹{{amount}}.", header: header, buttons: [button])
        #expect(draft.gaps.map(\.gap.id) == ["customer", "amount", "header", "button 0"])
        #expect(
            chosen(draft) == [
                "{{ customer.name | default: 'customer' }}", "{{ total | number: 2 }}", "{{ number }}",
                "{{ tracking_url | url_suffix: 'https://shop.example/o/' }}",
            ]
        )
        #expect(draft.isWhole, "\(draft.findings) \(draft.test.text)")
        #expect(draft.preview?.buttons.map(\.target) == ["https://shop.example/o/a1b2"])
    }

    @Test("nobody of the event stands in the file")
    func nobody() throws {
        let text = try Self.draft("Hi {{1}}, order {{2}} is paid.").text
        for word in ["Asha", "Rao", "98861", "23457", "mail.example"] {
            #expect(!text.contains(word), "\(word) in \(text)")
        }
        #expect(text.contains("A note of the customer."))
    }

    @Test("what does not fit for sure is left to do by name; the check names it and the test says that nothing is sent")
    func leftToDo() throws {
        let body = #"{"order": {"id": 7}, "total": 5, "currency": "EUR"}"#
        let draft = try Self.draft("Hi {{1}}, we have received {{2}}. Your table: {{3}}.", body: body)
        #expect(draft.todos.map(\.name) == ["TODO_phone_number", "TODO_gap_1", "TODO_gap_3"])
        let found = draft.findings.map(\.message).joined()
        for todo in draft.todos { #expect(found.contains(todo.name), "\(draft.findings)") }
        #expect(draft.isSound && !draft.isWhole)
        #expect(draft.text.contains("error: "))
        #expect(draft.preview?.body == "Hi TODO_gap_1, we have received €5.00. Your table: TODO_gap_3.")
    }

    @Test("what earlier events lack gets a default, or a note")
    func siblings() throws {
        let body = #"{"number": "7", "phone": "+919886123457", "carrier": "Dart", "status": "sent"}"#
        let other = #"{"number": "8", "phone": "+919886123457", "carrier": null}"#
        let draft = try Self.draft("Order {{1}} is on its way with {{2}}, status {{3}}.", body: body) { question in
            guard let payload = try? JSONDocument(Array(other.utf8)) else { return }
            question.siblings = [question.event.replacing(payload: payload)]
        }
        #expect(chosen(draft) == ["{{ number }}", "{{ carrier | default: 'our carrier' }}", "{{ status }}"])
        #expect(draft.gaps[2].chosen?.note?.hasPrefix("1 of 1 earlier events of this type have nothing here") == true)
        #expect(draft.isWhole, "\(draft.findings)")
    }

    @Test("whoever asks for a suggestion gets it with the names that it needs, and with why it was suggested")
    func chosenSuggestion() throws {
        let body =
            #"{"payload": {"payment": {"entity": {"id": "pay_1", "amount": 129900, "currency": "INR", "contact": "+919886123457"}}}}"#
        func draft(_ fillings: [String: String]) throws -> RuleDraft {
            try Self.draft("We have received {{1}}.", body: body, type: "payment.captured", knowing: .all) {
                $0.preset = Preset.named("razorpay") ?? $0.preset
                $0.fillings = fillings
            }
        }
        let unasked = try #require(try draft([:]).gaps.first?.chosen)
        #expect(!unasked.lets.isEmpty)
        let asked = try draft(["1": unasked.expression])
        #expect(asked.gaps.first?.chosen == unasked)
        #expect(asked.isSound && asked.preview?.body == "We have received \(unasked.value).")
    }

    @Test(
        "whoever asks may fill a gap; a gap that is none, an unknown template and one that is not approved are refused"
    )
    func refused() throws {
        let draft = try Self.draft("Order {{1}}.") { $0.fillings = ["1": "{{ id }}"] }
        #expect(chosen(draft) == ["{{ id }}"])
        #expect(throws: RuleDraftError("the template 'told' has no gap '2'; it has 1")) {
            try Self.draft("Order {{1}}.") { $0.fillings = ["2": "x"] }
        }
        #expect(throws: RuleDraftError("no template has the name 'tolt'; did you mean 'told'?")) {
            try Self.draft("Order {{1}}.") { $0.template = "tolt" }
        }
        #expect(throws: RuleDraftError("the template 'told' has no language de; it has en")) {
            try Self.draft("Order {{1}}.") { $0.language = "de" }
        }
        #expect(throws: RuleDraftError("the template 'told' (en) is PAUSED, not APPROVED")) {
            try Self.draft("Order {{1}}.") { question in
                let paused = MessageTemplate(["name": "told", "language": "en", "status": "PAUSED", "components": []])
                question.catalogue = TemplateCatalogue([paused].compactMap(\.self))
            }
        }
    }

    @Test("a rule gets a name that no other one has")
    func names() throws {
        #expect(try Self.draft("Order {{1}}.") { $0.takenNames = ["told", "told-2"] }.name == "told-3")
    }

    @Test("the guide's example is what comes of its event")
    func guide() throws {
        let page = try String(contentsOf: Shipped.root.appending(path: "docs/rules.md"), encoding: .utf8)
        let section = try #require(page.components(separatedBy: "\n## A rule from an event\n").last)
        func block(_ language: String) throws -> String {
            let rest = try #require(section.components(separatedBy: "```\(language)\n").dropFirst().first)
            return try #require(rest.components(separatedBy: "```").first)
        }
        let (body, text) = (try block("json"), try block("text").trimmingCharacters(in: .newlines))
        let draft = try Self.draft(text, body: body, template: "order_paid", knowing: .all)
        #expect(try draft.text == block("yaml"))
        #expect(draft.isWhole && draft.findings == [])
    }
}
