// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@Suite("What somebody may have meant")
struct NearMissTests {
    @Test(
        "a suggestion is near enough to be one",
        arguments: [
            ("mony", "money"), ("evnt", "event"), ("tempalte", "template"), ("Once_Per", "once_per"), ("xyz", nil),
            ("", nil), ("a", nil),
        ]
    )
    func suggestion(word: String, meant: String?) {
        #expect(NearMiss.nearest(to: word, among: ["money", "event", "template", "once_per"]) == meant)
    }

    @Test("the question names the nearest, or is none")
    func question() {
        #expect(NearMiss.question(for: "hmca", among: ["hmac", "token"]) == "did you mean 'hmac'?")
        #expect(NearMiss.question(for: "zzz", among: ["hmac", "token"]) == nil)
    }
}
