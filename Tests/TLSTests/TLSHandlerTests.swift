// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CLibssl
import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import TLS

@Suite("TLS in a connection", .timeLimit(.minutes(5)))
struct TLSHandlerTests {
    private static let versions = [(TLS1_2_VERSION, "TLSv1.2"), (TLS1_3_VERSION, "TLSv1.3")]

    private func channel(_ client: TestTLSClient = TestTLSClient()) async throws -> TLSChannel {
        let identity = try await TLSChannel.identity()
        return try TLSChannel({ identity }, client: client)
    }

    @Test("begins in both versions that there are, in whatever pieces its bytes come", arguments: versions)
    func begins(_ version: Int32, _ name: String) async throws {
        for pieces in [Int.max, 1] {
            let channel = try await channel(TestTLSClient(newest: version))
            #expect(try channel.shakeHands(pieces: pieces))
            channel.client.write(Array("question".utf8))
            try channel.carry(pieces: pieces)
            #expect(channel.received == Array("question".utf8))
            channel.write(Array("answer".utf8))
            channel.channel.flush()
            try channel.carry()
            #expect(channel.client.read() == Array("answer".utf8))
            #expect(channel.written.withLockedValue { $0 } == [true])
            #expect(channel.client.version == name)
            #expect(channel.beginnings == [.began(version: name)])
        }
    }

    @Test("takes keys of RSA, too")
    func rsa() async throws {
        let identity = try await TLSChannel.identity(kind: ["rsa:2048"])
        let channel = try TLSChannel({ identity })
        #expect(try channel.shakeHands())
    }

    @Test("what comes with the end of the handshake is not lost")
    func together() async throws {
        let channel = try await channel()
        _ = channel.client.handshake()
        try channel.carry()
        #expect(channel.client.handshake())
        channel.client.write(Array("at once".utf8))
        try channel.carry()
        #expect(channel.received == Array("at once".utf8))
    }

    @Test("megabytes pass in both directions as they are")
    func large() async throws {
        let channel = try await channel()
        #expect(try channel.shakeHands())
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        channel.client.write(bytes)
        try channel.carry(pieces: 65_536)
        #expect(channel.received == bytes)
        channel.write(bytes)
        channel.channel.flush()
        try channel.carry()
        #expect(channel.client.read() == bytes)
        #expect(channel.written.withLockedValue { $0 } == [true])
    }

    @Test("what is written between two flushes is one record, and everybody who wrote is told")
    func coalesced() async throws {
        let channel = try await channel()
        #expect(try channel.shakeHands())
        for number in 0..<20 { channel.write(Array("answer \(number);".utf8)) }
        #expect(try channel.sent().isEmpty)
        channel.channel.flush()
        let sent = try channel.sent()
        // One head of five bytes, and the length in it is all the rest.
        #expect(sent.first == 0x17)
        #expect(Int(sent[3]) << 8 + Int(sent[4]) == sent.count - 5)
        #expect(channel.written.withLockedValue { $0 } == Array(repeating: true, count: 20))
        channel.client.receive(sent)
        #expect(channel.client.read().count == (0..<20).reduce(0) { $0 + "answer \($1);".utf8.count })
    }

    @Test("a client that ends is heard to, and hears that we do")
    func ends() async throws {
        let channel = try await channel()
        #expect(try channel.shakeHands())
        channel.client.end()
        try channel.carry()
        #expect(channel.events == ["inputClosed"])
        // The socket's own word comes after that, and is no news.
        channel.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(channel.events == ["inputClosed"])
        channel.write(Array("last".utf8))
        channel.channel.flush()
        channel.channel.close(promise: nil)
        try channel.carry()
        #expect(channel.client.read() == Array("last".utf8))
        #expect(channel.client.hasHeardTheEnd)
    }

    @Test("a side that is closed says so to the client, which is heard to its end")
    func halfClosed() async throws {
        let channel = try await channel()
        #expect(try channel.shakeHands())
        channel.write(Array("last".utf8))
        channel.channel.flush()
        channel.channel.close(mode: .output, promise: nil)
        try channel.carry()
        #expect(channel.client.read() == Array("last".utf8) && channel.client.hasHeardTheEnd && channel.isHalfClosed)
        channel.client.write(Array("still".utf8))
        try channel.carry()
        #expect(channel.received == Array("still".utf8) && channel.channel.isActive)
    }

    @Test("a socket that ends without the word of TLS is an end as well")
    func cut() async throws {
        let channel = try await channel()
        #expect(try channel.shakeHands())
        channel.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(channel.events == ["inputClosed"])
        #expect(channel.channel.isActive)
    }

    @Test("what was not flushed at the end is told to have failed")
    func unflushed() async throws {
        let channel = try await channel()
        #expect(try channel.shakeHands())
        channel.write(Array("never".utf8))
        channel.channel.close(promise: nil)
        channel.channel.embeddedEventLoop.run()
        #expect(channel.written.withLockedValue { $0 } == [false])
    }

    @Test("connections go on with the certificate that they began with, and new ones get the new one")
    func renewed() async throws {
        let (old, new) = (
            try await TLSChannel.identity(name: "old.example"), try await TLSChannel.identity(name: "new.example")
        )
        let first = try TLSChannel({ old })
        #expect(try first.shakeHands())
        let second = try TLSChannel({ new })
        #expect(try second.shakeHands())
        #expect(first.client.serverName == "old.example" && second.client.serverName == "new.example")
        first.client.write(Array("still here".utf8))
        try first.carry()
        #expect(first.received == Array("still here".utf8))
    }

    @Test("who we are is asked when a client begins to speak, and not for one that says nothing or no TLS")
    func asked() async throws {
        let (identity, count) = (try await TLSChannel.identity(), NIOLockedValueBox(0))
        func channel() throws -> TLSChannel {
            try TLSChannel({
                count.withLockedValue { $0 += 1 }
                return identity
            })
        }
        let (stranger, client) = (try channel(), try channel())
        try stranger.receive(Array("GET / HTTP/1.1\r\n".utf8))
        #expect(count.withLockedValue { $0 } == 0)
        #expect(try client.shakeHands(pieces: 7))
        #expect(count.withLockedValue { $0 } == 1)
    }

    @Test("no session is resumed, so nothing is kept that could open what was recorded")
    func noTickets() async throws {
        let channel = try await channel()
        _ = channel.client.handshake()
        try channel.carry()
        #expect(channel.client.handshake())
        try channel.receive(channel.client.sent())
        // A ticket of TLS 1.3 would follow the client's last word.
        #expect(try channel.sent().isEmpty)
    }
}

@Suite("TLS in a connection that comes to nothing", .timeLimit(.minutes(5)))
struct TLSRefusalTests {
    private func channel(_ client: TestTLSClient = TestTLSClient()) async throws -> TLSChannel {
        let identity = try await TLSChannel.identity()
        return try TLSChannel({ identity }, client: client)
    }

    @Test("ends after ten seconds without a word, and nobody is told: a probe of a load balancer does the same")
    func silent() async throws {
        let channel = try await channel()
        channel.advance(9)
        #expect(channel.channel.isActive)
        channel.advance(1)
        #expect(!channel.channel.isActive)
        #expect(channel.beginnings.isEmpty)
    }

    @Test("ends after ten seconds however many single bytes have come")
    func slow() async throws {
        let channel = try await channel()
        _ = channel.client.handshake()
        let hello = channel.client.sent()
        for second in 0..<9 {
            try channel.receive([hello[second]])
            channel.advance(1)
        }
        #expect(channel.channel.isActive)
        channel.advance(1)
        #expect(!channel.channel.isActive)
        #expect(channel.beginnings == [.failed(.tooSlow)])
    }

    @Test("is not cut ten seconds after a handshake that was in time")
    func inTime() async throws {
        let channel = try await channel()
        #expect(try channel.shakeHands())
        channel.advance(60)
        #expect(channel.channel.isActive)
    }

    @Test("a client that goes in the middle of the handshake leaves nothing behind")
    func killed() async throws {
        let channel = try await channel()
        _ = channel.client.handshake()
        try channel.receive(Array(channel.client.sent().prefix(40)))
        channel.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!channel.channel.isActive)
        #expect(channel.beginnings == [.failed(.cutOff)])
    }

    @Test("a client that resets the handshake has cut it off: nobody dropped it")
    func reset() async throws {
        let channel = try await channel()
        _ = channel.client.handshake()
        try channel.receive(Array(channel.client.sent().prefix(40)))
        channel.channel.pipeline.fireErrorCaught(IOError(errnoCode: ECONNRESET, reason: "read"))
        #expect(!channel.channel.isActive)
        #expect(channel.beginnings == [.failed(.cutOff)] && channel.events == ["inactive"])
    }

    @Test("HTTP without TLS is answered as such, and closed when it had time to read that")
    func plainHTTP() async throws {
        let channel = try await channel()
        try channel.receive(Array("POST /hooks/shop HTTP/1.1\r\nHost: hooks.example\r\n\r\n".utf8))
        let answer = String(decoding: try channel.sent(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nThis port speaks HTTPS: begin the address with https://\n"))
        try channel.receive(Array("more".utf8))
        #expect(channel.isHalfClosed && channel.channel.isActive && channel.received.isEmpty)
        channel.advance(2)
        #expect(!channel.channel.isActive)
        #expect(channel.beginnings == [.failed(.plainHTTP)])
    }

    @Test(
        "what is no TLS is closed without a word",
        arguments: [[0x00], [0x80, 0x2E, 0x01], Array("ssh".utf8)] as [[UInt8]]
    )
    func stranger(_ bytes: [UInt8]) async throws {
        let channel = try await channel()
        try channel.receive(bytes)
        #expect(try channel.sent().isEmpty)
        #expect(!channel.channel.isActive)
        #expect(channel.beginnings == [.failed(.notTLS)])
    }

    @Test("a client that knows TLS 1.1 at most is told so")
    func old() async throws {
        let channel = try await channel(TestTLSClient(newest: TLS1_1_VERSION))
        #expect(try !channel.shakeHands())
        _ = channel.client.read()
        #expect(channel.client.refusal == "tlsv1 alert protocol version")
        #expect(channel.beginnings == [.failed(.version)])
        #expect(channel.isHalfClosed && channel.channel.isActive)
        channel.advance(2)
        #expect(!channel.channel.isActive)
    }

    @Test("of the protocols that a client offers HTTP/1.1 is taken, and a client that offers others alone is told so")
    func protocols() async throws {
        let both = try await channel(TestTLSClient(protocols: ["h2", "http/1.1"]))
        #expect(try both.shakeHands())
        let other = try await channel(TestTLSClient(protocols: ["h2"]))
        #expect(try !other.shakeHands())
        #expect(other.beginnings == [.failed(.application)])
    }

    @Test("a record that was changed ends its connection, and no other on the same thread")
    func tampered() async throws {
        let (hurt, healthy) = (try await channel(), try await channel())
        #expect(try hurt.shakeHands() && healthy.shakeHands())
        hurt.client.write(Array("question".utf8))
        var bytes = hurt.client.sent()
        bytes[bytes.count - 1] ^= 1
        try hurt.receive(bytes)
        #expect(hurt.received.isEmpty)
        #expect(hurt.events.first == "error")
        #expect(!hurt.channel.isActive)
        healthy.client.write(Array("question".utf8))
        try healthy.carry()
        #expect(healthy.received == Array("question".utf8))
    }

    @Test("keys are not agreed on anew, which costs a server more than a client")
    func renegotiation() async throws {
        let channel = try await channel(TestTLSClient(newest: TLS1_2_VERSION))
        #expect(try channel.shakeHands())
        channel.client.renegotiate()
        #expect(try !channel.shakeHands())
        #expect(channel.client.refusal == "no renegotiation")
        #expect(channel.beginnings == [.began(version: "TLSv1.2")] && channel.received.isEmpty)
    }
}
