// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import OrderedCollections
import Testing

@testable import PartnerAPI

@Suite("The address of a button")
struct ButtonAddressTests {
    private func fault(_ value: String, behind prefix: String = "https://shop.example/o/") -> Bool {
        ButtonAddress(TemplateText(prefix + "{{1}}")).fault(of: value) != nil
    }

    @Test(
        "a whole address for its end is a fault",
        arguments: [
            "https://shop.example/o/abc", "HTTPS://Shop.Example/o/abc", "http://other.example/x",
            "https%3A%2F%2Fshop.example",
            "shop.example/o/abc", "www.shop.example/abc", "//shop.example/o", "/o/abc", "https://shop.example/o",
        ]
    )
    func doubled(value: String) {
        #expect(fault(value))
    }

    @Test("an end is none", arguments: ["abc", "abc?to=https://a.example", "o-17", "2026/10/abc", "shop.example.pdf"])
    func whole(value: String) {
        #expect(!fault(value))
    }

    @Test("behind a question mark a whole address is a value, unless it is the button's own")
    func query() {
        #expect(!fault("https://other.example/x", behind: "https://go.example/?to="))
        #expect(fault("https://go.example/?to=abc", behind: "https://go.example/?to="))
    }

    private func template() throws -> MessageTemplate {
        let record =
            #"{"name":"track","language":"en","components":[{"type":"BODY","text":"Hi"},"#
            + #"{"type":"BUTTONS","buttons":[{"type":"URL","text":"Track","url":"https://shop.example/o/{{1}}"}]}]}"#
        return try #require(MessageTemplate(JSON(parsing: record)))
    }

    @Test("every form of a message is held against it")
    func forms() throws {
        let template = try template()
        let whole = "https://shop.example/o/abc"
        let payloads: [TemplateMessage.Payload] = [
            .variables(["1": whole]),
            try TemplateParts(variables: [:], buttons: [.init(index: 0, kind: .url, value: whole)]).payload(for: nil),
        ]
        for payload in payloads {
            let message = try TemplateMessage(name: "track", payload: payload.withWorkingAddresses(for: template))
            #expect(template.check(message).map(\.code) == [.fullAddress])
            #expect(
                template.check(message).first?.reasonInRule.contains("url_suffix: 'https://shop.example/o/'") == true
            )
            #expect(template.check(message).first?.reason.contains("abc") == false, "the value may be personal")
        }
    }

    @Test("a space is encoded, and one slash too many goes", arguments: [("a b", "a%20b"), ("/abc", "abc")])
    func mended(value: String, result: String) throws {
        let template = try template()
        let payload = TemplateMessage.Payload.variables(["1": value])
        #expect(try payload.withWorkingAddresses(for: template) == .variables(["1": result]))
    }

    @Test("a carousel's buttons are mended by their cards, a code to copy is left alone")
    func cards() throws {
        let catalogue = try #require(try TemplateSamples.catalogue())
        guard case .found(let flats) = catalogue.choose("flats"), case .found(let coupon) = catalogue.choose("coupon")
        else { return #expect(Bool(false), "the samples have both") }
        let card = try CarouselCard(index: 0, bodyValues: [:], buttonValues: [.init(index: 1, text: "/a b")])
        let carousel = TemplateMessage.Payload.carousel(try Carousel(cards: [card]))
        let mended = try CarouselCard(index: 0, bodyValues: [:], buttonValues: [.init(index: 1, text: "a%20b")])
        #expect(try carousel.withWorkingAddresses(for: flats) == .carousel(try Carousel(cards: [mended])))
        let codes = TemplateMessage.Payload.variables(["1": "x", "2": "SAVE 5"])
        #expect(try codes.withWorkingAddresses(for: coupon) == codes)
    }
}
