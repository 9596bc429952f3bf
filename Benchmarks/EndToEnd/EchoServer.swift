// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import Logging
import NIOCore
import Server
import ServiceLifecycle

/// The baseline: Hummingbird as the service uses it, which takes a body and answers 200.
struct EchoServer: Service {
    private let application: Application<CallbackResponder<BasicRequestContext>>
    /// Where it listens on this machine, once it does.
    let port = OnceValue<Int>()

    init() {
        let port = port
        application = Application(
            responder: CallbackResponder { request, _ in
                let body = try await request.body.collect(upTo: 1 << 20)
                return Response(
                    status: .ok,
                    body: ResponseBody(byteBuffer: ByteBuffer(string: "\(body.readableBytes)\n"))
                )
            },
            server: .http1(configuration: .init(idleTimeout: .seconds(30))),
            configuration: .init(address: .hostname("127.0.0.1", port: 0), serverName: nil),
            onServerRunning: { channel in port.set(channel.localAddress?.port ?? 0) },
            logger: .silent
        )
    }

    func run() async throws {
        try await application.run()
    }
}

extension Logger {
    /// Writes nothing.
    static var silent: Logger { Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() } }
}

/// Runs a service beside a body, and shuts it down gracefully afterwards.
func running<Value: Sendable>(_ service: some Service, _ body: () async throws -> Value) async throws -> Value {
    let group = ServiceGroup(services: [service], logger: .silent)
    async let run: Void = group.run()
    let result: Result<Value, any Error>
    do {
        result = .success(try await body())
    } catch {
        result = .failure(error)
    }
    await group.triggerGracefulShutdown()
    try await run
    return try result.get()
}
