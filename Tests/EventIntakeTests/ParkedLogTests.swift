// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import HTTPValues
import InMemoryLogging
import Logging
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
