// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// Ends our side of a connection after the answer to a request that is the last one on it: one of HTTP/1.0 without
/// `keep-alive`, or one that says `close` in any spelling.
///
/// Hummingbird itself ends only after `Connection: close` in lower case; a client of HTTP/1.0 that reads to the end
/// would wait for the idle timeout.
final class LastAnswerHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var isLast = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) { isLast = isLast || !head.isKeepAlive }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isLast else { return context.write(data, promise: promise) }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            head.headers.replaceOrAdd(name: "Connection", value: "close")
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            context.writeAndFlush(data, promise: promise)
            context.close(mode: .output, promise: nil)
        case .head, .body: context.write(data, promise: promise)
        }
    }
}

/// Puts a ``LastAnswerHandler`` where a request's version is still known: Hummingbird adds handlers of ours only
/// behind its translation to types that have none.
final class LastAnswerInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(LastAnswerHandler(), position: .after(decoder))
        } catch {
            context.fireErrorCaught(error)
        }
    }
}
