// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections
import Testing

@testable import PartnerAPI

@Suite("A request's body")
struct MessageRequestEncodingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let body: String
    }

    /// Every message type in the key order in which we write it, so that reading and writing is the identity.
    static let rows: [Row] = [
        Row(
            testDescription: "text",
            body: #"{"type":"text","phone":"919800000001","content":"Good morning.\nTwo lines"}"#
        ),
        Row(testDescription: "text to a contact", body: #"{"type":"text","contactId":"ct_7","content":"Hi"}"#),
        Row(
            testDescription: "text from a chosen number",
            body: #"{"type":"text","phone":"919800000001","phoneNumberId":"pn_2","content":"Hi"}"#
        ),
        Row(
            testDescription: "template without gaps",
            body: #"{"type":"template","phone":"4915200000001","templateName":"hello"}"#
        ),
        Row(
            testDescription: "template with variables",
            body: #"{"type":"template","phone":"919800000001","templateName":"order_ready","templateLanguage":"en","#
                + #""templateVariables":{"1":"Meera","2":"₹1,250.00","3":"Friday"}}"#
        ),
        Row(
            testDescription: "template with components",
            body: #"{"type":"template","phone":"919800000001","templateName":"order_ready","templateComponents":["#
                + #"{"type":"body","parameters":[{"type":"text","text":"Meera"}]}]}"#
        ),
        Row(
            testDescription: "carousel, flat",
            body: #"{"type":"template","phone":"919800000001","templateName":"flats","#
                + #""templateVariables":{"1":"Hello","c0_1":"Villa","c1_1":"Loft","c1_2":"slug"}}"#
        ),
        Row(
            testDescription: "carousel, structured",
            body: #"{"type":"template","phone":"919800000001","templateName":"flats","templateLanguage":"en_US","#
                + #""templateVariables":{"1":"Hello"},"carousel":{"cards":[{"index":0,"bodyValues":"#
                + #"{"zeta":"Villa","alpha":"Goa"},"buttonValues":[{"index":0,"sub_type":"url","#
                + #""parameters":{"type":"text","text":"villa-goa"}}],"header":{"format":"image","id":"8891"}},"#
                + #"{"index":1,"bodyValues":{"1":"Loft","2":"Pune"}}]},"bodyParameters":{"1":"Welcome"}}"#
        ),
        Row(
            testDescription: "interactive",
            body: #"{"type":"interactive","phone":"919800000001","#
                + #""content":"{\"type\":\"button\",\"body\":\"Choose\",\"n\":1.50}"}"#
        ),
    ]

    @Test("reads back as the same request and leaves byte for byte as it came", arguments: rows)
    func roundTrip(row: Row) throws {
        let request = try MessageRequest(json: JSON(parsing: row.body))
        #expect(String(decoding: request.encoded(), as: UTF8.self) == row.body)
        #expect(request.json().encoded() == request.encoded())
        #expect(try MessageRequest(json: request.json()) == request)
        let rendered = RenderedRequest(request)
        #expect(rendered == RenderedRequest(kept: Array(row.body.utf8)))
        #expect(rendered.text == row.body)
        #expect(rendered.message == request)
    }

    @Test("what this build does not read leaves as it was kept, and shows as nothing")
    func unreadable() {
        let kept = RenderedRequest(kept: Array(#"{"type":"hologram"}"#.utf8))
        #expect(kept.text == #"{"type":"hologram"}"#)
        #expect(kept.message == nil)
    }

    @Test("keeps the order of named body values, which tells the partner their slots")
    func namedOrder() throws {
        let forth = try CarouselCard(index: 0, bodyValues: ["name": "A", "city": "B"])
        let back = try CarouselCard(index: 0, bodyValues: ["city": "B", "name": "A"])
        #expect(forth.json().text() == #"{"index":0,"bodyValues":{"name":"A","city":"B"}}"#)
        #expect(forth != back)
        #expect(forth.bodyInSlotOrder == ["A", "B"])
    }

    @Test("sorts numeric body values by slot, in whatever order they stand")
    func numericOrder() throws {
        let card = try CarouselCard(index: 0, bodyValues: ["10": "j", "2": "b", "1": "a"])
        #expect(card.bodyInSlotOrder == ["a", "b", "j"])
    }

    @Test("counts null as absent and skips members it does not know")
    func tolerant() throws {
        let body = #"{"type":"text","phone":"919800000001","contactId":null,"content":"Hi","note":[1]}"#
        let plain = try MessageRequest(recipient: .phone(PhoneNumberDigits("919800000001")), content: .text("Hi"))
        #expect(try MessageRequest(json: JSON(parsing: body)) == plain)
    }

    @Test("a printed request does not show its phone number")
    func masked() throws {
        let request = try MessageRequest(recipient: .phone(PhoneNumberDigits("919800000001")), content: .text("Hi"))
        #expect(!"\(request)".contains("9198000000"))
        var dumped = ""
        dump(RenderedRequest(request), to: &dumped)
        #expect("\(RenderedRequest(request)) \(dumped)" == "a request of 53 bytes - a request of 53 bytes\n")
    }
}
