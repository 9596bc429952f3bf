// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import PartnerAPI

@Suite("Components that are newer than we are")
struct ComponentVocabularyTests {
    @Test("pass, in requests and against a template")
    func pass() throws {
        let catalogue = try #require(try TemplateSamples.catalogue())
        let request = try TemplateSamples.request(
            "hello",
            #""templateComponents":[{"type":"order_status","parameters":[{"type":"order_status","order_status":{"reference_id":"r1"}}]},"#
                + #"{"type":"sparkle","parameters":[{"type":"glitter","glitter":{"n":1}}]}]"#
        )
        #expect(catalogue.check(request) == [])
        guard case .template(let message) = request.content, case .components(let components) = message.payload
        else { return #expect(Bool(false)) }
        let words = ComponentVocabulary.unknownWords(in: components)
        #expect(words.map(\.found) == ["the component type 'sparkle'", "the parameter type 'glitter'"])
    }

    @Test("a misspelt one is told with the near word, inside cards too")
    func near() throws {
        let cards: JSON = [
            "type": "carousel",
            "cards": [["card_index": 0, "components": [["type": "buton", "sub_type": "urll", "index": 0]]]],
        ]
        let words = ComponentVocabulary.unknownWords(in: [cards])
        #expect(words.map(\.hint) == ["did you mean 'button'?", "did you mean 'url'?"])
    }
}
