// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import PartnerAPI
import Testing

@testable import Rules

/// What a message says, in all forms of `send`.
@Suite struct ContentTests {
    private let body =
        #"{"phone": "9845061237", "name": "  Meera\n Nair ", "blank": " ​ ", "items": [{"t": "Tea", "id": "m1"}, {"t": "Cup", "id": "m2"}]}"#

    private func result(_ send: String, _ catalogue: TemplateCatalogue? = nil, otherwise: String? = nil) throws
        -> [String]
    {
        let other = otherwise.map { ", otherwise: \($0)" } ?? ""
        let rules = try Shop.rules(#"  - {name: a, to: "{{ phone }}", send: \#(send)\#(other)}"#)
        let event = try Shop.event("x", body)
        return Shop.requests(rules, event, Shop.context(catalogue))
            + Shop.reasons(rules, event, Shop.context(catalogue))
    }

    @Test("variables by slot and in order, cleaned")
    func variables() throws {
        let expected =
            #"{"type":"template","phone":"919845061237","templateName":"t","templateVariables":{"1":"Meera Nair","2":"7"}}"#
        #expect(try result(#"{template: t, variables: {1: "{{ name }}", 2: 7}}"#) == [expected])
        #expect(try result(#"{template: t, variables: ["{{ name }}", 7]}"#) == [expected])
    }

    @Test("a parameter of which cleaning leaves nothing refuses the message")
    func empty() throws {
        #expect(
            try result(#"{template: t, variables: ["{{ body.blank }}"]}"#) == [
                "empty_parameter: variable 1 is empty after cleaning: its value is white space or invisible; "
                    + "write `| strip | default: '…'` where it may be so"
            ]
        )
        #expect(
            try result(#"{template: t, variables: ["{{ '' }}"]}"#) == [
                "empty_parameter: variable 1 is empty after cleaning"
            ]
        )
    }

    @Test("a text and the texts of an interactive message keep their lines, and nothing in them that cannot be seen")
    func cleanTexts() throws {
        let dirty = #"{"phone": "9845061237", "note": "cup \ud83d\u0000\u202enow"}"#
        for (send, told) in [
            (#"{text: "a\n{{ note }}"}"#, #""a\ncup now""#),
            (#"{interactive: {type: button, body: {text: "a\n{{ note }}"}}}"#, #"\"a\\ncup now\""#),
        ] {
            let rules = try Shop.rules(#"  - {name: a, to: "{{ phone }}", send: \#(send)}"#)
            let requests = Shop.requests(rules, try Shop.event("x", dirty), Shop.context())
            #expect(requests.count == 1 && requests[0].contains(told), "\(requests)")
        }
    }

    @Test("what the reason advises puts another text in the place of one that cannot be seen")
    func advice() throws {
        let expected =
            #"{"type":"template","phone":"919845061237","templateName":"t","templateVariables":{"1":"there"}}"#
        #expect(try result(#"{template: t, variables: ["{{ body.blank | strip | default: 'there' }}"]}"#) == [expected])
    }

    @Test("an undefined value refuses the message with its path; otherwise is taken where it can be")
    func undefined() throws {
        let reasons = try result(#"{template: t, variables: ["{{ customer.name }}"]}"#)
        #expect(reasons.count == 1)
        #expect(reasons[0].hasPrefix("undefined_value: "))
        #expect(reasons[0].contains("customer.name"))
        let taken = try result(#"{template: t, variables: ["{{ customer.name }}"]}"#, otherwise: "{text: hello}")
        #expect(taken == [#"{"type":"text","phone":"919845061237","content":"hello"}"#])
    }

    @Test(
        "otherwise is built beside send and kept for the partner's answer; one that cannot be built is no mistake (8)"
    )
    func alternative() throws {
        func planned(_ otherwise: String) throws -> PlannedMessage? {
            let rules = try Shop.rules(
                #"  - {name: a, to: "{{ phone }}", send: {text: hello}, otherwise: \#(otherwise)}"#
            )
            return rules.evaluate(try Shop.event("x", body), in: Shop.context()).messages.first
        }
        let other = try planned(#"{template: t, variables: ["{{ name }}"], account: second}"#)?.alternative
        #expect(other?.account == "second" && other?.request.json()["templateName"] == "t")
        for nothing in [#"{template: t, variables: ["{{ customer.name }}"]}"#, "{text: hello}"] {
            let message = try planned(nothing)
            #expect(message?.alternative == nil && message?.fallbackReason == nil)
        }
        let taken = try Shop.rules(#"  - {name: a, to: "{{ phone }}", send: {text: "{{ no }}"}, otherwise: {text: x}}"#)
        let message = taken.evaluate(try Shop.event("x", body), in: Shop.context()).messages.first
        #expect(message?.alternative == nil && message?.fallbackReason != nil)
    }

    @Test("kept with an account that the configuration has, in that account's category (8)")
    func kept() throws {
        let rules = try Shop.rules(
            #"  - {name: a, to: "{{ phone }}", send: {text: hello}, otherwise: {template: t, account: second}}"#
        )
        let catalogue = try TemplateCatalogue.bodies(("t", "en", "APPROVED", "a"))
        let evaluation = rules.evaluate(try Shop.event("x", body), in: Shop.context(catalogue))
        func alternative(_ accounts: [String]) -> Messages.Alternative? {
            evaluation.consequences(accounts: accounts, at: Shop.now).messages.first?.alternative
        }
        #expect(alternative(["first", "second"])?.account == "second")
        #expect(alternative(["first", "second"])?.form == .template)
        #expect(alternative(["first"]) == nil)
    }

    @Test(
        "a marketing template to a number of the United States says that WhatsApp will not deliver it; +1 alone does not"
    )
    func america() throws {
        let rules = try Shop.rules(#"  - {name: a, to: "{{ to }}", send: {template: t}}"#)
        func cause(_ phone: String, _ category: String) throws -> String? {
            let template = MessageTemplate([
                "name": "t", "language": "en", "status": "APPROVED", "category": .string(category),
                "components": [["type": "BODY", "text": "Hi"]],
            ])
            let context = Shop.context(TemplateCatalogue([template].compactMap(\.self)))
            let evaluation = rules.evaluate(try Shop.event("x", #"{"to": "\#(phone)"}"#), in: context)
            return evaluation.consequences(accounts: ["main"], at: Shop.now, in: context).messages.first?.cause
        }
        #expect(try cause("+12125550123", "MARKETING") == "\(NewMessage.ruleMatched); \(PlannedMessage.america)")
        for (phone, category) in [
            ("+12125550123", "UTILITY"), ("+14165550123", "MARKETING"), ("+919845061237", "MARKETING"),
        ] {
            #expect(try cause(phone, category) == NewMessage.ruleMatched)
        }
    }

    @Test(
        "a rule's category counts where its template's is not known or less strict: for limits, consent, and a file's quiet hours (30, 32)"
    )
    func category() throws {
        func message(_ category: String?, _ word: String = "authentication") throws -> NewMessage? {
            let rules = try Shop.rules(
                #"  - {name: a, category: \#(word), to: "{{ phone }}", send: {template: t}}"#,
                defaults: "{country: IN, quiet_hours: {from: '21:00', to: '09:00'}}"
            )
            let template = category.flatMap { category in
                MessageTemplate([
                    "name": "t", "language": "en", "status": "APPROVED", "category": .string(category),
                    "components": [["type": "BODY", "text": "Hi"]],
                ])
            }
            var context = Shop.context(template.map { TemplateCatalogue([$0]) })
            let limit = SendLimit(count: 1, every: .seconds(60))
            context.limits = [NamedLimit(name: "promotions", limit: limit, categories: [.marketing])]
            let evaluation = rules.evaluate(try Shop.event("x", body), in: context)
            return evaluation.consequences(accounts: ["main"], at: Shop.now, in: context).messages.first
        }
        let stated = try message(nil)
        #expect(stated?.category == .authentication && stated?.terms.quiet == nil && stated?.terms.named == [])
        let known = try message("MARKETING")
        #expect(known?.category == .marketing && known?.terms.quiet != nil)
        #expect(known?.terms.named.map(\.name) == ["promotions"])
        let strict = try message("UTILITY", "marketing")
        #expect(strict?.category == .marketing && strict?.terms.named.map(\.name) == ["promotions"])
        #expect(try message("MARKETING", "utility")?.category == .marketing)
        #expect(try message("AUTHENTICATION", "marketing")?.category == .authentication)
    }

    @Test(
        "a digest's events have the category that a message of its rule would have: template's, else the rule's (30, 32)"
    )
    func categoryOfDigest() throws {
        func item(_ stated: String, _ category: String?) throws -> DigestItem? {
            let rules = try Shop.rules(
                #"  - {name: a, category: \#(stated), digest: {every: 1h}, to: "{{ phone }}", send: {template: t}}"#,
                defaults: "{country: IN, quiet_hours: {from: '21:00', to: '09:00'}}"
            )
            let template = category.flatMap { category in
                MessageTemplate([
                    "name": "t", "language": "en", "status": "APPROVED", "category": .string(category),
                    "components": [["type": "BODY", "text": "Hi"]],
                ])
            }
            let context = Shop.context(template.map { TemplateCatalogue([$0]) })
            return rules.evaluate(try Shop.event("x", body), in: context)
                .consequences(accounts: ["main"], at: Shop.now, in: context).digests.items.first
        }
        let stated = try item("utility", nil)
        #expect(stated?.category == .utility && stated?.terms.quiet != nil)
        let code = try item("authentication", nil)
        #expect(code?.category == .authentication && code?.terms.quiet == nil)
        let known = try item("authentication", "MARKETING")
        #expect(known?.category == .marketing && known?.terms.quiet != nil)
    }

    @Test("an undefined value behind let is told with what let read")
    func undefinedLet() throws {
        let rules = try Shop.rules(
            #"  - {name: a, let: {who: "{{ customer.name }}"}, to: "{{ phone }}", send: {text: "Hi {{ who }}"}}"#
        )
        let reason = try #require(Shop.reasons(rules, try Shop.event("x", body)).first)
        #expect(reason.contains("let 'who' gave nothing: {{ customer.name }}"))
    }

    @Test("the first approved language wins; none refuses, or takes otherwise")
    func languages() throws {
        let catalogue = try TemplateCatalogue.bodies(("t", "hi", "PENDING", "a"), ("t", "en", "APPROVED", "a"))
        #expect(
            try result("{template: t, language: [hi, en_US, en]}", catalogue) == [
                #"{"type":"template","phone":"919845061237","templateName":"t","templateLanguage":"en"}"#
            ]
        )
        let refused = try result("{template: t, language: hi}", catalogue)
        #expect(refused.first?.hasPrefix("template_not_approved: ") == true)
        #expect(
            try result("{template: u}", catalogue, otherwise: "{text: x}").first?.contains(#""content":"x""#) == true
        )
    }

    @Test("a message that does not fit its template is refused before the partner does")
    func mismatch() throws {
        let catalogue = try TemplateCatalogue.bodies(("t", "en", "APPROVED", "Hi {{1}}, {{2}}"))
        let refused = try result(#"{template: t, variables: [a]}"#, catalogue)
        #expect(refused.first?.hasPrefix("template_mismatch: ") == true)
    }

    @Test("components keep their form, their texts are rendered and cleaned")
    func components() throws {
        let send =
            #"{template: t, components: [{type: body, parameters: [{type: text, text: "{{ name }}"}]}, {type: button, sub_type: url, index: 0, parameters: [{type: text, text: "o/1"}]}]}"#
        let expected =
            #"[{"type":"body","parameters":[{"type":"text","text":"Meera Nair"}]},{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"o/1"}]}]"#
        let request = try JSON(parsing: try #require(try result(send).first))
        #expect(request["templateComponents"]?.text() == expected)
    }

    @Test("a carousel is written out, or made from a list")
    func carousel() throws {
        let card =
            #"{body: ["{{ item.t }}", x], buttons: [{index: 0, url: "p/{{ item.id }}"}], header: {id: "{{ item.id }}"}}"#
        let each = try result(
            #"{template: t, variables: [a], carousel: {for_each: "{{ items }}", limit: 1, card: \#(card)}, body_parameters: {1: b}}"#
        )
        let request = try JSON(parsing: try #require(each.first))
        let expected =
            #"{"cards":[{"index":0,"bodyValues":{"1":"Tea","2":"x"},"buttonValues":[{"index":0,"sub_type":"url","parameters":{"type":"text","text":"p/m1"}}],"header":{"format":"image","id":"m1"}}]}"#
        #expect(request["carousel"]?.text() == expected)
        #expect(request["bodyParameters"]?.text() == #"{"1":"b"}"#)
        let fixed = try result(
            #"{template: t, carousel: {cards: [{body: {place: Goa, title: Villa}}, {body: {place: Pune, title: Flat}}]}}"#
        )
        let cards = try JSON(parsing: try #require(fixed.first))["carousel"]?["cards"]
        #expect(cards?[1]?.text() == #"{"index":1,"bodyValues":{"place":"Pune","title":"Flat"}}"#)
    }

    @Test("an interactive object leaves as a JSON text, Liquid in its strings")
    func interactive() throws {
        let request = try result(#"{interactive: {type: button, body: "Hi {{ name | strip }}", buttons: [{id: 1}]}}"#)
        #expect(request.first?.contains(#""content":"{\"type\":\"button\",\"body\":\"Hi Meera"#) == true)
    }

    @Test("account and number may be computed")
    func sender() throws {
        let rules = try Shop.rules(
            #"  - {name: a, to: "{{ phone }}", send: {text: a, account: "{{ items[0].t | downcase }}", phone_number_id: "pn_{{ items | size }}"}}"#
        )
        let message = try #require(rules.evaluate(try Shop.event("x", body), in: Shop.context()).messages.first)
        #expect(message.account == "tea")
        #expect(message.request.phoneNumberID == "pn_2")
    }
}
