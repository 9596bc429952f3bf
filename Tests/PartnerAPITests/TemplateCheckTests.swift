// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import PartnerAPI

@Suite("A request against its template")
struct TemplateCheckTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let template: String
        let members: String
        let codes: [TemplateProblem.Code]

        init(_ testDescription: String, _ template: String, _ members: String, _ codes: [TemplateProblem.Code] = []) {
            self.testDescription = testDescription
            self.template = template
            self.members = members
            self.codes = codes
        }
    }

    static let names: [Row] = [
        Row("an unknown name", "nothing", "", [.unknownTemplate]),
        Row("an unknown language", "hello", #""templateLanguage":"fr""#, [.unknownLanguage]),
        Row("a bare language is not a region's", "order_ready", #""templateLanguage":"en""#, [.unknownLanguage]),
        Row("a paused language", "order_ready", #""templateLanguage":"de""#, [.notApproved]),
        Row("a pending template", "soon", "", [.notApproved]),
        Row("a template without status is approved", "hello", ""),
        Row("a dash in the language", "order_ready", #""templateLanguage":"en-us",\#(full)"#),
    ]

    static let full = #""templateVariables":{"1":"Asha","2":"Tea","3":"42","4":"o42"}"#

    static let variables: [Row] = [
        Row("all variables: body, header, button", "order_ready", full),
        Row(
            "each missing variable",
            "order_ready",
            #""templateVariables":{"2":"Tea"}"#,
            [.missingVariable, .missingVariable, .missingVariable]
        ),
        Row("an extra variable", "hello", #""templateVariables":{"1":"a"}"#, [.extraVariable]),
        Row("a card's variable where no card is", "hello", #""templateVariables":{"c0_1":"a"}"#, [.extraVariable]),
        Row("a code to copy", "coupon", #""templateVariables":{"1":"a","2":"SAVE5"}"#),
        Row("no code to copy", "coupon", #""templateVariables":{"1":"a"}"#, [.missingVariable]),
        Row("media that variables cannot give", "receipt", #""templateVariables":{"1":"a","2":"b"}"#, [.missingHeader]),
        Row(
            "a body over the limit",
            "hello_long",
            #""templateVariables":{"1":"\#(String(repeating: "x", count: 1_024))"}"#,
            [.bodyTooLong]
        ),
    ]

    static let components: [Row] = [
        Row("components that fit", "receipt", receipt(#"{"type":"document","document":{"id":"77"}}"#)),
        Row("another medium", "receipt", receipt(#"{"type":"image","image":{"id":"77"}}"#), [.wrongHeader]),
        Row(
            "too many and too few",
            "coupon",
            #""templateComponents":[{"type":"body","parameters":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]"#,
            [.extraVariable, .missingVariable]
        ),
        Row(
            "a button that takes nothing",
            "hello",
            #""templateComponents":[{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"a"}]}]"#,
            [.unknownButton]
        ),
    ]

    static let cards: [Row] = [
        Row("a flat carousel", "flats", #""templateVariables":{\#(flat)}"#),
        Row(
            "a flat carousel with a gap open",
            "flats",
            #""templateVariables":{"1":"a","c0_1":"a","c0_2":"b","c0_3":"c"}"#,
            [.missingVariable, .missingVariable, .missingVariable]
        ),
        Row("a card too many, flat", "flats", #""templateVariables":{\#(flat),"c2_1":"x"}"#, [.extraVariable]),
        Row("a structured carousel", "flats", carousel([card(0), card(1)])),
        Row("a card too few", "flats", carousel([card(0)]), [.cardCount]),
        Row("a wrong index", "flats", carousel([card(0), card(2)]), [.cardIndex]),
        Row("a card's value too many", "flats", carousel([card(0, more: #","3":"x""#), card(1)]), [.extraVariable]),
        Row(
            "a button without gap",
            "flats",
            carousel([card(0, button: 0), card(1)]),
            [.missingVariable, .unknownButton]
        ),
        Row("cards for a plain template", "hello", carousel([card(0)]), [.extraVariable, .cardCount, .cardIndex]),
    ]

    static let flat = #""1":"a","c0_1":"a","c0_2":"b","c0_3":"c","c1_1":"a","c1_2":"b","c1_3":"c""#

    static func receipt(_ media: String) -> String {
        #""templateComponents":[{"type":"header","parameters":[\#(media)]},{"type":"body","parameters":["#
            + #"{"type":"text","parameter_name":"city","text":"Pune"},{"type":"text","parameter_name":"first_name","text":"Asha"}]}]"#
    }

    static func card(_ index: Int, more: String = "", button: Int = 1) -> String {
        #"{"index":\#(index),"bodyValues":{"1":"Villa","2":"Goa"\#(more)},"buttonValues":[{"index":\#(button),"#
            + #""sub_type":"url","parameters":{"type":"text","text":"villa"}}],"header":{"format":"image","id":"5"}}"#
    }

    static func carousel(_ cards: [String]) -> String {
        #""templateVariables":{"1":"you"},"carousel":{"cards":[\#(cards.joined(separator: ","))]}"#
    }

    @Test("is told every misfit", arguments: names + variables + components + cards)
    func check(row: Row) throws {
        let long = #"{"name":"hello_long","language":"en","components":[{"type":"BODY","text":"a{{1}}"}]}"#
        let longTemplate = try #require(MessageTemplate(JSON(parsing: long)))
        let samples = try #require(try TemplateSamples.catalogue())
        let catalogue = TemplateCatalogue(samples.templates + [longTemplate])
        let problems = catalogue.check(try TemplateSamples.request(row.template, row.members))
        #expect(problems.map(\.code) == row.codes, "\(problems)")
    }

    @Test("texts and interactive messages need no template")
    func text() throws {
        let request = try MessageRequest(recipient: .contact("c"), content: .text("Hi"))
        #expect(TemplateCatalogue([]).check(request) == [])
    }
}
