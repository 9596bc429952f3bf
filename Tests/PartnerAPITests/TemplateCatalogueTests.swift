// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections
import Testing

@testable import PartnerAPI

@Suite("The template catalogue")
struct TemplateCatalogueTests {
    @Test("keeps what it can read and counts what it cannot")
    func reading() throws {
        let catalogue = try #require(try TemplateSamples.catalogue())
        let names = catalogue.templates.map { "\($0.name) \($0.language) \($0.status)" }
        #expect(
            names == [
                "order_ready en_US APPROVED", "order_ready de PAUSED", "hello en APPROVED", "receipt en APPROVED",
                "coupon en APPROVED", "flats en APPROVED", "soon en PENDING",
            ]
        )
        #expect(catalogue.unreadable == 1)
        #expect(TemplateCatalogue(catalogue.json()) == TemplateCatalogue(catalogue.templates))
    }

    @Test(
        "is found in every envelope",
        arguments: [
            #"[{"name":"a","language":"en"}]"#, #"{"templates":[{"name":"a","language":{"code":"en"}}]}"#,
            #"{"success":true,"data":[{"name":"a","language":"en"}]}"#,
        ]
    )
    func envelopes(text: String) throws {
        #expect(try TemplateCatalogue(JSON(parsing: text))?.templates.map(\.name) == ["a"])
    }

    @Test("is not there without a list", arguments: ["{}", "1", #"{"success":false,"data":[]}"#, #"{"data":{}}"#])
    func noList(text: String) throws {
        #expect(try TemplateCatalogue(JSON(parsing: text)) == nil)
    }

    @Test("chooses the first language that is approved")
    func choice() throws {
        let catalogue = try #require(try TemplateSamples.catalogue())
        guard case .found(let template) = catalogue.choose("order_ready", languages: ["fr", "de", "en_US"]) else {
            Issue.record("nothing found")
            return
        }
        #expect(template.language == "en_US")
    }

    @Test("of two records with one name and language, the approved one stands")
    func twins() throws {
        let text =
            #"[{"name":"a","language":"en","status":"REJECTED"},{"name":"a","language":"EN","status":"APPROVED"}]"#
        #expect(try TemplateCatalogue(JSON(parsing: text))?.templates.map(\.status) == [.approved])
    }

    @Test("renders what the customer reads")
    func rendering() throws {
        let catalogue = try #require(try TemplateSamples.catalogue())
        let request = try TemplateSamples.request("order_ready", TemplateCheckTests.full)
        let expected = RenderedMessage(
            header: .text("Order 42"),
            body: "Hello Asha, Tea is ready.\nSee you, Asha!",
            footer: "Tea House",
            buttons: [
                .init(text: "Track", target: "https://tea.example/o/o42"), .init(text: "Call", target: "1000"),
                .init(text: "Stop"),
            ]
        )
        #expect(catalogue.render(request) == expected)
    }

    @Test("renders flat and structured carousels alike; body parameters win over variables")
    func carousels() throws {
        let catalogue = try #require(try TemplateSamples.catalogue())
        let cards = TemplateCheckTests.carousel([TemplateCheckTests.card(1), TemplateCheckTests.card(0)])
        let structured = try TemplateSamples.request("flats", cards + #","bodyParameters":{"1":"Ravi"}"#)
        let flat = try TemplateSamples.request(
            "flats",
            #""templateVariables":{"1":"Ravi","c0_1":"Villa","c0_2":"Goa","c0_3":"villa","c1_1":"Villa","c1_2":"Goa","c1_3":"villa"}"#
        )
        let buttons = [
            RenderedMessage.Button(text: "More"), .init(text: "Open", target: "https://flats.example/villa"),
        ]
        func shown(_ id: String?) -> [RenderedMessage.Card] {
            let card = RenderedMessage.Card(
                header: .media(format: "image", reference: id),
                body: "Villa in Goa",
                buttons: buttons
            )
            return [card, card]
        }
        #expect(catalogue.render(structured) == RenderedMessage(body: "For Ravi", cards: shown("5")))
        #expect(catalogue.render(flat) == RenderedMessage(body: "For Ravi", cards: shown(nil)))
    }

    @Test("renders named parameters by name, whatever their order")
    func named() throws {
        let catalogue = try #require(try TemplateSamples.catalogue())
        let media = #"{"type":"document","document":{"link":"https://tea.example/r.pdf"}}"#
        let request = try TemplateSamples.request("receipt", TemplateCheckTests.receipt(media))
        let header = RenderedMessage.Header.media(format: "document", reference: "https://tea.example/r.pdf")
        #expect(catalogue.render(request) == RenderedMessage(header: header, body: "Your receipt, Asha of Pune"))
    }

    @Test("renders interactive messages, texts, and nothing for an unknown template")
    func others() throws {
        let catalogue = try #require(try TemplateSamples.catalogue())
        let interactive = try MessageRequest(
            recipient: .contact("c"),
            content: .interactive(
                InteractiveContent(["type": "button", "body": ["text": "Choose"], "buttons": [["title": "Yes"], "No"]])
            )
        )
        let shown = RenderedMessage(body: "Choose", buttons: [.init(text: "Yes"), .init(text: "No")])
        #expect(catalogue.render(interactive) == shown)
        #expect(catalogue.render(try TemplateSamples.request("nothing")) == nil)
    }

    @Test("translates simple and carousel variables into Cloud API components")
    func translation() throws {
        let catalogue = try #require(try TemplateSamples.catalogue())
        let cards = TemplateCheckTests.carousel([TemplateCheckTests.card(0), TemplateCheckTests.card(1)])
        let request = try TemplateSamples.request("flats", cards)
        guard case .template(let message) = request.content, case .found(let template) = catalogue.choose("flats")
        else {
            Issue.record("no template")
            return
        }
        let components = TemplateArguments(message, for: template).cloudComponents(for: template)
        let read = try TemplateMessage(name: "flats", payload: .components(#require(components.array)))
        #expect(template.check(read) == [])
        #expect(template.render(read) == template.render(message))
    }
}
