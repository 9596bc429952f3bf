// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
internal import NIOHTTP1
internal import ServiceLifecycle
package import Webhooks

/// What a listener serves: a function from a request's head, and its body once it is known to be small enough, to
/// a reply.
///
/// It knows no HTTP library.
package protocol HTTPEndpoint: Sendable {
    /// Answers what can be answered before a body is read, such as a path that is not there; `nil` for all else.
    func earlyReply(to head: InboundRequest) -> Reply?

    /// The most bytes of body that the path takes.
    func maxBodyBytes(path: String) -> Int

    /// Answers a request whose body is within the limit.
    func reply(to request: InboundRequest) async -> Reply

    /// Answers a request whose body is over the limit; its body is empty here.
    func replyToOversized(_ request: InboundRequest) async -> Reply

    /// Hears of a request that the listener gave up by itself.
    ///
    /// - Parameters:
    ///   - refusal: Why, and what its sender was told.
    ///   - target: Path and query, where the head had arrived.
    func wasRefused(_ refusal: HTTPRefusal, target: String?)
}

extension HTTPEndpoint {
    package func earlyReply(to head: InboundRequest) -> Reply? { nil }

    package func wasRefused(_ refusal: HTTPRefusal, target: String?) {}
}

/// Why a listener cannot listen.
package struct ListenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it was to listen.
    package let address: ListenAddress
    /// The system's words.
    package let reason: String

    package var description: String { "cannot listen on \(address): \(reason)" }
}

/// One listening socket: Hummingbird in front of an ``HTTPEndpoint``.
///
/// On a graceful shutdown it stops accepting, finishes the requests it has, and returns.
package struct HTTPListener: Service {
    private let application: Application<CallbackResponder<ConnectionContext>>
    private let address: ListenAddress
    /// The address that the socket is bound to, known once it listens.
    package let bound = OnceValue<ListenAddress>()

    /// A listener that is not listening yet.
    ///
    /// - Parameters:
    ///   - address: Where to listen.
    ///   - endpoint: What to serve.
    ///   - limits: What a connection is granted.
    ///   - logger: Receives the library's own lines.
    package init(
        address: ListenAddress,
        endpoint: some HTTPEndpoint,
        limits: HTTPLimits = HTTPLimits(),
        logger: Logger
    ) {
        let bound = bound
        self.address = address
        let reader = BodyReader(limits)
        let room = ConnectionRoom()
        application = Application(
            responder: CallbackResponder<ConnectionContext> { request, context in
                try await Self.respond(to: request, on: context.channel, with: endpoint, reader: reader)
            },
            server: .http1(configuration: Self.channel(limits, room) { endpoint.wasRefused($0, target: $1) }),
            configuration: .init(
                address: .hostname(address.host, port: address.port),
                serverName: nil,
                availableConnectionsDelegate: ConnectionLimit(limits.connections, room: room, logger: logger)
            ),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                bound.set(ListenAddress(host: address.host, port: port))
            },
            logger: logger
        )
    }

    /// The decoder's own limits, which only bound its memory: within them ``RequestGuard`` can say what is too large.
    static func decoderLimits(_ limits: HTTPLimits) -> NIOHTTPDecoderLimitConfiguration {
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderFieldSize = 2 * max(limits.headerFieldBytes, limits.targetBytes)
        decoder.maxHeaderListSize = 2 * (limits.headerBytes + limits.targetBytes)
        decoder.maxHeaderFieldCount = 2 * limits.headerFields
        return decoder
    }

    private static func channel(
        _ limits: HTTPLimits,
        _ room: ConnectionRoom,
        onRefusal: @escaping @Sendable (HTTPRefusal, _ target: String?) -> Void
    ) -> HTTP1Channel.Configuration {
        let decoder = decoderLimits(limits)
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                LastAnswerInstaller(), RequestGuardInstaller(limits, room: room, onRefusal: onRefusal),
            ],
            idleTimeout: TimeAmount(limits.idleTime),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: decoder.maxHeaderFieldSize,
                maxHeaderListSize: decoder.maxHeaderListSize,
                maxHeaderFieldCount: decoder.maxHeaderFieldCount
            )
        )
    }

    /// Serves until a graceful shutdown.
    ///
    /// - Throws: ``ListenError`` when the address cannot be bound.
    package func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw ListenError(address: address, reason: "\(String(cString: strerror(error.errnoCode)))")
        }
    }

    private static func respond(
        to request: Request,
        on channel: any Channel,
        with endpoint: some HTTPEndpoint,
        reader: BodyReader
    ) async throws -> Response {
        let head = inbound(request, body: [])
        if let reply = endpoint.earlyReply(to: head) { return response(reply, to: request) }
        let limit = endpoint.maxBodyBytes(path: request.uri.path)
        let willRead = {
            if request.headers[.expect] != nil { channel.triggerUserOutboundEvent(BodyWanted(), promise: nil) }
        }
        return try await reader.read(request, limit: limit, willRead: willRead) { body in
            switch body {
            case .whole(let bytes):
                return response(await endpoint.reply(to: inbound(request, body: bytes)), to: request)
            case .overLimit: return response(await endpoint.replyToOversized(head), to: request)
            case .withoutRoom(let refusal):
                endpoint.wasRefused(refusal, target: head.target)
                return response(refusal.problem.reply(retryAfter: 5), to: request)
            }
        }
    }

    private static func inbound(_ request: Request, body: [UInt8]) -> InboundRequest {
        InboundRequest(method: request.method, target: request.uri.string, headers: request.headers, body: body)
    }

    private static func response(_ reply: Reply, to request: Request) -> Response {
        let response = Response(
            status: .init(code: reply.status),
            headers: reply.headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body))
        )
        // To HEAD, the headers alone: a body would be read as the beginning of the next answer.
        return request.method == .head ? response.createHeadResponse() : response
    }
}

/// What a request is answered with: its connection.
private struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: Source) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
