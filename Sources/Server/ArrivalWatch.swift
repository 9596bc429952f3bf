// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPValues
internal import NIOCore
internal import NIOHTTP1

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

extension RequestGuard {
    /// Puts the guard into a connection: around the HTTP decoder, and in front of what serves the requests.
    ///
    /// - Throws: What the pipeline throws; a connection without its guard must not be served.
    func install(
        _ limits: HTTPLimits,
        before server: some ChannelInboundHandler,
        in pipeline: ChannelPipeline.SynchronousOperations
    ) throws {
        let decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes,
            limitConfiguration: Self.decoderLimits(limits)
        )
        try pipeline.addHandler(ArrivalWatch(self))
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(self)
        try pipeline.addHandler(server)
    }

    /// The decoder's own limits, which only bound its memory: within them the guard can say what is too large.
    private static func decoderLimits(_ limits: HTTPLimits) -> NIOHTTPDecoderLimitConfiguration {
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderFieldSize = 2 * max(limits.headerFieldBytes, limits.targetBytes)
        decoder.maxHeaderListSize = 2 * (limits.headerBytes + limits.targetBytes)
        decoder.maxHeaderFieldCount = 2 * limits.headerFields
        return decoder
    }
}
