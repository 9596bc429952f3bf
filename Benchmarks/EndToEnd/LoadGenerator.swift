// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Connections on one thread that post one prepared request after the other, each when the one before is answered.
struct LoadGenerator {
    private let channels: [any Channel]
    private let feed: LoadFeed
    private let loop: any EventLoop

    /// Connects.
    ///
    /// - Parameters:
    ///   - port: Where the server listens on this machine.
    ///   - connections: How many connections.
    ///   - loop: The generator's thread.
    /// - Returns: A generator; close it in the end.
    /// - Throws: What connecting throws.
    static func connect(to port: Int, connections: Int, on loop: any EventLoop) async throws -> LoadGenerator {
        let feed = LoadFeed()
        let bootstrap = ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(AnswerReader()),
                        LoadConnection(feed: feed)
                    )
                }
            }
        var channels: [any Channel] = []
        for _ in 0..<connections { channels.append(try await bootstrap.connect(host: "127.0.0.1", port: port).get()) }
        return LoadGenerator(channels: channels, feed: feed, loop: loop)
    }

    /// Posts all requests.
    ///
    /// - Parameter requests: Whole HTTP requests.
    /// - Returns: When the last one was answered.
    /// - Throws: ``BenchmarkError`` when an answer is no 2xx or a connection breaks.
    func post(_ requests: [ByteBuffer]) async throws -> ContinuousClock.Instant {
        feed.begin(requests)
        for channel in channels {
            if let request = feed.next() { channel.writeAndFlush(request, promise: nil) }
        }
        let end = try await feed.answers.end(on: loop)
        guard feed.refused == 0 else {
            throw BenchmarkError(
                "\(feed.refused) of \(requests.count) requests got no 2xx, such as \(feed.lastRefusal)"
            )
        }
        return end
    }

    /// Closes all connections.
    func close() async {
        feed.isClosing = true
        for channel in channels { try? await channel.close() }
    }
}

/// The requests that are still to be posted, and what came back.
private final class LoadFeed: Sendable {
    private struct State {
        var requests: [ByteBuffer] = []
        var position = 0
        var refused = 0
        var lastRefusal = 0
        var isClosing = false
    }

    let answers = Tally("answers")
    private let state = NIOLockedValueBox(State())

    var refused: Int { state.withLockedValue { $0.refused } }
    var lastRefusal: Int { state.withLockedValue { $0.lastRefusal } }

    var isClosing: Bool {
        get { state.withLockedValue { $0.isClosing } }
        set { state.withLockedValue { $0.isClosing = newValue } }
    }

    func begin(_ requests: [ByteBuffer]) {
        answers.begin(requests.count)
        state.withLockedValue { $0 = State(requests: requests) }
    }

    func next() -> ByteBuffer? {
        state.withLockedValue { state in
            guard state.position < state.requests.count else { return nil }
            defer { state.position += 1 }
            return state.requests[state.position]
        }
    }

    func answered(_ status: Int) {
        if !(200...299).contains(status) {
            state.withLockedValue { state in
                state.refused += 1
                state.lastRefusal = status
            }
        }
        answers.add()
    }

    func broke(_ reason: String) {
        guard !isClosing else { return }
        answers.fail(BenchmarkError("a connection of the load generator broke: \(reason)"))
    }
}

/// One connection: an answer comes, the next request goes.
private final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = Int
    typealias OutboundOut = ByteBuffer

    private let feed: LoadFeed

    init(feed: LoadFeed) {
        self.feed = feed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let request = feed.next() { context.writeAndFlush(wrapOutboundOut(request), promise: nil) }
        feed.answered(unwrapInboundIn(data))
    }

    func channelInactive(context: ChannelHandlerContext) {
        feed.broke("the server closed it")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        feed.broke("\(error)")
        context.close(promise: nil)
    }
}
