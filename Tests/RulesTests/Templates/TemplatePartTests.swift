// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import PartnerAPI
import Testing

@testable import Rules

/// The short keys beside a template: variables by name, `header`, `buttons`.
@Suite("The parts of a template")
struct TemplatePartTests {
    private let body =
        #"{"phone": "9845061237", "name": " Meera ", "number": 7, "link": "https://shop.example/o/7", "lat": 12.97, "blank": "\u3164"}"#

    private func catalogue(_ components: String) throws -> TemplateCatalogue {
        let record = #"[{"name":"t","language":"en","status":"APPROVED","components":[\#(components)]}]"#
        return try #require(TemplateCatalogue(JSON(parsing: record)))
    }

    private func result(_ send: String, _ catalogue: TemplateCatalogue? = nil) throws -> String {
        let rules = try Shop.rules(#"  - {name: a, to: "{{ phone }}", send: \#(send)}"#)
        let event = try Shop.event("x", body)
        let reasons = Shop.reasons(rules, event, Shop.context(catalogue))
        guard reasons.isEmpty else { return reasons.joined(separator: "\n") }
        let request = try JSON(parsing: try #require(Shop.requests(rules, event, Shop.context(catalogue)).first))
        return (request["templateComponents"] ?? request["templateVariables"] ?? "").text()
    }

    private static let named = #"{"type":"BODY","text":"Hi {{customer}}, order {{order}}."}"#

    @Test("variables by name leave as components with the gaps' names, whether the template is known or not")
    func names() throws {
        let send = #"{template: t, variables: {customer: "{{ name }}", order: "{{ number }}"}}"#
        let expected =
            #"[{"type":"body","parameters":[{"type":"text","parameter_name":"customer","text":"Meera"},"#
            + #"{"type":"text","parameter_name":"order","text":"7"}]}]"#
        #expect(try result(send) == expected)
        #expect(try result(send, catalogue(Self.named)) == expected)
        #expect(
            try result(#"{template: t, variables: ["{{ name }}", "{{ number }}"]}"#, catalogue(Self.named)) == expected
        )
    }

    @Test("a name that no gap has refuses the message, and says the near one")
    func wrongName() throws {
        let send = #"{template: t, variables: {custmer: "{{ name }}", order: 1}}"#
        #expect(
            try result(send, catalogue(Self.named))
                == "template_mismatch: the body has no gap 'custmer'; the gaps are 'customer', 'order'; did you mean 'customer'?"
        )
    }

    @Test(
        "a header's text, media, document and place",
        arguments: [
            (#""{{ name }}""#, #"{"type":"text","text":"Meera"}"#),
            (#"{text: "{{ name }}"}"#, #"{"type":"text","text":"Meera"}"#),
            (#"{id: 1000000000000001}"#, #"{"type":"image","image":{"id":"1000000000000001"}}"#),
            (#"{format: video, link: "{{ link }}"}"#, #"{"type":"video","video":{"link":"https://shop.example/o/7"}}"#),
            (
                #"{link: "{{ link }}", filename: "Order {{ number }}.pdf"}"#,
                #"{"type":"document","document":{"link":"https://shop.example/o/7","filename":"Order 7.pdf"}}"#
            ),
            (
                #"{latitude: "{{ lat }}", longitude: 77.59, name: Shop}"#,
                #"{"type":"location","location":{"latitude":"12.97","longitude":"77.59","name":"Shop"}}"#
            ),
        ]
    )
    func header(written: String, parameter: String) throws {
        #expect(
            try result("{template: t, header: \(written)}") == #"[{"type":"header","parameters":[\#(parameter)]}]"#
        )
    }

    @Test("buttons by position are what the template makes of them")
    func buttons() throws {
        let catalogue = try catalogue(
            #"{"type":"BODY","text":"Hi"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Stop"},"#
                + #"{"type":"URL","text":"See","url":"https://shop.example/o/{{1}}"},{"type":"COPY_CODE","text":"Copy"}]}"#
        )
        let expected =
            #"[{"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"stop"}]},"#
            + #"{"type":"button","sub_type":"url","index":"1","parameters":[{"type":"text","text":"7"}]},"#
            + #"{"type":"button","sub_type":"copy_code","index":"2","parameters":[{"type":"coupon_code","coupon_code":"TEA 5"}]}]"#
        let map = #"{template: t, buttons: {2: TEA 5, 1: "{{ number }}", 0: stop}}"#
        let list =
            #"{template: t, buttons: [{index: 0, payload: stop}, {index: 1, url: "{{ number }}"}, {index: 2, copy_code: TEA 5}]}"#
        #expect(try result(map, catalogue) == expected)
        #expect(try result(list, catalogue) == expected)
        #expect(try result(list) == expected)
    }

    @Test("a whole address behind a button's own refuses the message, with the filter that cuts it")
    func address() throws {
        let catalogue = try catalogue(
            #"{"type":"BODY","text":"Hi"},{"type":"BUTTONS","buttons":[{"type":"URL","text":"See","url":"https://shop.example/o/{{1}}"}]}"#
        )
        let expected =
            "template_mismatch: button 0 puts the value behind 'https://shop.example/o/', and the value is a full address itself; "
            + "expected its end alone; the filter url_suffix: 'https://shop.example/o/' cuts it"
        #expect(try result(#"{template: t, buttons: {0: "{{ link }}"}}"#, catalogue) == expected)
        #expect(try result(#"{template: t, variables: ["{{ link }}"]}"#, catalogue) == expected)
        let cut = try result(
            #"{template: t, buttons: {0: "{{ link | url_suffix: 'https://shop.example/o/' }}"}}"#,
            catalogue
        )
        #expect(cut.contains(#""text":"7""#))
    }

    @Test("an invisible value in a header or button refuses the message")
    func invisible() throws {
        let header = try result(#"{template: t, header: "{{ blank }}"}"#)
        #expect(header.hasPrefix("empty_parameter: the header is empty after cleaning"))
        let button = try result(#"{template: t, buttons: {0: "{{ blank }}"}}"#)
        #expect(button.hasPrefix("empty_parameter: the value of button 0 is empty after cleaning"))
    }

    @Test("a missing header or button says which key to write")
    func missing() throws {
        let catalogue = try catalogue(
            #"{"type":"HEADER","format":"DOCUMENT"},{"type":"BODY","text":"Hi"},"#
                + #"{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","text":"Copy"}]}"#
        )
        #expect(
            try result("{template: t}", catalogue)
                == "template_mismatch: the header needs document media; "
                + "give it in 'header: {format: document, link: …} or {format: document, id: …}'"
        )
        #expect(
            try result("{template: t, header: {format: document, id: 5}}", catalogue)
                == "template_mismatch: button 0 gets no value; give it in 'buttons: [{index: 0, copy_code: …}]'"
        )
    }
}
