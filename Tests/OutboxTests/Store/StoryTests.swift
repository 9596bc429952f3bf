// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

@Suite("The lines of a message's story")
struct StoryTests {
    private let now = TestClock().now

    private func entry(
        _ from: MessageState?,
        _ to: MessageState,
        _ why: String,
        by who: String = TimelineEntry.service
    ) -> TimelineEntry {
        TimelineEntry(at: now, who: who, from: from, to: to, why: why)
    }

    private func text(_ story: Story) -> String { String(decoding: story.text, as: UTF8.self) }

    @Test("what is written is read again: every state, and words with whatever is in them")
    func roundTrip() throws {
        let words = ["", "due", "=1", "\"quoted\"", "a\ttab", "two\nlines", "नमस्ते 👍\u{301}", "\u{0}\r\n", "tail\\"]
        var entries = MessageState.allCases.map { entry($0, $0, "due") } + [entry(nil, .queued, "the rule matched")]
        entries += words.flatMap { [entry(.queued, .failed, $0), entry(.failed, .queued, "again", by: $0)] }
        let attempt = Attempt(
            number: 3,
            startedAt: now,
            duration: .milliseconds(120),
            outcome: .accepted(partnerID: "wamid.=\tx")
        )
        let reading = try Story.read(text(Story(entries, attempt: attempt)))
        #expect(reading.timeline == entries)
        #expect(reading.attempts == [attempt])
    }

    @Test("the lines of the usual way are short")
    func length() {
        let usual = Story([
            entry(nil, .queued, NewMessage.ruleMatched), entry(.queued, .sending, "due"),
            entry(.sending, .accepted, "the partner took it"),
        ])
        #expect(text(usual).utf8.count <= 3 * 19, "\(text(usual))")
    }

    @Test("lines of earlier builds are read, and those of later ones are not taken for something else")
    func otherBuilds() throws {
        let time = now.microseconds
        let earlier = """
            ["step",\(time),null,"queued","the rule matched"]
            ["step",\(time),"queued","cancelled","not wanted","asha"]
            ["accepted",1,\(time),120000,"wamid.1"]

            """
        let later = text(Story([entry(.cancelled, .queued, "released", by: "asha")]))
        let reading = try Story.read(earlier + later)
        #expect(
            reading.timeline == [
                entry(nil, .queued, "the rule matched"), entry(.queued, .cancelled, "not wanted", by: "asha"),
                entry(.cancelled, .queued, "released", by: "asha"),
            ]
        )
        #expect(reading.attempts.map(\.outcome) == [.accepted(partnerID: "wamid.1")])
        let unknown = [
            "x1\tqs\tdue", "s1\tqx\tdue", "s1\t?s\tdue", "s1\tqs\t=z", "s1\tqs\tdue\t=z", "s1\tqs\tdue\t\"asha",
            "s1\tqs", "a1\t2\t3",
            "[\"step\"]", #"["step",1,"queued","cancelled","not wanted",7]"#, #"["step",1,"lost","queued","due"]"#,
            "due",
        ]
        for line in unknown {
            #expect(throws: StoreError.self, "\(line)") { try Story.read(line + "\n") }
        }
    }
}
