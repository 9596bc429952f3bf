// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import InMemoryLogging
import Logging
import Messages
import Outbox
import TestSupport
import Testing
import Webhooks

@testable import EventIntake

@Suite("A signed body that cannot be read")
struct ParkedLogTests {
    @Test("leaves a line in the log that names the event and the place, and nothing of the body")
    func line() async throws {
        try await withIntake { shop in
            let reply = await shop.post(#"{"phone": 98450612370, "name": Ravi}"#)
            #expect(reply.status == 200)
            let entries = shop.log.entries
            #expect(entries.map(\.level) == [.warning])
            let entry = try #require(entries.first)
            #expect(entry.metadata["source"] == "shop")
            #expect(entry.metadata["reason"] == "unexpected character at line 1, column 32")
            #expect(!"\(entry.message) \(entry.metadata)".contains("9845"))
            #expect(try shop.counted("parked") == 1)
            // Its repetition is none of its own.
            _ = await shop.post(#"{"phone": 98450612370, "name": Ravi}"#)
            #expect(shop.log.entries.count == 1)
        }
    }

    @Test("leaves the ids of the trace that its sender gave, and none where it gave no sound one")
    func trace() async throws {
        let sound = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
        for (given, told) in [([sound], true), ([sound, sound], false), (["00-1-2-3"], false), ([], false)] {
            try await withIntake { shop in
                let body = Array("{".utf8)
                var headers = shop.source.sign(body, now: shop.clock.now).headers
                let name = try #require(HTTPField.Name("Traceparent"))
                for line in given { headers.append(HTTPField(name: name, value: line)) }
                #expect(await shop.send(body, headers).status == 200)
                let metadata = try #require(shop.log.entries.first).metadata
                #expect(metadata["trace_id"] == (told ? "4bf92f3577b34da6a3ce929d0e0e4736" : nil))
                #expect(metadata["span_id"] == (told ? "00f067aa0ba902b7" : nil))
                let event = try #require(try await shop.store.events(EventFilter()).elements.first)
                let kept = try #require(try await shop.store.event(event.id)).event.trace
                #expect(kept == (told ? TraceContext(traceparent: sound) : nil))
            }
        }
    }

    @Test("events that cannot be stored leave few lines: the log may stand on the disk that is full")
    func unstored() {
        let written = InMemoryLogHandler()
        let log = RefusalLog(logger: Logger(label: "test") { _ in written }) { _ in Issue.record("nothing was refused")
        }
        let error = StoreError(.full, "the disk or the database is full")
        for _ in 0..<1_000 { log.record(unstored: error, of: "shop", at: TestClock().now) }
        #expect(written.entries.count == 16)
        #expect(written.entries.allSatisfy { $0.level == .error })
        #expect(written.entries.last?.metadata["count"] == "320")
        #expect(written.entries.last?.metadata["code"] == "full")
    }

    @Test("leaves ten lines of a flood, then one for each doubling")
    func flood() async throws {
        try await withIntake { shop in
            for number in 0..<100 { _ = await shop.post("{\(number)") }
            #expect(shop.log.entries.count == 13)
            let rejections = try await shop.rejections()
            #expect(rejections.isEmpty)
        }
    }
}
