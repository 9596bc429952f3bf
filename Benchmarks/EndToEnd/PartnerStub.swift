// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import NIOPosix

/// The least of a partner: answers every request with 201 and an id of its own.
struct PartnerStub {
    /// Where it listens on this machine.
    let port: Int
    /// The requests that came.
    let arrivals: Tally

    /// Listens on a free port until its thread ends.
    ///
    /// - Parameter loop: The partner's thread.
    /// - Returns: The stub.
    /// - Throws: What binding throws.
    static func start(on loop: any EventLoop) async throws -> PartnerStub {
        let arrivals = Tally("requests to the partner")
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

    init(arrivals: Tally) {
        self.arrivals = arrivals
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let id = "msg_\(UInt64.random(in: .min ... .max))"
        let body = ByteBuffer(string: #"{"success":true,"data":{"id":"\#(id)","status":"ACCEPTED"}}"#)
        let headers: HTTPHeaders = ["Content-Type": "application/json", "Content-Length": "\(body.readableBytes)"]
        let head = HTTPResponseHead(version: .http1_1, status: .created, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        arrivals.add()
    }
}
