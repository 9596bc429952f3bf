// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import PartnerAPI

/// One route as a value, so that the answer for a wrong method can name the right ones.
struct SandboxRoute: Sendable {
    typealias Answer = @Sendable (Request, SandboxContext) async throws -> Response

    let method: HTTPRequest.Method
    /// The path with `:name` for a part that may be anything.
    let path: String
    let answer: Answer

    init(_ method: HTTPRequest.Method, _ path: String, _ answer: @escaping Answer) {
        self.method = method
        self.path = path
        self.answer = answer
    }

    func matches(_ path: String) -> Bool {
        let pattern = self.path.split(separator: "/")
        let parts = path.split(separator: "/")
        return pattern.count == parts.count && zip(pattern, parts).allSatisfy { $0.hasPrefix(":") || $0 == $1 }
    }

    /// All routes behind one responder that answers every mistake in the API's shape.
    static func router(_ routes: [SandboxRoute]) -> Router<SandboxContext> {
        let router = Router(context: SandboxContext.self)
        router.add(middleware: ErrorAnswers(routes: routes))
        for route in routes { router.on(RouterPath(route.path), method: route.method, use: route.answer) }
        return router
    }
}

/// Turns what routes throw into answers in the API's shape.
private struct ErrorAnswers: RouterMiddleware {
    let routes: [SandboxRoute]

    func handle(
        _ request: Request,
        context: SandboxContext,
        next: @concurrent (Request, SandboxContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as PartnerError {
            return SandboxAnswer.error(error)
        } catch let error as HTTPError where error.status == .notFound {
            return unknown(request)
        }
    }

    private func unknown(_ request: Request) -> Response {
        let methods = routes.filter { $0.matches(request.uri.path) }.map(\.method.rawValue)
        guard !methods.isEmpty else {
            return SandboxAnswer.error(.notFound)
        }
        let allowed = methods.joined(separator: ", ")
        var response = SandboxAnswer.error(.methodNotAllowed(request.method.rawValue, allowed: allowed))
        response.headers[.allow] = allowed
        return response
    }
}
