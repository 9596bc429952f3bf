// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// The place of TLS in a connection: between the socket and whoever reads HTTP, who need not know of it.
///
/// What is written before a flush becomes as few records as it can. A handshake that takes too long, fails or is none ends
/// the connection after the client was told why, as far as there is a way to tell it. What waits in it is bounded by what
/// one read of the socket brings, and nothing is read while the client leaves answers unread: reads are the server's to ask for.
final class TLSHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Nothing has come.
        case silent
        case handshaking
        case open
        /// Our side is closed: what still comes is read, for the client may have asked before it heard of it.
        case closing
        /// The connection is given up; what still comes is dropped.
        case leaving
    }

    private let identity: @Sendable () -> TLSIdentity
    private let handshakeTime: TimeAmount
    private let lingerTime: TimeAmount
    private let onBeginning: @Sendable (TLSBeginning) -> Void
    private var phase = Phase.silent
    /// From the first byte of a handshake on: a connection that says nothing costs no more than one of plain HTTP.
    private var session: TLSSession?
    private var alarm: Scheduled<Void>?
    /// Whether the client sends nothing more, and everybody knows.
    private var hasEnded = false
    /// What was written since the last flush.
    private var pending = ByteBuffer()
    /// Hears of all of it; whoever else does is told by it.
    private var promise: EventLoopPromise<Void>?

    init(
        _ identity: @escaping @Sendable () -> TLSIdentity,
        handshakeTime: TimeAmount,
        lingerTime: TimeAmount,
        onBeginning: @escaping @Sendable (TLSBeginning) -> Void
    ) {
        self.identity = identity
        self.handshakeTime = handshakeTime
        self.lingerTime = lingerTime
        self.onBeginning = onBeginning
    }

    func handlerAdded(context: ChannelHandlerContext) {
        alarm = context.eventLoop.assumeIsolated().scheduleTask(in: handshakeTime) {
            self.giveUp(.tooSlow, context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
        alarm = nil
        promise?.fail(ChannelError.ioOnClosedChannel)
        (pending, promise) = (ByteBuffer(), nil)
    }

    // MARK: From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if case .silent = phase {
            phase = .handshaking
            if let first = bytes.readableBytesView.first, first != TLSRecord.handshake {
                return refuseStranger(first, context)
            }
            session = TLSSession(identity())
        }
        guard !isLeaving, !hasEnded else { return }
        // There is no memory for one.
        guard let session else { return giveUp(.dropped, context) }
        var plain = ByteBuffer()
        if !isShakingHands { plain.reserveCapacity(bytes.readableBytes + TLSSession.leastRoom) }
        var progress = TLSSession.Progress.waits
        while bytes.readableBytes > 0, progress == .waits {
            progress = session.receive(&bytes) ? advance(session, &plain, context) : .failed(.broken)
        }
        sendOwn(context)
        if plain.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(plain)) }
        conclude(progress, context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        switch phase {
        case .silent, .leaving: context.close(promise: nil)
        case .handshaking: giveUp(.cutOff, context)
        case .open, .closing: endInput(context)
        }
    }

    /// A client that resets a handshake has gone in the middle of it, which whoever stands behind need not hear of.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard isShakingHands else { return context.fireErrorCaught(error) }
        giveUp(.cutOff, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isShakingHands { told(.failed(.cutOff)) }
        phase = .leaving
        context.fireChannelInactive()
    }

    /// Does what the bytes that have come make possible.
    private func advance(
        _ session: TLSSession,
        _ plain: inout ByteBuffer,
        _ context: ChannelHandlerContext
    ) -> TLSSession.Progress {
        if isShakingHands {
            let progress = session.handshake()
            guard progress == .done else { return progress }
            phase = .open
            told(.began(version: session.version))
            seal(context)
        }
        return session.read(into: &plain)
    }

    private func conclude(_ progress: TLSSession.Progress, _ context: ChannelHandlerContext) {
        switch progress {
        case .waits, .done: break
        case .ended: endInput(context)
        case .failed(let failure): giveUp(failure, context)
        }
    }

    /// Without the client's word that it ends, a body that is cut is one still: HTTP knows where each of them ends.
    private func endInput(_ context: ChannelHandlerContext) {
        guard !hasEnded else { return }
        hasEnded = true
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    private var isShakingHands: Bool { if case .handshaking = phase { true } else { false } }

    private var isLeaving: Bool { if case .leaving = phase { true } else { false } }

    // MARK: To the client

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch phase {
        case .silent, .handshaking, .open: hold(unwrapOutboundIn(data), promise)
        case .closing, .leaving: promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    func flush(context: ChannelHandlerContext) {
        if case .open = phase { seal(context) }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch (phase, mode) {
        case (_, .input), (.leaving, _): context.close(mode: mode, promise: promise)
        case (.silent, _), (.handshaking, _):
            if isShakingHands { told(.failed(.dropped)) }
            phase = .leaving
            context.close(promise: promise)
        case (.open, _):
            phase = .closing
            session?.end()
            sendOwn(context)
            context.close(mode: mode, promise: promise)
        case (.closing, _): context.close(mode: mode, promise: promise)
        }
    }

    private func hold(_ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
        // The first is taken as it is: an answer is one piece, mostly.
        if pending.readableBytes == 0 { pending = bytes } else { pending.writeImmutableBuffer(bytes) }
        guard let promise else { return }
        if let first = self.promise { first.futureResult.cascade(to: promise) } else { self.promise = promise }
    }

    /// Sends what was written.
    private func seal(_ context: ChannelHandlerContext) {
        guard let session, pending.readableBytes > 0 || promise != nil else { return }
        let (plain, promise) = (pending, promise)
        (pending, self.promise) = (ByteBuffer(), nil)
        let records = plain.readableBytes / TLSSession.pieceBytes + 1
        var sealed = context.channel.allocator.buffer(capacity: plain.readableBytes + records * TLSRecord.overhead)
        guard session.write(plain, into: &sealed) else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return giveUp(.broken, context)
        }
        context.writeAndFlush(wrapOutboundOut(sealed), promise: promise)
    }

    /// Sends what TLS itself has to say.
    private func sendOwn(_ context: ChannelHandlerContext) {
        var sealed = ByteBuffer()
        session?.takeUnsent(into: &sealed)
        if sealed.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(sealed), promise: nil) }
    }

    // MARK: The end of those that are given up

    /// Ends a connection that is no use; what TLS has to say of it was said.
    private func giveUp(_ failure: TLSFailure, _ context: ChannelHandlerContext) {
        switch phase {
        case .leaving: return
        case .silent: return leave(context, closing: .all)
        case .handshaking: told(.failed(failure))
        case .open, .closing:
            // Whoever waits for the rest of a body has to hear that it does not come.
            phase = .leaving
            context.fireErrorCaught(ChannelError.inputClosed)
            return context.close(promise: nil)
        }
        leave(context, closing: failure == .cutOff || failure == .tooSlow ? .all : .output)
    }

    private func refuseStranger(_ first: UInt8, _ context: ChannelHandlerContext) {
        let isHTTP = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first)
        told(.failed(isHTTP ? .plainHTTP : .notTLS))
        if isHTTP { context.writeAndFlush(wrapOutboundOut(TLSRecord.answerToPlainHTTP), promise: nil) }
        leave(context, closing: isHTTP ? .output : .all)
    }

    /// Closes one side or both; a client that still sends is not cut off from what it is told.
    private func leave(_ context: ChannelHandlerContext, closing mode: CloseMode) {
        phase = .leaving
        alarm?.cancel()
        context.close(mode: mode, promise: nil)
        guard mode == .output else { return }
        alarm = context.eventLoop.assumeIsolated().scheduleTask(in: lingerTime) { context.close(promise: nil) }
    }

    private func told(_ beginning: TLSBeginning) {
        alarm?.cancel()
        alarm = nil
        onBeginning(beginning)
    }
}

/// What is known of TLS's records without OpenSSL.
enum TLSRecord {
    /// The first byte of everything that begins TLS.
    static let handshake: UInt8 = 0x16
    /// What a record takes beside its bytes, at most.
    static let overhead = 256

    /// For whoever forgot the `s` of `https`.
    static let answerToPlainHTTP: ByteBuffer = {
        let body = "This port speaks HTTPS: begin the address with https://\n"
        let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
        return ByteBuffer(string: "\(head)content-length: \(body.utf8.count)\r\n\r\n\(body)")
    }()
}
