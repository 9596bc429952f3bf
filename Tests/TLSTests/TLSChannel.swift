// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import TestSupport

@testable import TLS

/// A connection without a socket and with a clock of its own that speaks TLS as those of a listener do, and a client for it.
///
/// What stands behind TLS only remembers what reaches it; a test answers in its place.
final class TLSChannel {
    private final class Server: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var received: [UInt8] = []
        var events: [String] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += Array(buffer: unwrapInboundIn(data))
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            events.append("\(event)")
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            events.append("error")
        }

        func channelInactive(context: ChannelHandlerContext) {
            events.append("inactive")
        }
    }

    /// In the place of a socket, of which one side can be closed alone.
    private final class Socket: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var isHalfClosed = false

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            guard mode == .output else { return context.close(mode: mode, promise: promise) }
            isHalfClosed = true
            promise?.succeed()
        }
    }

    let channel = EmbeddedChannel()
    let client: TestTLSClient
    private let socket = Socket()
    private let server = Server()
    private let told = NIOLockedValueBox<[TLSBeginning]>([])

    /// An identity for tests, made once.
    static func identity(name: String = "hooks.example", kind: [String]? = nil) async throws -> TLSIdentity {
        try await withTemporaryFolder { folder in
            let made = try await TestCertificate.make(
                in: folder,
                name: name,
                kind: kind ?? ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            )
            return try TLSFiles(certificate: made.certificate.path, key: made.key.path).identity { path in
                FileManager.default.contents(atPath: path).map { Array($0) }
            }
        }
    }

    init(_ identity: @escaping @Sendable () -> TLSIdentity, client: TestTLSClient = TestTLSClient()) throws {
        self.client = client
        let told = told
        let door = TLSDoor(identity: identity) { beginning in told.withLockedValue { $0.append(beginning) } }
        try channel.pipeline.syncOperations.addHandler(socket)
        try door.install(handshakeTime: .seconds(10), lingerTime: .seconds(2), in: channel.pipeline.syncOperations)
        try channel.pipeline.syncOperations.addHandler(server)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// Whether each answer left of those of which that is known.
    let written = NIOLockedValueBox<[Bool]>([])

    /// How the connection began, as the listener was told.
    var beginnings: [TLSBeginning] { told.withLockedValue { $0 } }
    /// Whether nothing more leaves.
    var isHalfClosed: Bool { socket.isHalfClosed }
    /// What reached the server.
    var received: [UInt8] { server.received }
    /// What else reached it.
    var events: [String] { server.events }

    func receive(_ bytes: [UInt8]) throws {
        try channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    /// Everything that was sent since it was last asked for.
    func sent() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += Array(buffer: buffer) }
        return bytes
    }

    /// Brings what both have to say to the other, so many bytes at a time.
    func carry(pieces: Int = .max) throws {
        var rest = client.sent()[...]
        while !rest.isEmpty {
            try receive(Array(rest.prefix(pieces)))
            rest = rest.dropFirst(pieces)
        }
        client.receive(try sent())
    }

    /// Has both come to an agreement.
    ///
    /// - Returns: Whether they did.
    func shakeHands(pieces: Int = .max) throws -> Bool {
        for _ in 0..<4 {
            let isOver = client.handshake()
            try carry(pieces: pieces)
            if isOver { return true }
        }
        return false
    }

    /// Answers as a server would; ``written`` tells what became of it.
    func write(_ bytes: [UInt8]) {
        let written = written
        channel.write(ByteBuffer(bytes: bytes)).whenComplete { result in
            written.withLockedValue { $0.append((try? result.get()) != nil) }
        }
    }

    func advance(_ seconds: Int64) {
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
    }
}
