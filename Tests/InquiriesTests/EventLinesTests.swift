// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HTTPTypes
import Inquiries
import Messages
import TestSupport
import Testing

@Suite("Events in a file, one a line")
struct EventLinesTests {
    private static let now = Timestamp(seconds: 1_768_500_000)

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// All events of a text.
    private func read(_ text: String) throws -> [ArchivedEvent] {
        var lines = try #require(EventLines(path: try folder.write("events.jsonl", text), now: Self.now))
        var events: [ArchivedEvent] = []
        while let event = try lines.next() { events.append(event) }
        return events
    }

    @Test("a line has the sender's text or the JSON itself, and what it leaves out is filled in")
    func reads() throws {
        let events = try read(
            """
            {"source": "shop", "body": "{\\"id\\": 1.0}", "id": "evt_1", "type": "paid", "received_at": "2026-01-15T10:00:00Z"}
             \t
            {"source": "shop", "body": {"id": 1.0}, "headers": [["X-Shop", "a"], ["bad name", "b"], 7]}
            """
        ).map(\.event)
        #expect(events.map(\.id.rawValue) == ["evt_1", "line 3"])
        #expect(events.map { String(decoding: $0.rawBody, as: UTF8.self) } == [#"{"id": 1.0}"#, #"{"id":1.0}"#])
        #expect(events.map(\.type) == ["paid", ""])
        #expect(events.map(\.receivedAt) == [Timestamp(rfc3339: "2026-01-15T10:00:00Z"), Self.now])
        #expect(events[1].headers.map { "\($0.name): \($0.value)" } == ["X-Shop: a"])
    }

    @Test("a file larger than what is read at a time is read to its end, with or without a line end behind it")
    func large() throws {
        let line = #"{"source": "shop", "body": ""# + String(repeating: "x", count: 40_000) + "\"}"
        for end in ["", "\n"] {
            let events = try read(Array(repeating: line, count: 5).joined(separator: "\n") + end)
            #expect(events.map(\.event.rawBody.count) == [40_000, 40_000, 40_000, 40_000, 40_000])
        }
    }

    @Test(
        "a line that is no event is told with its number",
        arguments: [
            ("\n{\"body\": {}}", "line 2: has no source"), ("{\"source\": \"shop\"}", "line 1: has no body"),
            (
                "{\"source\": \"shop\", \"body\": {}, \"time\": \"noon\"}",
                "line 1: time is no time; expected one such as 2026-01-15T10:00:00Z"
            ),
        ]
    )
    func mistakes(text: String, mistake: String) throws {
        let found = #expect(throws: EventLines.Mistake.self) { try read(text) }
        #expect(found.map { "\($0)" } == mistake)
    }

    @Test("what cannot be read is a mistake, and not the end of the file")
    func unreadable() throws {
        var lines = try #require(EventLines(path: folder.path, now: Self.now))
        let found = #expect(throws: EventLines.Mistake.self) { try lines.next() }
        #expect(found?.reason.hasPrefix("cannot be read: ") == true)
        #expect(EventLines(path: "/nowhere/events.jsonl", now: Self.now) == nil)
    }
}
