// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PartnerAPI

@Suite("Cleaning a parameter: what shows nothing")
struct InvisibleTextTests {
    @Test(
        "is empty, alone and in company",
        arguments: [
            "\u{3164}", "\u{115F}", "\u{1160}", "\u{FFA0}", "\u{2800}", "\u{FE0F}", "\u{E0100}", "\u{00AD}", "\u{034F}",
            "\u{180E}", "\u{2061}", "\u{2064}", "\u{206A}", "\u{E0041}", "\u{E0001}", "\u{17B4}", "\u{FEFF}",
            "\u{200B}",
            "\u{200D}", "\u{061C}", "\u{2066}", "\u{FFFC}", "\u{FFF9}", "\u{FFFF}", "\u{1D159}", "\u{1D173}",
            "\u{3000}",
        ]
    )
    func invisible(text: String) {
        #expect(ParameterCleaning.isInvisible(text))
        #expect(ParameterCleaning.isInvisible(" \(text)\(text)\n\(text)\u{2800}"))
    }

    @Test("every code point that a renderer may ignore is, by Unicode's own word")
    func everyIgnorable() {
        let seen = (UInt32(0)...0x10_FFFF).compactMap(Unicode.Scalar.init)
            .filter { $0.properties.isDefaultIgnorableCodePoint && !ParameterCleaning.isInvisible(String($0)) }
        #expect(seen == [])
    }

    @Test(
        "what can be seen stays, alone too",
        arguments: ["\u{093C}", "\u{0301}", "\u{0600}", "\u{06DD}", "⠁", "·", "🏴", "\u{FFA1}", "\u{E000}", "0"]
    )
    func visible(text: String) {
        #expect(!ParameterCleaning.isInvisible(text))
    }

    @Test("fillers that people type for a space are one; what is only invisible leaves no gap")
    func gaps() {
        #expect(ParameterCleaning.clean("Kim\u{3164}Minsu\u{2800}\u{2800}Lee") == "Kim Minsu Lee")
        #expect(ParameterCleaning.clean("ex\u{00AD}am\u{034F}ple") == "example")
    }
}
