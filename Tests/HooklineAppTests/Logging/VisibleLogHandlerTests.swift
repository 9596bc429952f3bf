// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import InMemoryLogging
import Logging
import Testing

@testable import HooklineApp

@Suite("What strangers write")
struct VisibleLogHandlerTests {
    private static let evil = "x\u{1B}]0;owned\u{7}\nresult     matched\r\u{202E}"
    private static let shown = #"x\u{1B}]0;owned\u{7}\u{A}result     matched\u{D}\u{202E}"#

    @Test("stays in its line of a log, in text and in JSON")
    func log() throws {
        let records = InMemoryLogHandler()
        let logger = Logger(label: "test") { _ in VisibleLogHandler(records) }
        logger.notice("refused \(Self.evil)", metadata: ["reason": "\(Self.evil)"])
        let entry = try #require(records.entries.first)
        #expect("\(entry.message)" == "refused \(Self.shown)")
        #expect(entry.metadata["reason"] == "\(Self.shown)")
    }
}
