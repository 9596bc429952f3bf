// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PartnerAPI
internal import ServiceLifecycle

/// The partner API's routes over one workspace's state.
struct SandboxEndpoint: Sendable {
    private static let maxBodyBytes = 1 << 20

    let settings: SandboxSettings
    let state: SandboxState
    let page: SandboxPage

    var router: Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.post("/api/v1/public/messages/send") { request, _ in try await send(request) }
        router.get("/api/v1/public/templates") { request, _ in await templates(request) }
        router.get("/") { _, _ in SandboxAnswer.html(page.html(await state.received)) }
        router.get("/healthz") { _, _ in SandboxAnswer.json(.ok, ["status": "ok"]) }
        router.get("/sandbox/messages") { _, _ in SandboxAnswer.json(.ok, .array(await state.received.map(\.json))) }
        router.delete("/sandbox/messages") { _, _ in
            await state.clear()
            return Response(status: .noContent)
        }
        return router
    }

    private func send(_ request: Request) async throws -> Response {
        let response = try await faulty { await answer(request) }
        await state.count(status: response.status.code)
        return response
    }

    /// Lets the fate of the request happen around the real answer.
    private func faulty(_ answer: () async -> Response) async throws -> Response {
        let fate = await state.fate(settings.faults)
        if settings.faults.latency > .zero { try await wait(settings.faults.latency) }
        switch fate {
        case .normal: return await answer()
        case .fail(let status):
            return SandboxAnswer.error(status, code: "FAULT", "The sandbox was told to fail this request.")
        case .hang:
            let response = await answer()
            await state.count(status: 0)
            // Longer than any client waits; a shutdown of the sandbox ends it.
            try await wait(.seconds(600))
            return response
        }
    }

    private func wait(_ duration: Duration) async throws {
        let deadline = settings.clock.now.advanced(by: duration)
        _ = try await cancelWhenGracefulShutdown { try await settings.clock.sleep(until: deadline, tolerance: nil) }
    }

    private func answer(_ request: Request) async -> Response {
        guard isAuthorized(request.headers) else { return Self.unauthorized }
        guard let body = try? await request.body.collect(upTo: Self.maxBodyBytes) else {
            return SandboxAnswer.error(413, code: "BODY_TOO_LARGE", "The body is over \(Self.maxBodyBytes) bytes.")
        }
        do {
            return await accept(try MessageRequest(json: JSON(parsing: Array(buffer: body))))
        } catch let error as MessageRequestError {
            return SandboxAnswer.error(422, code: error.code.rawValue, "\(error)")
        } catch {
            return SandboxAnswer.error(400, code: "INVALID_JSON", "The body is no JSON: \(error).")
        }
    }

    private func accept(_ message: MessageRequest) async -> Response {
        if let problem = settings.catalogue.check(message).first {
            return SandboxAnswer.error(422, code: problem.code.rawValue, problem.reason)
        }
        let received = await state.accept(message, rendering: settings.catalogue.render(message), at: settings.clock.now)
        return SandboxAnswer.accepted(id: received.id)
    }

    private func templates(_ request: Request) async -> Response {
        guard isAuthorized(request.headers) else { return Self.unauthorized }
        return SandboxAnswer.json(.ok, settings.catalogue.json())
    }

    /// Whether both headers are right, in either spelling. The sandbox guards nothing; time does not matter here.
    private func isAuthorized(_ headers: HTTPFields) -> Bool {
        let key = headers[.apiKey] ?? headers[.xAPIKey]
        let secret = headers[.apiSecret] ?? headers[.xAPISecret]
        return key == settings.apiKey && secret == settings.apiSecret
    }

    private static var unauthorized: Response {
        SandboxAnswer.error(401, code: "UNAUTHORIZED", "The API key or its secret is missing, wrong or revoked.")
    }
}

extension HTTPField.Name {
    fileprivate static let apiKey = named("apiKey")
    fileprivate static let apiSecret = named("apiSecret")
    fileprivate static let xAPIKey = named("X-API-Key")
    fileprivate static let xAPISecret = named("X-API-Secret")

    private static func named(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("'\(name)' is a field name") }
        return field
    }
}

extension ReceivedMessage {
    /// The message as `GET /sandbox/messages` shows it.
    var json: JSON {
        [
            "id": .string(id), "time": .string(time.rfc3339), "request": request.json(),
            "text": rendering.map { .string($0.body) } ?? .null,
        ]
    }
}
