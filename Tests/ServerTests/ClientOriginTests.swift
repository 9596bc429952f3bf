// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTypes
import HTTPValues
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import Testing

@testable import Server

@Suite("Who a client is")
struct ClientOriginTests {
    private static let proxies = AddressList(["10.0.0.0/8", "::1", "2001:db8:1::/48"].compactMap(AddressRange.init))

    struct Row: Sendable, CustomTestStringConvertible {
        let peer: String
        let fields: [(String, String)]
        let client: String
        var isSecure = false

        var testDescription: String { "\(peer) \(fields)" }
    }

    private static let rows = [
        Row(peer: "192.0.2.9", fields: [], client: "192.0.2.9"),
        // Whoever is not trusted says what it likes.
        Row(
            peer: "192.0.2.9",
            fields: [("X-Forwarded-For", "198.51.100.7"), ("X-Forwarded-Proto", "https")],
            client: "192.0.2.9"
        ),
        Row(peer: "10.0.0.1", fields: [("X-Forwarded-For", "198.51.100.7")], client: "198.51.100.7"),
        // What the client wrote itself stands before what the proxy added.
        Row(peer: "10.0.0.1", fields: [("X-Forwarded-For", "127.0.0.1, 198.51.100.7")], client: "198.51.100.7"),
        Row(
            peer: "10.0.0.1",
            fields: [("X-Forwarded-For", "203.0.113.5,198.51.100.7, 10.2.3.4")],
            client: "198.51.100.7"
        ),
        // As several lines, each of a proxy.
        Row(
            peer: "::1",
            fields: [
                ("X-Forwarded-For", "203.0.113.5"), ("X-Forwarded-For", "198.51.100.7"),
                ("X-Forwarded-For", "10.1.1.1"),
            ],
            client: "198.51.100.7"
        ),
        Row(peer: "::ffff:10.0.0.1", fields: [("X-Forwarded-For", "::ffff:198.51.100.7")], client: "198.51.100.7"),
        Row(peer: "2001:db8:1::7", fields: [("X-Forwarded-For", "[2001:db8:2::1]:443")], client: "2001:db8:2::1"),
        Row(peer: "10.0.0.1", fields: [("X-Forwarded-For", "198.51.100.7:51234")], client: "198.51.100.7"),
        // All are trusted: the first of them is the client.
        Row(peer: "10.0.0.1", fields: [("X-Forwarded-For", "10.0.0.3, 10.0.0.2")], client: "10.0.0.3"),
        // What is no address ends what can be known.
        Row(peer: "10.0.0.1", fields: [("X-Forwarded-For", "198.51.100.7, unknown, 10.0.0.2")], client: "10.0.0.2"),
        Row(peer: "10.0.0.1", fields: [("X-Forwarded-For", "")], client: "10.0.0.1"),
        Row(peer: "10.0.0.1", fields: [("X-Forwarded-Proto", "HTTPS")], client: "10.0.0.1", isSecure: true),
        Row(peer: "10.0.0.1", fields: [("X-Forwarded-Proto", "https, http")], client: "10.0.0.1"),
    ]

    @Test("is what those say that are trusted, from the last one on", arguments: rows)
    func client(_ row: Row) {
        let origin = ClientOrigin(proxies: Self.proxies)
        origin.named(ClientAddress(row.peer))
        let fields = row.fields.compactMap { name, value in
            HTTPField.Name(name).map { HTTPField(name: $0, value: value) }
        }
        let found = origin.client(HTTPFields(fields))
        #expect(found.address == ClientAddress(row.client))
        #expect(found.isSecure == row.isSecure)
    }

    @Test("TLS of our own is HTTPS, unless a trusted proxy says that its client spoke none")
    func own() throws {
        let origin = ClientOrigin(proxies: Self.proxies, speaksTLS: true)
        origin.named(ClientAddress("10.0.0.1"))
        #expect(origin.client([:]).isSecure)
        let name = try #require(HTTPField.Name("X-Forwarded-Proto"))
        #expect(!origin.client([name: "http"]).isSecure)
    }
}

@Suite("A header of the PROXY protocol")
struct ProxyHeaderTests {
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    struct Row: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let expected: ProxyHeader
        var testDescription: String { String(decoding: bytes.prefix(60), as: UTF8.self) }

        init(_ text: String, _ expected: ProxyHeader) { self.init(Array(text.utf8), expected) }

        init(_ bytes: [UInt8], _ expected: ProxyHeader) { (self.bytes, self.expected) = (bytes, expected) }
    }

    private static func version2(_ command: UInt8, _ family: UInt8, _ rest: [UInt8], length: Int? = nil) -> [UInt8] {
        let length = length ?? rest.count
        return signature + [0x20 | command, family, UInt8(length >> 8), UInt8(length & 0xFF)] + rest
    }

    private static let four: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0xC8, 0x22, 0x01, 0xBB]
    private static let six: [UInt8] =
        [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7] + [UInt8](repeating: 9, count: 20)

    private static let rows = [
        Row("PROXY TCP4 192.0.2.1 192.0.2.2 51234 443\r\nGET /", .whole(ClientAddress("192.0.2.1"), length: 42)),
        Row("PROXY TCP6 2001:db8::7 ::1 51234 443\r\n", .whole(ClientAddress("2001:db8::7"), length: 38)),
        Row("PROXY UNKNOWN\r\n", .whole(nil, length: 15)),
        Row("PROXY UNKNOWN ff::1 ff::2 1 2\r\nmore", .whole(nil, length: 31)),
        Row("", .unfinished), Row("P", .unfinished), Row("PROXY TCP4 192.0.2.1 192.0", .unfinished),
        Row("PROXY TCP4 192.0.2.1 192.0.2.2 51234 443\r", .unfinished),
        Row("PROXX", .malformed), Row("GET / HTTP/1.1\r\n", .malformed), Row([0x16, 3, 1], .malformed),
        Row("PROXY TCP4 2001:db8::7 ::1 51234 443\r\n", .malformed),
        Row("PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n", .malformed),
        Row("PROXY TCP4 192.0.2.1\r\n", .malformed), Row("PROXY \r\n", .malformed),
        Row("PROXY " + String(repeating: "x", count: 101), .malformed),
        Row(version2(1, 0x11, four), .whole(ClientAddress("192.0.2.1"), length: 28)),
        Row(version2(1, 0x11, four + [3, 0, 4, 1, 2, 3, 4]) + [0x16], .whole(ClientAddress("192.0.2.1"), length: 35)),
        Row(version2(1, 0x21, six), .whole(ClientAddress("2001:db8::7"), length: 52)),
        Row(version2(0, 0, []), .whole(nil, length: 16)), Row(version2(1, 0x31, [1, 2]), .whole(nil, length: 18)),
        Row(Array(version2(1, 0x11, four).dropLast()), .unfinished), Row(signature, .unfinished),
        Row([0x0D], .unfinished),
        Row(version2(1, 0x11, Array(four.dropLast())), .malformed), Row(version2(2, 0x11, four), .malformed),
        Row(version2(1, 0x41, four), .malformed), Row(version2(1, 0x11, four, length: 521), .malformed),
        Row(signature + [0x11, 0x11, 0, 12] + four, .malformed),
    ]

    @Test("is read to its end and not beyond, in both versions", arguments: rows)
    func read(_ row: Row) {
        #expect(ProxyHeader(row.bytes) == row.expected)
    }
}

@Suite("A connection that a proxy makes")
struct ProxyGateTests {
    /// Remembers what comes through the gate.
    private final class Behind: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var text = ""

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
        }
    }

    private final class Connection {
        let channel = EmbeddedChannel()
        let origin: ClientOrigin
        private let behind = Behind()
        private let told = NIOLockedValueBox<[ProxyFailure]>([])

        init(from address: String = "10.0.0.1") throws {
            origin = ClientOrigin(proxies: AddressList(["10.0.0.0/8"].compactMap(AddressRange.init)))
            let gate = ProxyGate(origin, headerTime: .seconds(10)) { [told] failure in
                told.withLockedValue { $0.append(failure) }
            }
            try channel.pipeline.syncOperations.addHandlers([gate, behind])
            try channel.connect(to: SocketAddress(ipAddress: address, port: 1)).wait()
        }

        var received: String { behind.text }
        var failures: [ProxyFailure] { told.withLockedValue { $0 } }

        func receive(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }
    }

    @Test("hands on what follows the header, in whatever pieces it comes, and knows the client")
    func pieces() throws {
        let text = "PROXY TCP4 192.0.2.1 192.0.2.2 51234 443\r\nGET / HTTP/1.1\r\n"
        for size in [1, 7, 1_000] {
            let connection = try Connection()
            var rest = text[...]
            while !rest.isEmpty {
                try connection.receive(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(connection.received == "GET / HTTP/1.1\r\n")
            #expect(connection.origin.address == ClientAddress("192.0.2.1"))
            #expect(connection.failures.isEmpty && connection.channel.isActive)
        }
    }

    @Test("is refused when it comes from elsewhere, whatever it says")
    func untrusted() throws {
        let connection = try Connection(from: "192.0.2.9")
        #expect(!connection.channel.isActive)
        #expect(connection.failures == [.untrusted])
    }

    @Test("is refused without its header")
    func bare() throws {
        let connection = try Connection()
        try connection.receive("GET / HTTP/1.1\r\n")
        #expect(!connection.channel.isActive && connection.received.isEmpty)
        #expect(connection.failures == [.malformed])
    }

    @Test("ends after ten seconds without a whole header, and is counted where a part of it came")
    func slow() throws {
        let (silent, slow) = (try Connection(), try Connection())
        for byte in "PROXY TCP4".map(String.init) {
            #expect(silent.channel.isActive && slow.channel.isActive)
            try slow.receive(byte)
            silent.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            slow.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        }
        #expect(!silent.channel.isActive && !slow.channel.isActive)
        #expect(silent.failures.isEmpty && slow.failures == [.tooSlow])
    }

    @Test("that is reset in the middle of its header is counted, and one of which nothing came is not")
    func reset() throws {
        let (begun, silent) = (try Connection(), try Connection())
        try begun.receive("PROXY TCP4 ")
        for connection in [begun, silent] {
            connection.channel.pipeline.fireErrorCaught(IOError(errnoCode: ECONNRESET, reason: "read"))
            #expect(!connection.channel.isActive)
        }
        #expect(begun.failures == [.cutOff] && silent.failures.isEmpty)
    }

    @Test("that ends in the middle of its header is gone")
    func cut() throws {
        let connection = try Connection()
        try connection.receive("PROXY TCP4 ")
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!connection.channel.isActive)
        #expect(connection.failures == [.cutOff])
    }
}
