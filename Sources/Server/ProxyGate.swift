// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import HTTPValues
internal import NIOCore

/// Why a connection through a proxy did not come about; the raw values are what metrics say.
package enum ProxyFailure: String, Hashable, Sendable, CaseIterable {
    /// Who connected is none of the proxies that are trusted.
    case untrusted
    /// What came first is no header of the PROXY protocol.
    case malformed
    /// It ended in the middle of the header.
    case cutOff = "cut_off"
    /// The header took too long.
    case tooSlow = "too_slow"
}

/// What a listener is told of proxies before it.
package struct ProxyDoor: Sendable {
    /// Those whose word on who a client is counts.
    package let trusted: AddressList
    /// Whether each connection begins with a header of the PROXY protocol.
    package let takesHeader: Bool
    /// Hears of connections that did not come about.
    let onFailure: @Sendable (ProxyFailure) -> Void

    /// A door; by itself one for clients who come alone.
    ///
    /// - Parameters:
    ///   - trusted: Those whose word on who a client is counts.
    ///   - takesHeader: Whether each connection begins with a header of the PROXY protocol.
    ///   - onFailure: Hears of connections that did not come about; called on their event loop.
    package init(
        trusted: AddressList = AddressList(),
        takesHeader: Bool = false,
        onFailure: @escaping @Sendable (ProxyFailure) -> Void = { _ in }
    ) {
        self.trusted = trusted
        self.takesHeader = takesHeader
        self.onFailure = onFailure
    }

    /// Puts the gate into a connection, behind what is in it, where there is to be one.
    func install(_ origin: ClientOrigin, _ limits: HTTPLimits, in pipeline: ChannelPipeline.SynchronousOperations)
        throws
    {
        guard takesHeader else { return }
        try pipeline.addHandler(ProxyGate(origin, headerTime: TimeAmount(limits.headTime), onFailure: onFailure))
    }
}

/// Stands first in a connection that a proxy makes, and learns from the PROXY protocol for whom.
///
/// The header has to come, and from trusted addresses alone: who could leave it out could as well invent it.
final class ProxyGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let origin: ClientOrigin
    private let headerTime: TimeAmount
    private let onFailure: @Sendable (ProxyFailure) -> Void
    private var alarm: Scheduled<Void>?
    /// What has come of the header.
    private var received = ByteBuffer()
    private var isOpen = false
    private var isClosed = false

    init(_ origin: ClientOrigin, headerTime: TimeAmount, onFailure: @escaping @Sendable (ProxyFailure) -> Void) {
        self.origin = origin
        self.headerTime = headerTime
        self.onFailure = onFailure
    }

    func handlerAdded(context: ChannelHandlerContext) {
        alarm = context.eventLoop.assumeIsolated().scheduleTask(in: headerTime) { self.fail(.tooSlow, context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
    }

    func channelActive(context: ChannelHandlerContext) {
        origin.connected(context.channel)
        context.fireChannelActive()
        if !origin.isTrusted { fail(.untrusted, context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOpen else { return context.fireChannelRead(data) }
        guard !isClosed else { return }
        received.writeImmutableBuffer(unwrapInboundIn(data))
        switch ProxyHeader(received.readableBytesView) {
        case .unfinished: break
        case .malformed: fail(.malformed, context)
        case .whole(let client, let length):
            isOpen = true
            alarm?.cancel()
            if let client { origin.named(client) }
            received.moveReaderIndex(forwardBy: length)
            let rest = received
            received = ByteBuffer()
            if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard !isOpen, let closed = event as? ChannelEvent, closed == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        fail(.cutOff, context)
    }

    /// Until it is open nobody behind it has begun, and a reset is an end like any other.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isOpen else { return context.fireErrorCaught(error) }
        fail(.cutOff, context)
    }

    /// Closes; a connection of which nothing came is a probe, and no failure.
    private func fail(_ failure: ProxyFailure, _ context: ChannelHandlerContext) {
        guard !isOpen, !isClosed else { return }
        isClosed = true
        if failure == .untrusted || received.readableBytes > 0 { onFailure(failure) }
        context.close(promise: nil)
    }
}
