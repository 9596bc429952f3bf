// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import Messages
import Outbox
import PartnerAPI
import Testing

@testable import Presentation

@Suite("Personal data, on the command line")
struct MaskingTests {
    private static let body =
        #"{"id":7,"phone":919845061237,"customer":{"email":"asha@example.com","note":"call +91 98450 61237"},"#
        + #""items":[{"note":"gift"},{"title":"Tea"}],"total":"1499.00","at":"2026-01-15"}"#

    private func stored(_ body: String, hasBody: Bool = true) -> StoredEvent {
        let event = NewEvent(
            id: EventID(rawValue: "evt_1"),
            source: "shop",
            type: "order.paid",
            receivedAt: Timestamp(seconds: 1_768_451_400),
            headers: hasBody ? [.userAgent: "shop 1.0", .authorization: "Basic x"] : [:],
            rawBody: hasBody ? Array(body.utf8) : [],
            disposition: .matched
        )
        return StoredEvent(
            event: event,
            duplicates: 0,
            lastDuplicateAt: nil,
            lookUp: nil,
            messages: [],
            hasBody: hasBody
        )
    }

    @Test("without a mask a body is shown byte for byte")
    func none() {
        #expect(Masking.none.body(Array(Self.body.utf8)) == Self.body)
        #expect(Masking(hidesNumbers: false, fields: []) == .none)
    }

    @Test("numbers are hidden in texts and as numbers, and what is short or a day stays")
    func numbers() {
        let shown = Masking(hidesNumbers: true).body(Array(Self.body.utf8))
        #expect(
            shown == #"{"id":7,"phone":"[number]","customer":{"email":"asha@example.com","note":"call +[number]"},"#
                + #""items":[{"note":"gift"},{"title":"Tea"}],"total":"1499.00","at":"2026-01-15"}"#
        )
    }

    @Test("a name is hidden wherever it stands, a path from the root alone, and lists are passed through")
    func fields() {
        let masking = Masking(fields: ["email", "items.note", "phone"])
        let shown = masking.body(Array(Self.body.utf8))
        #expect(
            shown == #"{"id":7,"phone":"[hidden]","customer":{"email":"[hidden]","note":"call +91 98450 61237"},"#
                + #""items":[{"note":"[hidden]"},{"title":"Tea"}],"total":"1499.00","at":"2026-01-15"}"#
        )
        #expect(masking.header("Email", "x") == "[hidden]")
    }

    @Test("a body that is no JSON is not shown where fields are to be hidden, and without numbers otherwise")
    func form() {
        let form = Array("email=asha%40example.com&phone=9845061237".utf8)
        #expect(Masking(fields: ["email"]).body(form) == "[hidden: 41 bytes that are no JSON]")
        #expect(Masking(hidesNumbers: true).body(form) == "email=asha%40example.com&phone=[number]")
    }

    @Test("a message shows the end of its recipient's number alone, in tables, texts and JSON")
    func recipient() throws {
        let request = try MessageRequest(recipient: .phone(PhoneNumberDigits("919845061237")), content: .text("Hi"))
        let message = Message(
            id: MessageID(rawValue: "msg_1"),
            event: EventID(rawValue: "evt_1"),
            source: "shop",
            rule: "r",
            account: "main",
            request: RenderedRequest(request),
            state: .accepted,
            reason: "the partner took it",
            dueAt: nil,
            expiresAt: nil,
            onUncertain: .retry,
            attempts: 1,
            partnerID: "p",
            createdAt: Timestamp(seconds: 1_768_451_400),
            updatedAt: Timestamp(seconds: 1_768_451_400)
        )
        let masking = Masking(hidesNumbers: true)
        let detail = MessageDetail(message: message, attempts: [], timeline: [])
        for text in [
            OutboxViews.table([message], masking: masking), OutboxViews.text(detail, rendering: nil, masking: masking),
            detail.json(masking).text(),
        ] {
            #expect(!text.contains("9845061237"), "\(text)")
        }
        #expect(OutboxViews.table([message], masking: masking).contains("\(try PhoneNumberDigits("919845061237"))"))
        #expect(OutboxViews.table([message]).contains("+919845061237"))
    }

    @Test("an event whose contents were erased says so")
    func erased() {
        let text = OutboxViews.text(stored("", hasBody: false))
        #expect(text.contains("contents   erased, as 'retention_contents' says; this record stays\n"))
        #expect(stored("", hasBody: false).json()["body"] == .null)
        #expect(stored("{}").json()["body"] == "{}")
    }
}
