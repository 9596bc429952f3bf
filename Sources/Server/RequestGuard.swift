// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import Webhooks

/// Holds one connection to ``HTTPLimits``: stands between the HTTP decoder and everything else.
///
/// A request over a limit of its head never reaches the server. One that is too slow is answered 408 where no answer
/// is under way, and its connection closes. A request that was answered before its body came (a body over the limit,
/// an unknown path) takes its connection with it, so that nobody has to read the rest. A client that asks whether it
/// may send its body is told so when the server begins to read it.
final class RequestGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let limits: HTTPLimits
    private let room: ConnectionRoom
    private let onRefusal: @Sendable (HTTPRefusal, _ target: String?) -> Void
    private var pace: RequestPace
    private var context: ChannelHandlerContext?
    private var alarm: (task: Scheduled<Void>, at: NIODeadline)?
    /// Requests that the server has and has not answered.
    private var unanswered = 0
    private var target: String?
    /// Bytes of the first line of the head that is arriving, and whether they are all.
    private var requestLine = (bytes: 0, isWhole: false)
    /// Whether the client waits for leave to send the body of the request that is being received.
    private var awaitsContinue = false

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
        room.opened(self) { [loop = context.eventLoop] in loop.execute { mine.value.makeRoom() } }
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
        pace.answersWait(!context.channel.isWritable, at: context.eventLoop.now)
        setAlarm(context)
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopAlarm()
        context.fireChannelInactive()
    }

    // MARK: To the client

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !pace.isLeaving else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head) where answersTooEarly && !(100..<200).contains(head.status.code):
            head.headers.replaceOrAdd(name: "connection", value: "close")
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            let leaves = answersTooEarly
            unanswered -= 1
            context.write(data, promise: promise)
            if leaves {
                context.flush()
                leave(context)
            } else if unanswered == 0 || answersTooEarly {
                room.waits(self)
            }
        case .head, .body: context.write(data, promise: promise)
        }
    }

    /// Tells the client that it may send the body, once the server wants it.
    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if awaitsContinue, answersTooEarly {
            awaitsContinue = false
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
        promise?.succeed()
    }

    /// Whether the request that is answered next is still being received.
    private var answersTooEarly: Bool { unanswered == 1 && pace.isInBody }

    private func refuse(_ refusal: HTTPRefusal, target: String?, _ context: ChannelHandlerContext) {
        onRefusal(refusal, target)
        guard unanswered == 0 || answersTooEarly else { return context.close(promise: nil) }
        let reply = refusal.problem.reply()
        var headers = HTTPHeaders(reply.headers.map { ($0.name.rawName, $0.value) })
        headers.add(name: "content-length", value: String(reply.body.count))
        headers.add(name: "connection", value: "close")
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: reply.body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
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
    private func setAlarm(_ context: ChannelHandlerContext) {
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

/// The server begins to read the body of a request.
struct BodyWanted: Sendable {}
