// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPValues
internal import NIOCore

// Answers that come in pieces, as fast as their reader takes them.

extension RequestServer {
    /// Answers with a body that comes in pieces, made by a task that ends with the body, the connection or the listener.
    func begin(_ body: ReplyStream, of reply: Reply, _ context: ChannelHandlerContext) {
        if !frame.takesChunks { (frame.isLast, frame.saysKeepAlive) = (true, false) }
        let mine = NIOLoopBound(self, eventLoop: context.eventLoop)
        let task = Task { [box] in
            do {
                try await body.write { try await box.send($0, for: mine) }
                box.endStream(for: mine, isWhole: true)
            } catch {
                box.endStream(for: mine, isWhole: false)
            }
        }
        stream = task
        if isEnded { task.cancel() }
        requests.beginPieces(reply, frame) { task.cancel() }
    }

    /// A piece of the answer; called on the connection's loop.
    func send(_ piece: [UInt8], taken: @escaping @Sendable (Result<Void, any Error>) -> Void) {
        requests.send(piece: piece, frame, taken: taken)
    }

    /// The answer has no more pieces; called on the connection's loop.
    ///
    /// - Parameter isWhole: Whether it has all it should have.
    func streamEnded(isWhole: Bool) {
        stream = nil
        guard isWaiting, let context else { return }
        guard isWhole else { return context.close(promise: nil) }
        phase = .idle
        frame.isLast = frame.isLast || isEnded
        requests.endPieces(frame)
        goOn()
        context.flush()
    }
}

extension AnswerBox {
    /// Sends a piece of a body that a connection is answered with, and returns when the system has taken it.
    ///
    /// - Parameters:
    ///   - piece: The bytes.
    ///   - connection: Whose answer it is.
    /// - Throws: What the connection says that is gone.
    func send(_ piece: [UInt8], for connection: NIOLoopBound<RequestServer>) async throws {
        guard !piece.isEmpty else { return }
        try await withCheckedThrowingContinuation { continuation in
            let isSent = execute { connection.value.send(piece) { continuation.resume(with: $0) } }
            if !isSent { continuation.resume(throwing: ChannelError.ioOnClosedChannel) }
        }
    }

    /// Ends the body that a connection is answered with.
    func endStream(for connection: NIOLoopBound<RequestServer>, isWhole: Bool) {
        _ = execute { connection.value.streamEnded(isWhole: isWhole) }
    }
}

extension RequestGuard {
    /// Begins an answer that comes in pieces: it is owed until ``endPieces(_:)``.
    ///
    /// - Parameters:
    ///   - reply: What is known of it.
    ///   - frame: What it must fit.
    ///   - end: Called when the listener wants it to end.
    func beginPieces(_ reply: Reply, _ frame: AnswerFrame, end: @escaping () -> Void) {
        guard !pace.isLeaving, let context else { return }
        write(reply, frame, context)
        context.flush()
        pace.heard(at: context.eventLoop.now)
        endStream = end
        if isRetired { end() }
    }

    /// Sends a piece; a client that leaves it unread is given up after ``HTTPLimits/answerTime``.
    ///
    /// - Parameters:
    ///   - piece: The bytes.
    ///   - frame: What the answer must fit.
    ///   - taken: Called when the system has taken it, or cannot.
    func send(piece: [UInt8], _ frame: AnswerFrame, taken: @escaping @Sendable (Result<Void, any Error>) -> Void) {
        guard !pace.isLeaving, let context else { return taken(.failure(ChannelError.ioOnClosedChannel)) }
        var bytes = context.channel.allocator.buffer(capacity: piece.count + 16)
        AnswerWriter.write(piece: piece, frame, into: &bytes)
        waitingPieces += 1
        pace.answersWait(true, at: context.eventLoop.now)
        setAlarm(context)
        let promise = context.eventLoop.makePromise(of: Void.self)
        let mine = NIOLoopBound(self, eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { result in
            mine.value.pieceIsGone()
            taken(result)
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
    }

    private func pieceIsGone() {
        waitingPieces -= 1
        guard let context else { return }
        pace.heard(at: context.eventLoop.now)
        if waitingPieces == 0, !pace.isLeaving {
            pace.answersWait(!context.channel.isWritable, at: context.eventLoop.now)
        }
    }

    /// Ends an answer that came in pieces.
    func endPieces(_ frame: AnswerFrame) {
        endStream = nil
        guard !pace.isLeaving, let context else { return }
        var (frame, bytes) = (frame, context.channel.allocator.buffer(capacity: 8))
        AnswerWriter.write(piece: [], frame, into: &bytes)
        context.write(wrapOutboundOut(bytes), promise: nil)
        frame.isLast = frame.isLast || isRetired
        conclude(frame, comesEarly: false, context)
    }
}
