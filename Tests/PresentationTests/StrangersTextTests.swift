// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import InMemoryLogging
import Logging
import Messages
import Outbox
import PartnerAPI
import Testing

@testable import Presentation

@Suite("What strangers wrote, on the command line")
struct StrangersTextTests {
    private static let evil = "x\u{1B}]0;owned\u{7}\nresult     matched\r\u{202E}"
    private static let shown = #"x\u{1B}]0;owned\u{7}\u{A}result     matched\u{D}\u{202E}"#

    @Test("stays in its cell and in its line of a table")
    func table() {
        let table = TextTable.render(titles: ["A", "B"], rows: [[Self.evil, "1"], ["2", Self.evil]])
        #expect(table.split(separator: "\n").count == 3)
        #expect(table.contains(Self.shown + "  1\n") && table.contains(Self.shown + "\n"))
    }

    @Test("forges no line of an event")
    func event() {
        let event = NewEvent(
            id: EventID(rawValue: "evt_1"),
            source: "shop",
            type: Self.evil,
            senderID: Self.evil,
            receivedAt: Timestamp(seconds: 1_768_451_400),
            rawBody: Array("{}".utf8),
            disposition: .evaluationFailed(reason: Self.evil)
        )
        let text = OutboxViews.text(
            StoredEvent(event: event, duplicates: 0, lastDuplicateAt: nil, lookUp: nil, messages: [])
        )
        #expect(text.contains("type       \(Self.shown)\n"))
        #expect(text.contains("sender id  \(Self.shown)\n"))
        #expect(text.split(separator: "\n").count { $0.hasPrefix("result") } == 1)
    }

    @Test("is drawn within its bubble, with its own line breaks in the body alone")
    func bubble() throws {
        let record: JSON = [
            [
                "name": "t", "language": "en", "status": "APPROVED",
                "components": [
                    ["type": "BODY", "text": "a \u{1B}[0m b"], ["type": "FOOTER", "text": .string(Self.evil)],
                ],
            ]
        ]
        let catalogue = try #require(TemplateCatalogue(record))
        let drawn = TemplateViews.text(try #require(catalogue.templates.first))
        #expect(drawn.contains(#"│ a \u{1B}[0m b"#))
        #expect(drawn == VisibleText.block(drawn))
    }
}
