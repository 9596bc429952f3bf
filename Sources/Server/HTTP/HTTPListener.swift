// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTypes
internal import Hummingbird
package import Logging
internal import NIOCore
internal import ServiceLifecycle
package import Webhooks

/// What a listener serves: a function from a request's head, and its body once it is known to be small enough, to
/// a reply.
///
/// It knows no HTTP library.
package protocol HTTPEndpoint: Sendable {
    /// The most bytes of body that the path takes.
    func maxBodyBytes(path: String) -> Int

    /// Answers a request whose body is within the limit.
    func reply(to request: InboundRequest) async -> Reply

    /// Answers a request whose body is over the limit; its body is empty here.
    func replyToOversized(_ request: InboundRequest) async -> Reply
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
    private let application: Application<CallbackResponder<BasicRequestContext>>
    private let address: ListenAddress
    /// The address that the socket is bound to, known once it listens.
    package let bound = OnceValue<ListenAddress>()

    /// A listener that is not listening yet.
    ///
    /// - Parameters:
    ///   - address: Where to listen.
    ///   - endpoint: What to serve.
    ///   - logger: Receives the library's own lines.
    package init(address: ListenAddress, endpoint: some HTTPEndpoint, logger: Logger) {
        let bound = bound
        self.address = address
        application = Application(
            responder: CallbackResponder { request, _ in try await Self.respond(to: request, with: endpoint) },
            server: .http1(
                configuration: .init(additionalChannelHandlers: [LastAnswerInstaller()], idleTimeout: .seconds(30))
            ),
            configuration: .init(address: .hostname(address.host, port: address.port), serverName: nil),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                bound.set(ListenAddress(host: address.host, port: port))
            },
            logger: logger
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

    private static func respond(to request: Request, with endpoint: some HTTPEndpoint) async throws -> Response {
        let limit = endpoint.maxBodyBytes(path: request.uri.path)
        guard let body = try await body(of: request, limit: limit) else {
            return response(await endpoint.replyToOversized(inbound(request, body: [])), to: request)
        }
        return response(await endpoint.reply(to: inbound(request, body: body)), to: request)
    }

    /// The whole body; `nil` when it is over the limit.
    ///
    /// A body that says so in its head is not read at all.
    private static func body(of request: Request, limit: Int) async throws -> [UInt8]? {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit { return nil }
        do {
            return Array(buffer: try await request.body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
            return nil
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
