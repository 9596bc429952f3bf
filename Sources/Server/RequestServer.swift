// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import HTTPValues
internal import NIOCore
internal import NIOHTTP1

/// Serves one connection: one request after the other, from its head to its answer, without a task for any.
///
/// What comes behind a request that is not answered yet waits, and then nothing more is read; neither is anything from
/// a client that does not read its answers. A body takes its part of
/// the ``BodyRoom`` from its first byte until its answer is known.
final class RequestServer: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// The next part is a head.
        case idle
        /// The body is wanted.
        case receiving
        /// The answer is known before the request has ended.
        case refusing(Reply)
        /// The request is whole, and the endpoint has it.
        case waiting
    }

    /// The request whose body is being received.
    private struct Incoming {
        let line: RequestLine
        let headers: HTTPHeaders
        let taker: any RequestTaker
        var body: BodyPieces
    }

    private let endpoint: any HTTPEndpoint
    private let origin: ClientOrigin
    private let limits: HTTPLimits
    private let room: BodyRoom
    let box: AnswerBox
    /// Sends the answers.
    let requests: RequestGuard
    var context: ChannelHandlerContext?
    var phase = Phase.idle
    private var incoming: Incoming?
    /// The bytes of body for which there is room.
    private var bodyBytes = 0
    var frame = AnswerFrame()
    private var reader = FieldReader()
    /// What came while a request was waiting.
    private var queue = CircularBuffer<HTTPServerRequestPart>()
    private var isReadPending = false
    /// Whether the endpoint is just being asked, so that its answer comes on this stack.
    private var isAsking = false
    /// Whether the client sends no more.
    var isEnded = false
    /// Makes the pieces of the answer that is under way.
    var stream: Task<Void, Never>?

    init(
        _ endpoint: any HTTPEndpoint,
        _ limits: HTTPLimits,
        room: BodyRoom,
        box: AnswerBox,
        requests: RequestGuard,
        origin: ClientOrigin
    ) {
        self.endpoint = endpoint
        self.origin = origin
        self.limits = limits
        self.room = room
        self.box = box
        self.requests = requests
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        stream?.cancel()
        queue.removeAll()
        incoming = nil
        // The room of a request that the endpoint has is given back with its answer.
        if !isWaiting { giveRoomBack() }
    }

    // MARK: From the client

    /// Comes before every byte, also before those by which a proxy names its client.
    func channelActive(context: ChannelHandlerContext) {
        origin.connected(context.channel)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if isWaiting { queue.append(part) } else { receive(part) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        pause()
        context.flush()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        let isBehind = isWaiting && !queue.isEmpty || !context.channel.isWritable
        if isBehind { isReadPending = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable && !isWaiting { readOn() }
        context.fireChannelWritabilityChanged()
    }

    /// A client that has ended its side still reads its answer; one that comes in pieces ends then, for nobody would say when.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        isEnded = true
        stream?.cancel()
        if !isWaiting && !requests.isLeaving { context.close(promise: nil) }
    }

    /// A body that ends too early is never taken for whole: nothing but its end leads to the endpoint.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isEnded = true
        guard !isWaiting, !requests.isLeaving else { return }
        guard let error = error as? HTTPParserError, error != .invalidEOFState else {
            return context.close(promise: nil)
        }
        requests.refuseUnreadable()
    }

    var isWaiting: Bool { if case .waiting = phase { true } else { false } }

    private func receive(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): begin(head)
        case .body(let bytes): append(bytes)
        case .end: end()
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        frame = AnswerFrame(
            isToHead: head.method == .HEAD,
            isLast: !head.isKeepAlive,
            saysKeepAlive: head.isKeepAlive && head.version.minor == 0,
            takesChunks: head.version.minor > 0
        )
        let line = RequestLine(method: HTTPRequest.Method(head.method), target: head.uri)
        switch endpoint.open(line) {
        case .answer(let reply): phase = .refusing(reply)
        case .body(let taker):
            let announced = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
            guard announced <= taker.maxBodyBytes else {
                phase = .refusing(taker.refuseOversized(line))
                return
            }
            // No more than is free, whatever is announced: nobody takes memory with a header.
            let body = BodyPieces(expecting: min(announced, limits.freeBodyBytes))
            incoming = Incoming(line: line, headers: head.headers, taker: taker, body: body)
            phase = .receiving
        }
    }

    private func append(_ bytes: ByteBuffer) {
        // No copy of `incoming` may be held here, or its bytes would be copied with every part.
        guard case .receiving = phase, let taker = incoming?.taker, let line = incoming?.line else { return }
        let next = bodyBytes + bytes.readableBytes
        if next > taker.maxBodyBytes {
            refuse(taker.refuseOversized(line))
        } else if room.grow(from: bodyBytes, to: next) {
            bodyBytes = next
            incoming?.body.append(bytes)
        } else {
            let refusal = HTTPRefusal.noRoom(limits)
            endpoint.wasRefused(refusal, target: line.target)
            refuse(refusal.problem.reply(retryAfter: 5))
        }
    }

    /// Answers a request whose body is not wanted to its end.
    private func refuse(_ reply: Reply) {
        incoming = nil
        giveRoomBack()
        phase = .refusing(reply)
    }

    private func end() {
        switch phase {
        case .idle, .waiting: break
        case .refusing(let reply): finish(reply)
        case .receiving:
            guard var incoming = incoming.take(), let context else { return }
            phase = .waiting
            let request = request(&incoming)
            let mine = NIOLoopBound(self, eventLoop: context.eventLoop)
            isAsking = true
            incoming.taker.take(request) { [box] reply in box.put(reply, for: mine) }
            isAsking = false
        }
    }

    private func request(_ incoming: inout Incoming) -> InboundRequest {
        let headers = reader.fields(incoming.headers)
        let (client, isSecure) = origin.client(headers)
        return InboundRequest(
            line: incoming.line,
            headers: headers,
            body: incoming.body.joined(),
            host: incoming.headers.first(name: "host"),
            client: client,
            isSecure: isSecure
        )
    }

    /// No more of a request is here: what was answered already need not wait for the rest.
    private func pause() {
        switch phase {
        case .idle, .waiting: break
        case .refusing(let reply): finish(reply)
        case .receiving: requests.mayContinue()
        }
    }

    // MARK: To the client

    /// The endpoint has answered; called on the connection's loop.
    func answered(_ reply: Reply) {
        giveRoomBack()
        guard isWaiting, let context else { return }
        if let stream = reply.stream, !frame.isToHead { return begin(stream, of: reply, context) }
        finish(reply)
        guard !isAsking else { return }
        goOn()
        context.flush()
    }

    private func finish(_ reply: Reply) {
        guard !reply.isSilence else {
            // The answers before it still leave. What came behind it is not served: the request stays unanswered.
            phase = .waiting
            context?.flush()
            context?.close(promise: nil)
            return
        }
        phase = .idle
        frame.isLast = frame.isLast || isEnded
        requests.send(reply, frame)
    }

    /// Serves what has come meanwhile.
    func goOn() {
        if requests.isLeaving { queue.removeAll() }
        while !isWaiting, let part = queue.popFirst() {
            receive(part)
            if requests.isLeaving { queue.removeAll() }
        }
        guard !isWaiting else { return }
        pause()
        readOn()
    }

    /// Makes up for a read that was held back; it is held back again where there is reason to.
    private func readOn() {
        guard isReadPending, let context else { return }
        isReadPending = false
        read(context: context)
    }

    private func giveRoomBack() {
        room.release(bodyBytes)
        bodyBytes = 0
    }
}
