// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import NIOPosix

/// The least of a partner: takes every message, with 201 and an id of its own, and has no templates.
struct PartnerStub {
    /// Where it listens on this machine.
    let port: Int
    /// The messages that came.
    let arrivals: Tally

    /// Listens on a free port until its thread ends.
    ///
    /// - Parameter loop: The partner's thread.
    /// - Returns: The stub.
    /// - Throws: What binding throws.
    static func start(on loop: any EventLoop) async throws -> PartnerStub {
        let arrivals = Tally("messages to the partner")
        let channel = try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try channel.pipeline.syncOperations.addHandler(PartnerConnection(arrivals: arrivals))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        guard let port = channel.localAddress?.port else { throw BenchmarkError("the partner stub has no port") }
        return PartnerStub(port: port, arrivals: arrivals)
    }
}

private final class PartnerConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let arrivals: Tally
    /// Whether the request is a message, and no question for templates, which the service repeats while nobody answers it.
    private var isMessage = false

    init(arrivals: Tally) {
        self.arrivals = arrivals
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): isMessage = head.method == .POST
        case .body: break
        case .end:
            guard isMessage else { return answer(.notFound, #"{"success":false}"#, context) }
            let id = "msg_\(UInt64.random(in: .min ... .max))"
            answer(.created, #"{"success":true,"data":{"id":"\#(id)","status":"ACCEPTED"}}"#, context)
            arrivals.add()
        }
    }

    private func answer(_ status: HTTPResponseStatus, _ text: String, _ context: ChannelHandlerContext) {
        let body = ByteBuffer(string: text)
        let headers: HTTPHeaders = ["Content-Type": "application/json", "Content-Length": "\(body.readableBytes)"]
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
