// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPValues
internal import NIOCore
internal import NIOHTTP1

/// Holds one connection to ``HTTPLimits``: stands between the HTTP decoder and the server, and sends the answers.
///
/// A request over a limit of its head never reaches the server. One that is too slow is answered 408 where no answer
/// is under way, and its connection closes. A request that was answered before its body came (a body over the limit,
/// an unknown path) takes its connection with it, so that nobody has to read the rest. A client that asks whether it
/// may send its body is told so when the server begins to read it.
final class RequestGuard: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let limits: HTTPLimits
    private let room: ConnectionRoom
    private let onRefusal: @Sendable (HTTPRefusal, _ target: String?) -> Void
    var pace: RequestPace
    var context: ChannelHandlerContext?
    private var alarm: (task: Scheduled<Void>, at: NIODeadline)?
    /// Requests that the server has and has not answered.
    private var unanswered = 0
    private var target: String?
    /// Bytes of the first line of the head that is arriving, and whether they are all.
    private var requestLine = (bytes: 0, isWhole: false)
    /// Whether the client waits for leave to send the body of the request that is being received.
    private var awaitsContinue = false
    /// Whether the answer that is under way is the last one.
    var isRetired = false
    /// Whether a request was answered on it.
    private var hasAnswered = false
    /// Ends the answer that is under way in pieces.
    var endStream: (() -> Void)?
    /// Pieces of it that the system has not taken.
    var waitingPieces = 0

    init(
        _ limits: HTTPLimits,
        room: ConnectionRoom,
        onRefusal: @escaping @Sendable (HTTPRefusal, _ target: String?) -> Void
    ) {
        self.limits = limits
        self.room = room
        self.onRefusal = onRefusal
        pace = RequestPace(limits)
    }

    /// Hears of bytes before the decoder does, who tells of a head only when it is whole.
    ///
    /// - Parameter bytes: What arrived.
    /// - Returns: Whether the bytes still count.
    func receive(_ bytes: ByteBuffer) -> Bool {
        guard !pace.isLeaving, let context else { return false }
        if !pace.isReceiving {
            (requestLine, target) = ((0, false), nil)
            if unanswered == 0 { room.begins(self) }
        }
        pace.bytesArrived(at: context.eventLoop.now)
        if pace.isInHead, !requestLine.isWhole {
            let end = bytes.readableBytesView.firstIndex(of: UInt8(ascii: "\n"))
            requestLine.isWhole = end != nil
            requestLine.bytes += (end ?? bytes.writerIndex) - bytes.readerIndex
        }
        setAlarm(context)
        return true
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let mine = NIOLoopBound(self, eventLoop: context.eventLoop)
        let loop = context.eventLoop
        room.opened(
            self,
            close: { loop.execute { mine.value.makeRoom() } },
            retire: { loop.execute { mine.value.retire() } }
        )
        pace.heard(at: loop.now)
        setAlarm(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        room.closed(self)
        stopAlarm()
    }

    // MARK: From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !pace.isLeaving else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            if let refusal = head.refusal(limits) { return refuse(refusal, target: nil, context) }
            target = head.uri
            unanswered += 1
            awaitsContinue = head.expectsContinue
            pace.headEnded(at: context.eventLoop.now)
        case .body(let bytes):
            awaitsContinue = false
            pace.bodyArrived(bytes.readableBytes)
        case .end:
            awaitsContinue = false
            pace.requestEnded()
            room.works(self)
        }
        context.fireChannelRead(data)
        setAlarm(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard unanswered == 0 else {
            // The server must hear that a body ends too early, or it would take what it has for all of it.
            return context.fireErrorCaught(error)
        }
        guard !pace.isLeaving else { return }
        guard case HTTPParserError.headerOverflow = error else { return context.fireErrorCaught(error) }
        let allowed = "\(limits.headerFields) fields and \(limits.headerBytes) bytes"
        let refusal: HTTPRefusal =
            requestLine.bytes > limits.targetBytes
            ? .targetTooLong(limits) : .headersTooLarge("The head is too large", allowed: allowed)
        refuse(refusal, target: nil, context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        pace.answersWait(!context.channel.isWritable || waitingPieces > 0, at: context.eventLoop.now)
        setAlarm(context)
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopAlarm()
        context.fireChannelInactive()
    }

    // MARK: To the client

    /// Whether nothing that still comes is served.
    var isLeaving: Bool { pace.isLeaving }

    /// Writes the answer to the request that is the next to be answered; flushes only what is the last one.
    func send(_ reply: Reply, _ frame: AnswerFrame) {
        guard !pace.isLeaving, let context else { return }
        var frame = frame
        let comesEarly = answersTooEarly
        frame.isLast = frame.isLast || isRetired || comesEarly || room.isDeparting
        write(reply, frame, context)
        conclude(frame, comesEarly: comesEarly, context)
    }

    /// What follows the last byte of an answer.
    func conclude(_ frame: AnswerFrame, comesEarly: Bool, _ context: ChannelHandlerContext) {
        unanswered -= 1
        hasAnswered = true
        pace.heard(at: context.eventLoop.now)
        if frame.isLast {
            context.flush()
            // A client of HTTP/1.0 reads to the end. One that still sends is not cut off from the answer.
            if !comesEarly { context.close(mode: .output, promise: nil) }
            leave(context)
        } else if unanswered == 0 || answersTooEarly {
            room.waits(self)
        }
    }

    /// Tells the client that it may send the body, if it asked.
    func mayContinue() {
        guard awaitsContinue, answersTooEarly, let context else { return }
        awaitsContinue = false
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
    }

    /// Answers what cannot be read as a request, and ends the connection.
    func refuseUnreadable() {
        if let context { end(with: .empty(400), context) }
    }

    /// Ends the connection when the request that it has is answered; the first one of a new connection may be on its way still.
    private func retire() {
        guard let context, !pace.isLeaving else { return }
        isRetired = true
        endStream?()
        guard unanswered == 0 else { return }
        if hasAnswered && !pace.isReceiving { return context.close(promise: nil) }
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.lingerTime)) {
            if self.unanswered == 0, !self.pace.isLeaving { self.context?.close(promise: nil) }
        }
    }

    func write(_ reply: Reply, _ frame: AnswerFrame, _ context: ChannelHandlerContext) {
        var bytes = context.channel.allocator.buffer(capacity: 256 + reply.body.count)
        AnswerWriter.write(reply, frame, into: &bytes)
        context.write(wrapOutboundOut(bytes), promise: nil)
    }

    /// Whether the request that is answered next is still being received.
    private var answersTooEarly: Bool { unanswered == 1 && pace.isInBody }

    private func refuse(_ refusal: HTTPRefusal, target: String?, _ context: ChannelHandlerContext) {
        onRefusal(refusal, target)
        end(with: refusal.problem.reply(), context)
    }

    private func end(with reply: Reply, _ context: ChannelHandlerContext) {
        guard unanswered == 0 || answersTooEarly else { return context.close(promise: nil) }
        write(reply, AnswerFrame(isLast: true), context)
        context.flush()
        leave(context)
    }

    /// Waits for the client to read and go; an immediate end could take the answer with it.
    private func leave(_ context: ChannelHandlerContext) {
        pace.leave(at: context.eventLoop.now)
        setAlarm(context)
    }

    // MARK: The alarm

    /// Makes sure that the alarm rings in time.
    ///
    /// One that rings too early is set anew then: a request in time costs no alarm of its own.
    func setAlarm(_ context: ChannelHandlerContext) {
        guard let deadline = pace.deadline else { return }
        if let alarm, alarm.at <= deadline { return }
        alarm?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.ring(context) }
        alarm = (task, deadline)
    }

    private func stopAlarm() {
        alarm?.task.cancel()
        alarm = nil
    }

    private func ring(_ context: ChannelHandlerContext) {
        alarm = nil
        let now = context.eventLoop.now
        switch pace.overdue(at: now) {
        case nil: setAlarm(context)
        case .leaving: context.close(promise: nil)
        case .idle where unanswered > (pace.isInBody ? 1 : 0):
            pace.heard(at: now)
            setAlarm(context)
        case .idle: context.close(promise: nil)
        case .answer: giveUp(.answerUnread(limits), context)
        case .head where unanswered > 0, .body where unanswered > 1:
            // The client waits for us; we read no further until the answer before this one is out.
            pace.begin(at: now)
            setAlarm(context)
        case .head: refuse(.headTooSlow(limits), target: nil, context)
        case .body(let bytes): refuse(.bodyTooSlow(bytes, limits), target: target, context)
        }
    }

    /// Gives this connection's place to another, unless a request was completed meanwhile.
    private func makeRoom() {
        guard let context else { return room.makeRoom() }
        guard unanswered == 0 || answersTooEarly else { return room.makeRoom() }
        guard pace.isInHead || pace.isInBody else { return context.close(promise: nil) }
        giveUp(.crowdedOut(limits), context)
    }

    private func giveUp(_ refusal: HTTPRefusal, _ context: ChannelHandlerContext) {
        onRefusal(refusal, target)
        context.close(promise: nil)
    }
}
