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

    private func stored(
        _ body: String,
        hasBody: Bool = true,
        senderID: String? = nil,
        calledOff: CallOffReport? = nil
    ) -> StoredEvent {
        let event = NewEvent(
            id: EventID(rawValue: "evt_1"),
            source: "shop",
            type: "order.paid",
            senderID: senderID,
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
            calledOff: calledOff,
            hasBody: hasBody
        )
    }

    @Test("without a mask a body is shown byte for byte")
    func none() {
        #expect(Masking.none.body(Array(Self.body.utf8)) == Self.body)
        #expect(Masking(hidesNumbers: false, fields: []) == .none)
    }

    @Test(
        "of what a reason quotes of a payload nothing is shown where the payload is not, and names of ours are",
        arguments: [
            ("plus: the text 'Ravi Kumar' is no number", "plus: the text '[hidden]' is no number"),
            ("unknown currency 'O'Brien', found 'x' twice", "unknown currency '[hidden]' twice"),
            (
                "the template 'order_paid' is paused; see rule 'a' and 'asha@example.com'",
                "the template 'order_paid' is paused; see rule 'a' and '[hidden]'"
            ),
            ("Meta's code 131026 of rule 'a'", "Meta's code 131026 of rule 'a'"), ("due", "due"),
            ("the rule 'half", "the rule '[hidden]'half"),
            ("the partner's answer was 'Ravi's'", "the partner's answer was '[hidden]'"),
        ]
    )
    func quotes(reason: String, shown: String) throws {
        #expect(Masking.withoutContents.reason(reason) == shown)
        #expect(Masking(fields: [try #require(FieldPath("total"))]).reason(reason) == shown)
        #expect(Masking(hidesNumbers: true).reason(reason) == reason)
    }

    @Test("a number is hidden in a sender's id, wherever it stands in it")
    func senderIDs() {
        for id in ["call-98450 61277", "919845061277", "+91 98450 61277"] {
            #expect(!Masking.withoutContents.id(id).contains("61277"))
            #expect(Masking.none.id(id) == id)
        }
        #expect(Masking.withoutContents.id("evt_1Nf4vQe81LmWzR") == "evt_1Nf4vQe81LmWzR")
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
        let masking = Masking(fields: [["email"], ["items", "note"], ["phone"]].map(FieldPath.init(steps:)))
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
        #expect(Masking(fields: [FieldPath(steps: ["email"])]).body(form) == "[hidden: 41 bytes that are no JSON]")
        #expect(Masking(hidesNumbers: true).body(form) == "email=asha%40example.com&phone=[number]")
    }

    private func message(to phone: String = "919845061237", partnerID: String = "p") throws -> Message {
        let request = try MessageRequest(recipient: .phone(PhoneNumberDigits(phone)), content: .text("Hi"))
        return Message(
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
            partnerID: partnerID,
            createdAt: Timestamp(seconds: 1_768_451_400),
            updatedAt: Timestamp(seconds: 1_768_451_400)
        )
    }

    private func detail(partnerID: String = "p", key: String) throws -> MessageDetail {
        let digest = Digest(key: key, mode: .live, isOpen: true, isBuilt: false, size: 1, kept: 1, version: 1)
        return MessageDetail(
            message: try message(partnerID: partnerID),
            attempts: [],
            timeline: [],
            digest: DigestDetail(digest, events: [EventID(rawValue: "evt_1")])
        )
    }

    private func summary(key: String, senderID: String = "e1") -> EventSummary {
        let now = Timestamp(seconds: 1_768_451_400)
        var summary = EventSummary(
            id: EventID(rawValue: "evt_1"),
            source: "shop",
            type: "order.paid",
            senderID: senderID,
            time: now,
            receivedAt: now,
            secretLabel: nil,
            disposition: .matched,
            duplicates: 0,
            lastDuplicateAt: nil,
            messages: 0
        )
        summary.calledOff = calledOff(key)
        return summary
    }

    private func calledOff(_ key: String) -> CallOffReport {
        var report = CallOffReport()
        report.add(CallOffCount(cancelled: 1), under: Cancellation(rule: "r", key: key, delay: nil))
        report.add(KeylessCancellation(rule: "s", reason: "the key is empty"))
        return report
    }

    @Test(
        "a key is hidden as what it may be made of: numbers where numbers are, all where fields are, and gone without pii",
        arguments: [
            ("+91 98450 61237", Masking(hidesNumbers: true), "+[number]"),
            ("asha@example.com", Masking(hidesNumbers: true), "asha@example.com"),
            ("asha@example.com", Masking(fields: [FieldPath(steps: ["email"])]), "[hidden]"),
            ("+91 98450 61237", .withoutContents, nil), ("asha@example.com", .withoutContents, nil),
            ("order-7", Masking(hidesNumbers: true), "order-7"), ("order-7", Masking.none, "order-7"),
        ] as [(String, Masking, String?)]
    )
    func keys(key: String, masking: Masking, shown: String?) throws {
        let detail = try detail(key: key)
        let (summary, stored) = (summary(key: key), stored("{}", calledOff: calledOff(key)))
        let expected = shown.map(JSON.string) ?? .null
        #expect(detail.json(masking)["digest"]?["key"] == expected)
        for json in [summary.json(masking), stored.json(masking)] {
            #expect(json["called_off"]?["by"]?[0]?["key"] == expected)
            #expect(json["called_off"]?["by"]?[0]?["cancelled"] == 1)
            #expect(json["called_off"]?["by"]?[1]?["reason"] == "the key is empty")
        }
        for text in [
            OutboxViews.text(detail, masking: masking), OutboxViews.table([summary], [], masking: masking),
            OutboxViews.text(stored, masking: masking),
        ] {
            #expect(text.contains(key) == (shown == key), "\(text)")
            if let shown { #expect(text.contains("'\(shown)'"), "\(text)") }
        }
    }

    @Test("without contents no body is shown, also one that is no JSON, and no clock that names a country")
    func noContents() throws {
        let text = OutboxViews.text(stored("firstname=Asha&email=asha%40example.com"), masking: .withoutContents)
        #expect(!text.contains("Asha") && !text.contains("example"), "\(text)")
        let message = OutboxViews.text(try detail(partnerID: "p", key: ""), masking: .withoutContents)
        #expect(!message.contains("Asia/Kolkata"), "\(message)")
    }

    @Test("the ids of WhatsApp, which hold the number in base 64, are hidden with the numbers")
    func ids() throws {
        let id = "wamid.HBgMOTE5ODQ1MDYxMjM3FQIAERgS"
        let masking = Masking(hidesNumbers: true)
        let (detail, summary) = (try detail(partnerID: id, key: ""), summary(key: "k", senderID: id))
        let stored = stored("{}", senderID: id)
        #expect(detail.json(masking)["message"]?["partner_id"] == "wamid.•••")
        #expect(summary.json(masking)["sender_id"] == "wamid.•••")
        #expect(masking.id("+919845061237") == "+[number]" && masking.id("pay_9845061237") == "pay_9845061237")
        #expect(stored.json(masking)["sender_id"] == "wamid.•••")
        for text in [OutboxViews.text(detail, masking: masking), OutboxViews.text(stored, masking: masking)] {
            #expect(text.contains("wamid.•••") && !text.contains(id), "\(text)")
        }
        #expect(detail.json()["message"]?["partner_id"] == .string(id))
    }

    @Test("a message shows the end of its recipient's number alone, in tables, texts and JSON")
    func recipient() throws {
        let message = try message()
        let masking = Masking(hidesNumbers: true)
        let detail = MessageDetail(message: message, attempts: [], timeline: [])
        for text in [
            OutboxViews.table([message], masking: masking), OutboxViews.text(detail, masking: masking),
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
