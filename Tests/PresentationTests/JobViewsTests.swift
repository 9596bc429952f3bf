// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Presentation
import Testing

/// What a decision about many would be about, as a command says it before anybody decides.
@Suite("The count before a job")
struct JobViewsTests {
    private let counts = [
        SelectionCount(rule: "cart", state: .failed, count: 0, unsayable: 2),
        SelectionCount(rule: "paid", state: .failed, count: 3, unsayable: 1),
    ]

    @Test("what cannot be retried is said beside the count, with what to do, and is in no line of it")
    func unsayable() {
        let text = JobViews.text(counts, to: .retry, MessageSelection(rule: "paid"))
        #expect(
            text == """
                RULE  STATE   MESSAGES
                paid  failed  3
                3 messages to retry: rule paid
                3 more cannot be retried: they were never built, or what they said is not kept any more; mend the rule, and \
                'hookline events replay --failed'

                """
        )
        let json = JobViews.json(counts)
        #expect(json["count"] == 3 && json["not_built"] == 3)
        #expect(json["by_rule"] == [["rule": "paid", "state": "failed", "count": 3]])
    }

    @Test("where nothing can be retried there is no table")
    func none() {
        let text = JobViews.text(Array(counts.prefix(1)), to: .retry, MessageSelection())
        #expect(text.hasPrefix("0 messages to retry: all\n2 more cannot be retried"))
        #expect(JobViews.json([])["count"] == 0)
    }
}
