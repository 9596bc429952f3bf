// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOEmbedded
import Testing

@testable import Server

@Suite("Which connection goes when all places are taken")
struct ConnectionRoomTests {
    @Test("the one that has waited the longest since its opening, its request's first byte or its last answer")
    func order() {
        var ledger = ConnectionLedger<String>()
        for id in ["silent", "slow", "kept", "busy"] { ledger.begins(id) }
        ledger.begins("slow")
        ledger.works("kept")
        ledger.works("busy")
        let mustGo = ledger.waits("kept")
        #expect(!mustGo)
        #expect(ledger.oldest() == "silent")
        #expect(ledger.oldest() == "slow")
        #expect(ledger.oldest() == "kept")
        #expect(ledger.oldest() == nil)
    }

    @Test("where all are at work, the first that has answered")
    func allAtWork() {
        var ledger = ConnectionLedger<String>()
        for id in ["a", "b"] {
            ledger.begins(id)
            ledger.works(id)
        }
        #expect(ledger.oldest() == nil)
        let mustGo = ["b", "a"].map { ledger.waits($0) }
        #expect(mustGo == [true, false])
        #expect(ledger.oldest() == "a")
    }

    @Test("never one that is closed, and what is over is forgotten")
    func forgets() {
        var ledger = ConnectionLedger<Int>()
        for id in 0..<1_000 {
            ledger.begins(id)
            ledger.closed(id)
        }
        ledger.begins(7)
        for _ in 0..<10_000 {
            ledger.works(7)
            let mustGo = ledger.waits(7)
            #expect(!mustGo)
        }
        #expect(ledger.count == 1)
        #expect(ledger.oldest() == 7)
        #expect(ledger.oldest() == nil)
    }

    @Test("an idle connection closes without a word, one within a request is noted")
    func closing() throws {
        let idle = try GuardedChannel()
        idle.room.makeRoom()
        idle.channel.embeddedEventLoop.run()
        #expect(!idle.channel.isActive)
        #expect(idle.refusals.isEmpty)

        let slow = try GuardedChannel()
        try slow.receive("POST /hooks/shop HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12")
        slow.room.makeRoom()
        slow.channel.embeddedEventLoop.run()
        #expect(!slow.channel.isActive)
        #expect(slow.refusals == ["crowded_out /hooks/shop"])
    }

    @Test("a connection whose client waits for an answer stays until that is out")
    func stays() throws {
        let connection = try GuardedChannel()
        try connection.receive("GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
        connection.room.makeRoom()
        connection.channel.embeddedEventLoop.run()
        #expect(connection.channel.isActive)
        connection.answer()
        connection.channel.embeddedEventLoop.run()
        #expect(try connection.sent().hasPrefix("HTTP/1.1 200 OK"))
        #expect(!connection.channel.isActive)
    }
}
