// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Server

@Suite("A connection's guard")
struct RequestGuardTests {
    private static let head = "POST /hooks/shop HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n"

    @Test("lets requests through as they come, one after the other, and forgets their times")
    func passes() throws {
        let connection = try GuardedChannel()
        for _ in 0..<3 {
            try connection.receive(Self.head + "0123456789")
            connection.advance(300)
            connection.answer()
            #expect(try connection.sent().hasPrefix("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n"))
        }
        #expect(connection.served.count == 9)
        #expect(connection.served.prefix(3) == ["POST /hooks/shop", "10 bytes", "end"])
        #expect(connection.refusals.isEmpty && connection.channel.isActive)
    }

    @Test("a head that drips is answered 408 after ten seconds in all, and the connection closes")
    func slowHead() throws {
        let connection = try GuardedChannel()
        try connection.receive("POST /hooks/shop HTTP/1.1\r\n")
        for second in 0..<9 {
            connection.advance(1)
            try connection.receive("X-\(second): y\r\n")
        }
        #expect(try connection.sent().isEmpty)
        connection.advance(1)
        let answer = try connection.sent()
        #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(answer.contains("connection: close\r\n"))
        #expect(answer.hasSuffix(#""detail":"The head did not arrive within 10 s."}"#))
        #expect(connection.refusals == ["head_too_slow -"])
        try connection.receive("Host: h\r\n\r\n")
        #expect(connection.served.isEmpty)
        connection.advance(2)
        #expect(!connection.channel.isActive)
    }

    @Test("a body of a byte a second is answered 408 after thirty seconds, and never taken for whole")
    func slowBody() throws {
        let connection = try GuardedChannel()
        try connection.receive("POST /hooks/shop?k=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n\r\n")
        for _ in 0..<29 {
            connection.advance(1)
            try connection.receive("x")
        }
        #expect(try connection.sent().isEmpty)
        connection.advance(1)
        #expect(try connection.sent().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(connection.refusals == ["body_too_slow /hooks/shop?k=1"])
        #expect(connection.reasons.first?.contains("29 bytes came") == true)
        connection.advance(2)
        #expect(!connection.channel.isActive)
        #expect(!connection.served.contains("end"))
        #expect(connection.errors == ["stream ended at an unexpected time"])
    }

    @Test("a connection that is new when the listener stops is heard for two seconds, then closed")
    func newAtTheEnd() throws {
        let connection = try GuardedChannel()
        connection.retire()
        connection.advance(1)
        try connection.receive(Self.head + "0123456789")
        connection.advance(5)
        connection.answer()
        #expect(try connection.sent().contains("connection: close\r\n"))
        connection.advance(2)
        #expect(!connection.channel.isActive)
        let silent = try GuardedChannel()
        silent.retire()
        #expect(silent.channel.isActive)
        silent.advance(2)
        #expect(!silent.channel.isActive)
    }

    @Test("a connection that waits for its client's next request closes when the listener stops")
    func idleAtTheEnd() throws {
        let connection = try GuardedChannel()
        try connection.receive(Self.head + "0123456789")
        connection.answer()
        #expect(try !connection.sent().contains("connection: close\r\n"))
        connection.retire()
        #expect(!connection.channel.isActive)
    }

    @Test("every answer of a listener that will be gone soon is the last one of its connection")
    func departing() throws {
        let connection = try GuardedChannel(departing: true)
        try connection.receive(Self.head + "0123456789")
        connection.answer()
        #expect(try connection.sent().contains("connection: close\r\n"))
        connection.advance(2)
        #expect(!connection.channel.isActive)
    }

    @Test("a large body that keeps its pace may take longer than a small one")
    func largeBody() throws {
        let connection = try GuardedChannel()
        let size = 64 * 1_024 * 60
        try connection.receive("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n")
        let part = String(repeating: "x", count: 64 * 1_024)
        for _ in 0..<60 {
            connection.advance(1)
            try connection.receive(part)
        }
        #expect(connection.served.last == "end")
        #expect(connection.refusals.isEmpty)
    }

    @Test("chunks' heads, which are no body, give no time")
    func chunkExtensions() throws {
        let connection = try GuardedChannel()
        try connection.receive("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;")
        for _ in 0..<30 {
            try connection.receive(String(repeating: "e", count: 100_000))
            connection.advance(1)
        }
        #expect(connection.refusals == ["body_too_slow /a"])
    }

    @Test("a body that was answered before it came takes its connection with it, and nobody reads it")
    func answeredEarly() throws {
        let connection = try GuardedChannel()
        try connection.receive("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n")
        connection.answer(413)
        #expect(try connection.sent().contains("connection: close\r\n"))
        try connection.receive(String(repeating: "x", count: 1_000_000))
        #expect(connection.served == ["POST /a"])
        connection.advance(2)
        #expect(!connection.channel.isActive)
        #expect(connection.refusals.isEmpty)
    }

    @Test("a client that does not read its answers is cut off")
    func unread() throws {
        let connection = try GuardedChannel()
        connection.channel.isWritable = false
        connection.channel.pipeline.fireChannelWritabilityChanged()
        connection.advance(29)
        #expect(connection.channel.isActive)
        connection.advance(1)
        #expect(connection.refusals == ["answer_unread -"])
        #expect(!connection.channel.isActive)
    }

    @Test("whoever waits for an answer is not blamed for the request behind it")
    func pipelined() throws {
        let connection = try GuardedChannel()
        try connection.receive("GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
        try connection.receive("GET /b HTTP/1.1\r\n")
        connection.advance(60)
        #expect(connection.refusals.isEmpty && connection.channel.isActive)
        connection.answer()
        try connection.receive("Host: h\r\n\r\n")
        #expect(connection.served.suffix(2) == ["GET /b", "end"])
    }

    @Test(
        "a head over a limit never reaches the server, and its sender is told what was found",
        arguments: [
            ("/" + String(repeating: "a", count: 8_192), "", 414, "target has 8193 bytes; at most 8192"),
            ("/" + String(repeating: "a", count: 90_000), "", 414, "target is too long; at most 8192"),
            ("/a", String(repeating: "X: y\r\n", count: 100), 431, "head has 101 fields; at most 100"),
            (
                "/a", String(repeating: "X: y\r\n", count: 900), 431,
                "head is too large; at most 100 fields and 32768 bytes"
            ),
            ("/a", "Big: " + String(repeating: "b", count: 16_382) + "\r\n", 431, "Big has 16385 bytes; at most 16384"),
            ("/a", "Big: " + String(repeating: "b", count: 99_000) + "\r\n", 431, "head is too large"),
            (
                "/a", String(repeating: "X: " + String(repeating: "z", count: 9_999) + "\r\n", count: 4), 431,
                "40005 bytes"
            ),
        ]
    )
    func heads(target: String, fields: String, status: Int, found: String) throws {
        let connection = try GuardedChannel()
        // Errors of a decoder that has given up are the guard's business, not the test's.
        _ = try? connection.receive("GET \(target) HTTP/1.1\r\nHost: h\r\n\(fields)\r\n")
        let answer = try connection.sent()
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.contains(found))
        #expect(connection.served.isEmpty && connection.errors.isEmpty)
        connection.advance(2)
        #expect(!connection.channel.isActive)
    }

    @Test("a head at all limits is taken")
    func atTheLimits() throws {
        let connection = try GuardedChannel()
        let lines = (1...3).map { "X-\($0): " + String(repeating: "z", count: 10_000) + "\r\n" }.joined()
        let more = (10..<106).map { "Y-\($0): z\r\n" }.joined()
        let target = "/" + String(repeating: "a", count: 8_191)
        try connection.receive("GET \(target) HTTP/1.1\r\nHost: h\r\n\(lines)\(more)\r\n")
        #expect(connection.served.last == "end")
        #expect(connection.refusals.isEmpty)
    }
}
