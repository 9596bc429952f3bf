// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import NIOCore

/// Accepts no connection while there is no place for it; those wait in the system's backlog.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = any Channel
    typealias OutboundOut = any Channel

    private var limit: ConnectionLimit
    private var isReadPending = false

    init(_ limit: ConnectionLimit) {
        self.limit = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        limit.connectionOpened()
        let mine = NIOLoopBound((gate: self, context: context), eventLoop: context.eventLoop)
        unwrapInboundIn(data).closeFuture.hop(to: context.eventLoop).whenComplete { _ in
            mine.value.gate.connectionClosed(mine.value.context)
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        if limit.isAcceptingNewConnections() { context.read() } else { isReadPending = true }
    }

    private func connectionClosed(_ context: ChannelHandlerContext) {
        limit.connectionClosed()
        guard isReadPending, limit.isAcceptingNewConnections() else { return }
        isReadPending = false
        context.read()
    }
}

/// Bounds the open connections of a listener; whoever takes the last place makes the oldest that waits leave.
///
/// While every connection is at work more wait in the system's backlog. It says so in the log, at most once a minute.
struct ConnectionLimit {
    private static let pause = TimeAmount.minutes(1)

    private let limit: Int
    private let room: ConnectionRoom
    private let logger: Logger
    private var open = 0
    private var warned: NIODeadline?

    init(_ limit: Int, room: ConnectionRoom, logger: Logger) {
        self.limit = limit
        self.room = room
        self.logger = logger
    }

    mutating func connectionOpened() {
        open += 1
        guard open >= limit else { return }
        room.makeRoom()
        let now = NIODeadline.now()
        guard warned.map({ now - $0 >= Self.pause }) ?? true else { return }
        warned = now
        logger.warning(
            "all connections are taken; those that have waited the longest for their clients are closed",
            metadata: ["connections": "\(open)"]
        )
    }

    mutating func connectionClosed() {
        open -= 1
    }

    func isAcceptingNewConnections() -> Bool { open < limit }
}
