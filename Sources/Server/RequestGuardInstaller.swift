// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// Puts a ``RequestGuard`` where Hummingbird has no place for handlers: around the HTTP decoder.
///
/// It stays in the pipeline and does nothing there.
final class RequestGuardInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let limits: HTTPLimits
    private let room: ConnectionRoom
    private let onRefusal: @Sendable (HTTPRefusal, _ target: String?) -> Void

    init(
        _ limits: HTTPLimits,
        room: ConnectionRoom,
        onRefusal: @escaping @Sendable (HTTPRefusal, _ target: String?) -> Void
    ) {
        self.limits = limits
        self.room = room
        self.onRefusal = onRefusal
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let requests = RequestGuard(limits, room: room, onRefusal: onRefusal)
            try pipeline.addHandler(requests, position: .after(decoder))
            try pipeline.addHandler(ArrivalWatch(requests), position: .before(decoder))
        } catch {
            // A connection without its guard must not be served.
            context.close(promise: nil)
        }
    }
}

/// Tells a ``RequestGuard`` of bytes before the decoder has them, and stops those that no longer count.
final class ArrivalWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let requests: RequestGuard

    init(_ requests: RequestGuard) {
        self.requests = requests
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard requests.receive(unwrapInboundIn(data)) else { return }
        context.fireChannelRead(data)
    }
}
