// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import HTTPValues
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import Server

/// A connection without a socket and with a clock of its own, guarded like those of a listener.
///
/// What stands behind the guard only remembers what reaches it; a test answers in its place.
final class GuardedChannel {
    let channel = EmbeddedChannel()
    private let server = Server()
    private let requests: RequestGuard
    let room: ConnectionRoom
    private let told = NIOLockedValueBox<[(HTTPRefusal, String?)]>([])

    private final class Server: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        var parts: [String] = []
        var errors: [String] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): parts.append("\(head.method) \(head.uri.prefix(20))")
            case .body(let bytes): parts.append("\(bytes.readableBytes) bytes")
            case .end: parts.append("end")
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            errors.append("\(error)")
        }
    }

    init(_ limits: HTTPLimits = HTTPLimits(), departing: Bool = false) throws {
        room = ConnectionRoom(departing: NIOLockedValueBox(departing))
        let told = told
        requests = RequestGuard(limits, room: room) { refusal, target in
            told.withLockedValue { $0.append((refusal, target)) }
        }
        try requests.install(limits, before: server, in: channel.pipeline.syncOperations)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// What reached the server.
    var served: [String] { server.parts }
    /// The errors that reached it.
    var errors: [String] { server.errors }
    /// What the listener was told, with the targets.
    var refusals: [String] { told.withLockedValue { $0.map { "\($0.0.code.rawValue) \($0.1 ?? "-")" } } }
    /// The reasons of the same.
    var reasons: [String] { told.withLockedValue { $0.map(\.0.reason) } }

    func receive(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
    }

    /// What a listener does that stops.
    func retire() {
        room.retire()
        channel.embeddedEventLoop.run()
    }

    func advance(_ seconds: Int64) {
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
    }

    /// Begins to read a body as a server would.
    func wantBody() {
        requests.mayContinue()
    }

    /// Answers as a server would.
    func answer(_ status: Int = 200) {
        requests.send(.empty(status), AnswerFrame())
        channel.flush()
    }

    /// Everything that was sent since it was last asked for, but for dates.
    func sent() throws -> String {
        var text = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        let lineBreak: Character = "\r\n"
        return text.split(separator: lineBreak, omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("date: ") }
            .joined(separator: "\r\n")
    }
}
