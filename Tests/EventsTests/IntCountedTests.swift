// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@Suite struct IntCountedTests {
    @Test("the plural of one is one")
    func one() {
        #expect((0...2).map { $0.counted("rule") } == ["0 rules", "1 rule", "2 rules"])
        #expect([1, 3].map { $0.counted("rule is", "rules are") } == ["1 rule is", "3 rules are"])
    }
}
