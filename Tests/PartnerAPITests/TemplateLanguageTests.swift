// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import PartnerAPI

@Suite("A template without a language")
struct TemplateLanguageTests {
    private func catalogue(_ languages: [String]) -> TemplateCatalogue {
        TemplateCatalogue(
            languages.compactMap { language in
                MessageTemplate(["name": "multi", "language": .string(language), "components": []])
            }
        )
    }

    @Test("is the first by the codes' alphabet, whatever the partner's order")
    func order() {
        for languages in [["pt_BR", "en"], ["en", "pt_BR"]] {
            let catalogue = catalogue(languages)
            #expect(catalogue.approvedLanguages(of: "multi") == ["en", "pt_BR"])
            guard case .found(let found) = catalogue.choose("multi") else { return #expect(Bool(false)) }
            #expect(found.language == "en")
        }
    }
}
