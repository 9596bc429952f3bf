// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections
import Testing

@testable import PartnerAPI

/// Templates whose gaps have names: Meta takes values with the right `parameter_name` alone.
@Suite("Named gaps")
struct NamedParameterTests {
    static func template() throws -> MessageTemplate {
        let record =
            #"{"name":"named","language":"en","status":"APPROVED","parameter_format":"NAMED","components":["#
            + #"{"type":"HEADER","format":"TEXT","text":"For {{shop}}"},"#
            + #"{"type":"BODY","text":"Hi {{customer}}, order {{order}} is paid."},"#
            + #"{"type":"BUTTONS","buttons":[{"type":"URL","text":"See","url":"https://tea.example/o/{{1}}"}]}]}"#
        return try #require(MessageTemplate(JSON(parsing: record)))
    }

    private static let header =
        #"{"type":"header","parameters":[{"type":"text","parameter_name":"shop","text":"Tea"}]}"#
    private static let button =
        #"{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"9"}]}"#

    private func reasons(_ body: String, header: String = header) throws -> [String] {
        let body = #"{"type":"body","parameters":[\#(body)]}"#
        let components = try JSON(parsing: "[\(header),\(body),\(Self.button)]")
        let message = try TemplateMessage(name: "named", payload: .components(components.array ?? []))
        return try Self.template().check(message).map(\.description)
    }

    @Test("with their names, in any order, they are filled")
    func right() throws {
        let found = try reasons(
            #"{"type":"text","parameter_name":"order","text":"7"},{"type":"text","parameter_name":"customer","text":"Jo"}"#
        )
        #expect(found == [])
    }

    @Test("a value without a name is a misfit that says the names; its gap is not told a second time")
    func without() throws {
        #expect(
            try reasons(#"{"type":"text","text":"Jo"},{"type":"text","parameter_name":"order","text":"7"}"#) == [
                "value 1 of the body has no 'parameter_name'; the gaps have names: 'customer', 'order' [PARAMETER_NAME]"
            ]
        )
    }

    @Test("a wrong name is a misfit that says the near one")
    func wrong() throws {
        #expect(
            try reasons(
                #"{"type":"text","parameter_name":"custmer","text":"Jo"},{"type":"text","parameter_name":"order","text":"7"}"#
            ) == [
                "the body has no gap 'custmer'; the gaps are 'customer', 'order'; did you mean 'customer'? [PARAMETER_NAME]"
            ]
        )
    }

    @Test("the same name twice, and a header without its name, are misfits")
    func twice() throws {
        let nameless = #"{"type":"header","parameters":[{"type":"text","text":"Tea"}]}"#
        let order = #"{"type":"text","parameter_name":"order","text":"7"}"#
        #expect(
            try reasons("\(order),\(order)", header: nameless) == [
                "value 1 of the header has no 'parameter_name'; the gaps have names: 'shop' [PARAMETER_NAME]",
                "the body's gap 'order' gets two values; expected one [PARAMETER_NAME]",
            ]
        )
    }

    @Test("numbered gaps take no names")
    func numbered() throws {
        let catalogue = try #require(try TemplateSamples.catalogue())
        let request = try TemplateSamples.request(
            "coupon",
            #""templateComponents":[{"type":"body","parameters":[{"type":"text","parameter_name":"code","text":"a"}]},"#
                + #"{"type":"button","sub_type":"copy_code","index":1,"parameters":[]}]"#
        )
        #expect(catalogue.check(request).first?.code == .parameterName)
    }

    @Test("the Cloud API gets the names, whichever way the values came")
    func cloud() throws {
        let template = try Self.template()
        let variables = TemplateParts(variables: ["1": "Jo", "2": "7", "3": "Tea", "4": "9"])
        let names = TemplateParts(
            variables: ["order": "7", "shop": "Tea", "customer": "Jo"],
            buttons: [.init(index: 0, kind: .asTemplate, value: "9")]
        )
        let expected =
            #"[\#(Self.header),{"type":"body","parameters":[{"type":"text","parameter_name":"customer","text":"Jo"},"#
            + #"{"type":"text","parameter_name":"order","text":"7"}]},\#(Self.button)]"#
        for parts in [variables, names] {
            let payload = try parts.payload(for: template)
            let message = try TemplateMessage(name: "named", payload: payload)
            #expect(template.check(message) == [])
            #expect(TemplateArguments(message, for: template).cloudComponents(for: template).text() == expected)
            #expect(template.render(message).body == "Hi Jo, order 7 is paid.")
            #expect(template.render(message).header == .text("For Tea"))
        }
    }

    @Test("where nobody knows the template, names are the body's, and numbers stay variables")
    func unknown() throws {
        let names = try TemplateParts(variables: ["customer": "Jo"]).payload(for: nil)
        let expected: JSON = [
            "type": "body", "parameters": [["type": "text", "parameter_name": "customer", "text": "Jo"]],
        ]
        #expect(names == .components([expected]))
        #expect(try TemplateParts(variables: ["1": "Jo"]).payload(for: nil) == .variables(["1": "Jo"]))
    }

    @Test("names beside numbers, and a slot left out beside a header, are no message")
    func mixed() throws {
        #expect(throws: MessageRequestError.self) {
            try TemplateParts(variables: ["1": "a", "customer": "b"]).payload(for: nil)
        }
        #expect(throws: MessageRequestError.self) {
            try TemplateParts(variables: ["1": "a", "3": "b"], header: .text("x")).payload(for: nil)
        }
    }
}
