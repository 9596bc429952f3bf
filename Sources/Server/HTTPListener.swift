// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import HTTPValues
package import Logging
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
package import TLS

/// Why a listener cannot listen.
package struct ListenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it was to listen.
    package let address: ListenAddress
    /// The system's words.
    package let reason: String

    package var description: String { "cannot listen on \(address): \(reason)" }
}

/// One listening socket: SwiftNIO in front of an ``HTTPEndpoint``.
///
/// On a graceful shutdown it stops accepting, finishes the requests it has, and returns.
package struct HTTPListener: Service {
    /// Half of the cores, at most four.
    ///
    /// A request that is not refused goes on to the thread that writes the store, the one that sends and those that
    /// deliver: together they take as much as reading, verifying and evaluating do. With more loops than cores for
    /// them, a commit would answer its requests on several, each with a wake-up of its own and fewer answers.
    package static let standardLoops = min(4, max(1, ProcessInfo.processInfo.activeProcessorCount / 2))

    private static let backlog: Int32 = 1_024

    private let address: ListenAddress
    private let endpoint: any HTTPEndpoint
    private let limits: HTTPLimits
    private let loops: Int
    private let logger: Logger
    private let socket: Int32?
    private let doors: ConnectionDoors
    private let departing = NIOLockedValueBox(false)
    /// The address that the socket is bound to, known once it listens.
    package let bound = OnceValue<ListenAddress>()

    /// A listener that is not listening yet, and has no threads.
    ///
    /// - Parameters:
    ///   - address: Where to listen.
    ///   - socket: A socket that listens already, in place of the address.
    ///   - proxies: Who before it is trusted; nobody if left out.
    ///   - tls: Makes it speak TLS; plain HTTP if left out.
    ///   - endpoint: What to serve.
    ///   - limits: What a connection is granted.
    ///   - loops: How many threads read and answer; none of them is another listener's, so that what one has to do
    ///     does not keep the other from answering.
    ///   - logger: Says when all connections are taken.
    package init(
        address: ListenAddress,
        socket: Int32? = nil,
        proxies: ProxyDoor = ProxyDoor(),
        tls: TLSDoor? = nil,
        endpoint: any HTTPEndpoint,
        limits: HTTPLimits = HTTPLimits(),
        loops: Int = 1,
        logger: Logger
    ) {
        self.address = address
        self.socket = socket
        doors = ConnectionDoors(proxies: proxies, tls: tls)
        self.endpoint = endpoint
        self.limits = limits
        self.loops = max(1, loops)
        self.logger = logger
    }

    /// Serves until a graceful shutdown.
    ///
    /// - Throws: ``ListenError`` when the address cannot be bound.
    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        do {
            try await serve(on: group)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    /// Has every answer from now on close its connection, while new ones are still accepted: the listener will be gone soon.
    package func depart() {
        departing.withLockedValue { $0 = true }
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let room = ConnectionRoom(departing: departing)
        let connections = ConnectionSetup(endpoint, limits, room, doors, loops: Array(group.makeIterator()))
        let channel = try await bind(on: group, connections)
        bound.set(ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port))
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                try? await channel.closeFuture.get()
                // A cancelled task does not wait: its connections are cut when the threads end.
                _ = try? await room.emptied.value
            } onGracefulShutdown: {
                channel.close(promise: nil)
                room.retire()
            }
        } onCancel: {
            channel.close(promise: nil)
        }
        connections.close()
    }

    private func bind(
        on group: MultiThreadedEventLoopGroup,
        _ connections: ConnectionSetup
    ) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { [limits, logger] channel in
                channel.eventLoop.makeCompletedFuture {
                    let limit = ConnectionLimit(limits.connections, room: connections.room, logger: logger)
                    try channel.pipeline.syncOperations.addHandler(AcceptGate(limit))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try connections.serve(channel) }
            }
        do {
            if let socket { return try await bootstrap.withBoundSocket(socket).get() }
            return try await bootstrap.bind(host: address.host, port: address.port).get()
        } catch let error as IOError {
            throw ListenError(address: address, reason: "\(String(cString: strerror(error.errnoCode)))")
        }
    }
}

/// What a connection goes through before it is one of HTTP.
private struct ConnectionDoors: Sendable {
    let proxies: ProxyDoor
    let tls: TLSDoor?

    func install(_ origin: ClientOrigin, _ limits: HTTPLimits, in pipeline: ChannelPipeline.SynchronousOperations)
        throws
    {
        try proxies.install(origin, limits, in: pipeline)
        try tls?.install(handshakeTime: limits.headTime, lingerTime: limits.lingerTime, in: pipeline)
    }
}

/// What the connections of one listener share.
private final class ConnectionSetup: Sendable {
    let room: ConnectionRoom
    private let endpoint: any HTTPEndpoint
    private let limits: HTTPLimits
    private let bodies: BodyRoom
    private let doors: ConnectionDoors
    /// By event loop.
    private let boxes: [ObjectIdentifier: AnswerBox]

    init(
        _ endpoint: any HTTPEndpoint,
        _ limits: HTTPLimits,
        _ room: ConnectionRoom,
        _ doors: ConnectionDoors,
        loops: [any EventLoop]
    ) {
        self.endpoint = endpoint
        self.doors = doors
        self.room = room
        self.limits = limits
        bodies = BodyRoom(limits)
        boxes = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0), AnswerBox(of: $0)) })
    }

    /// Makes a new connection one that is served; called on its loop.
    func serve(_ channel: any Channel) throws {
        guard let box = boxes[ObjectIdentifier(channel.eventLoop)] else {
            preconditionFailure("a connection lives on one of its listener's loops")
        }
        let requests = RequestGuard(limits, room: room) { [endpoint] in endpoint.wasRefused($0, target: $1) }
        let origin = ClientOrigin(proxies: doors.proxies.trusted, speaksTLS: doors.tls != nil)
        let server = RequestServer(endpoint, limits, room: bodies, box: box, requests: requests, origin: origin)
        // A proxy names its client before the client begins TLS.
        try doors.install(origin, limits, in: channel.pipeline.syncOperations)
        try requests.install(limits, before: server, in: channel.pipeline.syncOperations)
    }

    /// Takes no more answers: the loops end.
    func close() {
        for box in boxes.values { box.close() }
    }
}
