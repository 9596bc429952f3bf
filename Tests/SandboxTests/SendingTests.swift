// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import PartnerAPI
import Testing

@testable import Sandbox

@Suite("What the sandbox accepts and refuses")
struct SendingTests {
    /// A body and the answer that it must get.
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let body: String
        let status: Int
        let code: String?

        init(_ name: String, _ body: String, _ status: Int, _ code: String? = nil) {
            testDescription = name
            self.body = body
            self.status = status
            self.code = code
        }
    }

    private static let phone = #""phone": "919876543210""#
    private static let card =
        #"{"index": 0, "bodyValues": {"1": "A", "2": "B", "3": "C"}, "buttonValues": [{"index": 0, "sub_type": "url", "parameters": {"type": "text", "text": "a"}}], "header": {"format": "image", "id": "1000000000000001"}}"#
    private static let second = card.replacing(#""index": 0, "body"#, with: #""index": 1, "body"#)

    private static func template(_ name: String, _ rest: String) -> String {
        #"{"type": "template", \#(phone), "templateName": "\#(name)"\#(rest.isEmpty ? "" : ", " + rest)}"#
    }

    private static func carousel(_ cards: String) -> String {
        template("new_homes", #""templateVariables": {"1": "Look"}, "carousel": {"cards": [\#(cards)]}"#)
    }

    static let accepted = [
        Row("a text", #"{"type": "text", \#(phone), "content": "Hello"}"#, 201),
        Row("a contact", #"{"type": "text", "contactId": "ct_asha", "content": "Hello"}"#, 201),
        Row(
            "a number to send from",
            #"{"type": "text", \#(phone), "phoneNumberId": "pn_sandbox", "content": "Hello"}"#,
            201
        ),
        Row(
            "a template",
            template(
                "order_confirmation",
                #""templateLanguage": "en", "templateVariables": {"1": "J", "2": "O", "3": "T"}"#
            ),
            201
        ),
        Row(
            "components",
            template(
                "order_confirmation",
                #""templateComponents": [{"type": "body", "parameters": [{"type": "text", "text": "J"}, {"type": "text", "text": "O"}, {"type": "text", "text": "T"}]}]"#
            ),
            201
        ),
        Row(
            "a flat carousel",
            template(
                "new_homes",
                #""templateVariables": {"1": "L", "c0_1": "A", "c0_2": "B", "c0_3": "C", "c0_4": "u", "c1_1": "A", "c1_2": "B", "c1_3": "C", "c1_4": "u"}"#
            ),
            201
        ),
        Row("a structured carousel", carousel(card + "," + second), 201),
        Row(
            "interactive",
            #"{"type": "interactive", \#(phone), "content": "{\"type\":\"button\",\"body\":\"Choose\",\"buttons\":[]}"}"#,
            201
        ),
    ]

    static let refused = [
        Row("a plus", #"{"type": "text", "phone": "+919876543210", "content": "x"}"#, 422, "BAD_PHONE"),
        Row("letters", #"{"type": "text", "phone": "9198CALLME10", "content": "x"}"#, 422, "BAD_PHONE"),
        Row(
            "both recipients",
            #"{"type": "text", \#(phone), "contactId": "ct_asha", "content": "x"}"#,
            422,
            "TWO_RECIPIENTS"
        ),
        Row("no recipient", #"{"type": "text", "content": "x"}"#, 422, "MISSING_RECIPIENT"),
        Row(
            "an unknown contact",
            #"{"type": "text", "contactId": "ct_nobody", "content": "x"}"#,
            422,
            "UNKNOWN_CONTACT"
        ),
        Row(
            "an unknown number",
            #"{"type": "text", \#(phone), "phoneNumberId": "pn_none", "content": "x"}"#,
            422,
            "UNKNOWN_PHONE_NUMBER"
        ),
        Row("an unknown template", template("no_such", ""), 422, "UNKNOWN_TEMPLATE"),
        Row("another language", template("hello_world", #""templateLanguage": "fr""#), 422, "UNKNOWN_LANGUAGE"),
        Row(
            "a pending template",
            template("waiting_for_review", #""templateVariables": {"1": "x"}"#),
            422,
            "TEMPLATE_NOT_APPROVED"
        ),
        Row(
            "a rejected template",
            template("refused_by_meta", #""templateVariables": {"1": "x"}"#),
            422,
            "TEMPLATE_NOT_APPROVED"
        ),
        Row(
            "a paused template",
            template("paused_by_meta", #""templateVariables": {"1": "x"}"#),
            422,
            "TEMPLATE_NOT_APPROVED"
        ),
        Row(
            "a missing variable",
            template("order_confirmation", #""templateVariables": {"1": "x", "2": "y"}"#),
            422,
            "MISSING_VARIABLE"
        ),
        Row("an extra variable", template("hello_world", #""templateVariables": {"1": "x"}"#), 422, "EXTRA_VARIABLE"),
        Row(
            "variables and components",
            template("hello_world", #""templateVariables": {}, "templateComponents": [{"type": "body"}]"#),
            422,
            "CONFLICTING_PAYLOAD"
        ),
        Row("too few cards", carousel(card), 422, "CARD_COUNT"),
        Row(
            "a wrong card index",
            carousel(card + "," + card.replacing(#""index": 0, "body"#, with: #""index": 7, "body"#)),
            422,
            "CARD_INDEX"
        ),
        Row(
            "a placeholder media id",
            carousel(card.replacing("1000000000000001", with: "<whatsapp-media-id>") + "," + second),
            422,
            "BAD_MEDIA_ID"
        ),
        Row(
            "a media id of no upload",
            carousel(card.replacing("1000000000000001", with: "1234567890123456") + "," + second),
            422,
            "UNKNOWN_MEDIA"
        ),
        Row(
            "a media id of no upload in components",
            template(
                "boarding_pass",
                #""templateComponents": [{"type": "header", "parameters": [{"type": "image", "image": {"id": "1234567890123456"}}]}, {"type": "body", "parameters": [{"type": "text", "text": "J"}, {"type": "text", "text": "O"}]}]"#
            ),
            422,
            "UNKNOWN_MEDIA"
        ),
        Row(
            "interactive that is an object",
            #"{"type": "interactive", \#(phone), "content": {"type": "button"}}"#,
            422,
            "BAD_INTERACTIVE"
        ),
        Row(
            "interactive that is no JSON",
            #"{"type": "interactive", \#(phone), "content": "{oops"}"#,
            422,
            "BAD_INTERACTIVE"
        ),
        Row(
            "a line break",
            template("waiting_for_review", #""templateVariables": {"1": "a\nb"}"#),
            422,
            "BAD_PARAMETER_TEXT"
        ),
        Row("a tab", template("waiting_for_review", #""templateVariables": {"1": "a\tb"}"#), 422, "BAD_PARAMETER_TEXT"),
        Row(
            "five spaces",
            template("waiting_for_review", #""templateVariables": {"1": "a     b"}"#),
            422,
            "BAD_PARAMETER_TEXT"
        ),
        Row(
            "a body over 1,024 characters",
            template(
                "order_confirmation",
                #""templateVariables": {"1": "\#(String(repeating: "x", count: 1_000))", "2": "y", "3": "z"}"#
            ),
            422,
            "BODY_TOO_LONG"
        ),
        Row("an unknown type", #"{"type": "fax", \#(phone)}"#, 422, "UNKNOWN_TYPE"),
        Row("no JSON", "{", 400, "INVALID_JSON"),
        Row("no body", "", 400, "INVALID_JSON"),
        Row("a megabyte and more", String(repeating: " ", count: 1_048_577), 413, "BODY_TOO_LARGE"),
    ]

    @Test("what the API takes is accepted and shown in Cloud API form", arguments: accepted)
    func accepts(_ row: Row) async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let answer = try await sandbox.send(row.body)
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer.json["data"]?["status"] == "ACCEPTED")
            let messages = try await sandbox.call(.get, "/sandbox/messages").json
            #expect(messages.array?.count == 1)
            #expect(messages[0]?["id"] == answer.json["data"]?["id"])
            #expect(messages[0]?["cloud"]?["messaging_product"] == "whatsapp")
        }
    }

    @Test("what the API refuses is refused with a code and a sentence, and not accepted", arguments: refused)
    func refuses(_ row: Row) async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let answer = try await sandbox.send(row.body)
            #expect(answer.status == row.status)
            #expect(answer.code == row.code)
            #expect(answer.json["success"] == false)
            #expect(answer.json["error"]?["message"]?.string?.isEmpty == false)
            #expect(!answer.text.contains("919876543210"))
            #expect(await sandbox.state.acceptedCount == 0)
        }
    }

    @Test("all carousel forms become the same Cloud API components")
    func carouselsAreEqual() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let flat =
                #""templateVariables": {"1": "Look", "c0_1": "A", "c0_2": "B", "c0_3": "C", "c0_4": "a", "c1_1": "A", "c1_2": "B", "c1_3": "C", "c1_4": "a"}"#
            let named = Self.card.replacing(
                #""1": "A", "2": "B", "3": "C""#,
                with: #""villa": "A", "city": "B", "price": "C""#
            )
            let header = #", "header": {"format": "image", "id": "1000000000000001"}"#
            let plain = Self.carousel(named.replacing(header, with: "") + "," + Self.second.replacing(header, with: ""))
            #expect(try await sandbox.send(Self.template("new_homes", flat)).status == 201)
            #expect(try await sandbox.send(plain).status == 201)
            let components = await sandbox.state.received.map { $0.cloud["template"]?["components"] }
            #expect(components[0] == components[1])
            let text = #"{"type":"text","text":"Look"}"#
            #expect(components[0]?[0]?.text() == #"{"type":"body","parameters":[\#(text)]}"#)
            #expect(components[0]?[1]?["cards"]?.array?.count == 2)
        }
    }

    @Test("an interactive message's plain form becomes the Cloud API's")
    func interactiveBecomesCloud() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let content =
                #"{\"type\":\"button\",\"body\":\"Choose\",\"buttons\":[{\"id\":\"y\",\"title\":\"Yes\"},\"No\"]}"#
            #expect(
                try await sandbox.send(#"{"type": "interactive", "contactId": "ct_asha", "content": "\#(content)"}"#)
                    .status == 201
            )
            let cloud = try #require(await sandbox.state.received.first?.cloud)
            let expected = """
                {"type":"button","body":{"text":"Choose"},"action":{"buttons":[{"type":"reply","reply":{"id":"y","title":"Yes"}},\
                {"type":"reply","reply":{"id":"button_1","title":"No"}}]}}
                """
            #expect(cloud["interactive"]?.text() == expected)
            #expect(cloud["to"] == "12025550101")
        }
    }
}
