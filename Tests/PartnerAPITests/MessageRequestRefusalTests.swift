// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import PartnerAPI

@Suite("What the API would refuse cannot be built")
struct MessageRequestRefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let body: String
        let code: MessageRequestError.Code
        let field: String
        var testDescription: String { "\(code.rawValue) at \(field): \(body)" }

        init(_ body: String, _ code: MessageRequestError.Code, _ field: String) {
            self.body = body
            self.code = code
            self.field = field
        }

        /// A text message with other members.
        static func text(_ members: String, _ code: MessageRequestError.Code, _ field: String) -> Row {
            Row(#"{"type":"text",\#(members)}"#, code, field)
        }

        /// A template message with other members.
        static func template(_ members: String, _ code: MessageRequestError.Code, _ field: String) -> Row {
            Row(#"{"type":"template","phone":"919800000001","templateName":"t",\#(members)}"#, code, field)
        }

        /// A carousel with one card.
        static func card(_ members: String, _ code: MessageRequestError.Code, _ field: String) -> Row {
            template(#""carousel":{"cards":[{\#(members)}]}"#, code, field)
        }

        /// A template with one component.
        static func component(_ component: String, _ code: MessageRequestError.Code, _ field: String) -> Row {
            template(#""templateComponents":[\#(component)]"#, code, field)
        }
    }

    static let recipients: [Row] = [
        .text(#""content":"Hi""#, .missingRecipient, "phone"),
        .text(#""content":"Hi","phone":"919800000001","contactId":"c1""#, .twoRecipients, "contactId"),
        .text(#""content":"Hi","phone":"+919800000001""#, .badPhone, "phone"),
        .text(#""content":"Hi","phone":"91980x000001""#, .badPhone, "phone"),
        .text(#""content":"Hi","phone":"91 9800000001""#, .badPhone, "phone"),
        .text(#""content":"Hi","phone":"९१९८०००००००१""#, .badPhone, "phone"),
        .text(#""content":"Hi","phone":"09800000001""#, .badPhone, "phone"),
        .text(#""content":"Hi","phone":"919800""#, .badPhone, "phone"),
        .text(#""content":"Hi","phone":"9198000000011234""#, .badPhone, "phone"),
        .text(#""content":"Hi","phone":"""#, .badPhone, "phone"),
        .text(#""content":"Hi","phone":919800000001"#, .wrongType, "phone"),
        .text(#""content":"Hi","contactId":" ""#, .empty, "contactId"),
        .text(#""content":"Hi","contactId":"c1","phoneNumberId":"""#, .empty, "phoneNumberId"),
    ]

    static let contents: [Row] = [
        Row("[]", .wrongType, "body"),
        Row(#"{"phone":"919800000001"}"#, .missingField, "type"),
        Row(#"{"type":"sms","phone":"919800000001"}"#, .unknownType, "type"),
        .text(#""contactId":"c1""#, .missingField, "content"),
        .text(#""contactId":"c1","content":"\n ""#, .empty, "content"),
        .text(#""contactId":"c1","content":{}"#, .wrongType, "content"),
        .text(#""contactId":"c1","content":"\#(String(repeating: "x", count: 4_097))""#, .tooLong, "content"),
        Row(#"{"type":"interactive","contactId":"c1"}"#, .missingField, "content"),
        Row(#"{"type":"interactive","contactId":"c1","content":{"type":"button"}}"#, .badInteractive, "content"),
        Row(#"{"type":"interactive","contactId":"c1","content":"Choose"}"#, .badInteractive, "content"),
        Row(#"{"type":"interactive","contactId":"c1","content":"[1]"}"#, .badInteractive, "content"),
        Row(#"{"type":"interactive","contactId":"c1","content":"{}"}"#, .badInteractive, "content"),
    ]

    static let templates: [Row] = [
        Row(#"{"type":"template","contactId":"c1"}"#, .missingField, "templateName"),
        Row(#"{"type":"template","contactId":"c1","templateName":""}"#, .empty, "templateName"),
        .template(#""templateLanguage":"English (US)""#, .unknownValue, "templateLanguage"),
        .template(#""templateVariables":["a"]"#, .wrongType, "templateVariables"),
        .template(#""templateVariables":{"1":5}"#, .wrongType, "templateVariables.1"),
        .template(#""templateVariables":{"0":"a"}"#, .badSlot, "templateVariables"),
        .template(#""templateVariables":{"01":"a"}"#, .badSlot, "templateVariables"),
        .template(#""templateVariables":{"-1":"a"}"#, .badSlot, "templateVariables"),
        .template(#""templateVariables":{"name":"a"}"#, .badSlot, "templateVariables"),
        .template(#""templateVariables":{"c0_0":"a"}"#, .badSlot, "templateVariables"),
        .template(#""templateVariables":{"c10_1":"a"}"#, .badSlot, "templateVariables"),
        .template(#""templateVariables":{"c_1":"a"}"#, .badSlot, "templateVariables"),
        .template(#""templateVariables":{"1":""}"#, .empty, "templateVariables.1"),
        .template(#""templateVariables":{"1":"a\nb"}"#, .badParameterText, "templateVariables.1"),
        .template(#""templateVariables":{"1":"a\tb"}"#, .badParameterText, "templateVariables.1"),
        .template(#""templateVariables":{"1":"a     b"}"#, .badParameterText, "templateVariables.1"),
        .template(
            #""templateVariables":{"1":"a"},"templateComponents":[{"type":"body"}]"#,
            .conflictingPayload,
            "templateComponents"
        ),
        .template(#""bodyParameters":{"1":"a"}"#, .conflictingPayload, "bodyParameters"),
        .component("", .empty, "templateComponents"),
        .component("1", .wrongType, "templateComponents[0]"),
        .component("{}", .missingField, "templateComponents[0].type"),
        .component(#"{"type":""}"#, .unknownValue, "templateComponents[0].type"),
        .component(#"{"type":"body","parameters":{}}"#, .wrongType, "templateComponents[0].parameters"),
        .component(
            #"{"type":"body","parameters":[{"type":"text","text":"a\nb"}]}"#,
            .badParameterText,
            "templateComponents[0].parameters[0].text"
        ),
        .component(
            #"{"type":"header","parameters":[{"type":"image","image":{"id":"<whatsapp-media-id>"}}]}"#,
            .badMediaID,
            "templateComponents[0].parameters[0].image.id"
        ),
        .component(#"{"type":"carousel"}"#, .wrongType, "templateComponents[0].cards"),
        .component(
            #"{"type":"carousel","cards":[{"card_index":-1,"components":[]}]}"#,
            .badIndex,
            "templateComponents[0].cards[0].card_index"
        ),
    ]

    static let cards: [Row] = [
        .template(#""carousel":{}"#, .missingField, "carousel.cards"),
        .template(#""carousel":{"cards":[]}"#, .empty, "carousel.cards"),
        .template(#""carousel":{"cards":[7]}"#, .wrongType, "carousel.cards[0]"),
        .template(
            #""templateVariables":{"c0_1":"a"},"carousel":{"cards":[{"index":0}]}"#,
            .badSlot,
            "templateVariables"
        ),
        .template(#""carousel":{"cards":[{"index":1},{"index":1}]}"#, .badIndex, "carousel.cards[1].index"),
        .card(#""bodyValues":{}"#, .missingField, "carousel.cards[0].index"),
        .card(#""index":-1"#, .badIndex, "carousel.cards[0].index"),
        .card(#""index":10"#, .badIndex, "carousel.cards[0].index"),
        .card(#""index":"0""#, .wrongType, "carousel.cards[0].index"),
        .card(#""index":0.5"#, .wrongType, "carousel.cards[0].index"),
        .card(#""index":0,"bodyValues":{"1":"a","city":"b"}"#, .mixedSlots, "carousel.cards[0].bodyValues"),
        .card(#""index":0,"bodyValues":{"0":"a"}"#, .badSlot, "carousel.cards[0].bodyValues"),
        .card(#""index":0,"bodyValues":{"c0_1":"a"}"#, .badSlot, "carousel.cards[0].bodyValues"),
        .card(#""index":0,"bodyValues":{"city":"a\nb"}"#, .badParameterText, "carousel.cards[0].bodyValues.city"),
        .card(#""index":0,"buttonValues":[{"index":0}]"#, .missingField, "carousel.cards[0].buttonValues[0].sub_type"),
        .card(
            #""index":0,"buttonValues":[{"index":0,"sub_type":"call"}]"#,
            .unknownValue,
            "carousel.cards[0].buttonValues[0].sub_type"
        ),
        .card(
            #""index":0,"buttonValues":[{"index":-2,"sub_type":"url","parameters":{"type":"text","text":"a"}}]"#,
            .badIndex,
            "carousel.cards[0].buttonValues[0].index"
        ),
        .card(#""index":0,"header":{"format":"gif","id":"1"}"#, .unknownValue, "carousel.cards[0].header.format"),
        .card(
            #""index":0,"header":{"format":"image","id":"your-media-id"}"#,
            .badMediaID,
            "carousel.cards[0].header.id"
        ),
    ]

    @Test("a body with one mistake names its field and kind", arguments: recipients + contents + templates + cards)
    func refused(row: Row) throws {
        let json = try JSON(parsing: row.body)
        let error = #expect(throws: MessageRequestError.self) { try MessageRequest(json: json) }
        #expect(error?.code == row.code)
        #expect(error?.field == row.field)
        #expect(error?.description.contains("980000") == false, "an error text repeats no phone number")
    }
}
