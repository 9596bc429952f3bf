// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import PartnerAPI

/// One route as a value, so that the answer for a wrong method can name the right ones.
struct SandboxRoute: Sendable {
    typealias Answer = @Sendable (SandboxRequest) async throws -> Reply

    let method: HTTPRequest.Method
    /// The path with `:name` for a part that may be anything.
    let path: String
    let answer: Answer

    init(_ method: HTTPRequest.Method, _ path: String, _ answer: @escaping Answer) {
        self.method = method
        self.path = path
        self.answer = answer
    }

    /// What stands in a path for the route's name; empty where it has none, `nil` where the path is another route's.
    func parameter(in path: String) -> String? {
        let (pattern, parts) = (self.path.split(separator: "/"), path.split(separator: "/"))
        guard pattern.count == parts.count else { return nil }
        var parameter = ""
        for (expected, part) in zip(pattern, parts) {
            if expected.hasPrefix(":") {
                parameter = String(decoding: PercentEncoding.decode(Array(part.utf8)[...]), as: UTF8.self)
            } else if expected != part {
                return nil
            }
        }
        return parameter
    }
}

/// All routes behind one address, where every mistake is answered in the API's shape.
struct SandboxEndpoint: HTTPEndpoint {
    let routes: [SandboxRoute]

    func open(_ line: RequestLine) -> Opening {
        for route in routes where route.method == line.method {
            guard let parameter = route.parameter(in: line.path) else { continue }
            return .body(taker(route, parameter))
        }
        return .answer(unknown(line))
    }

    private func taker(_ route: SandboxRoute, _ parameter: String) -> AsyncTaker {
        AsyncTaker(
            maxBodyBytes: SandboxRequest.maxBytes,
            oversized: { SandboxAnswer.error(.bodyTooLarge(over: SandboxRequest.maxBytes)) },
            reply: { request in
                do {
                    return try await route.answer(SandboxRequest(inbound: request, parameter: parameter))
                } catch let error as PartnerError {
                    return SandboxAnswer.error(error)
                } catch {
                    // The sandbox ends.
                    return .silence
                }
            }
        )
    }

    private func unknown(_ line: RequestLine) -> Reply {
        let methods = routes.filter { $0.parameter(in: line.path) != nil }.map(\.method.rawValue)
        guard !methods.isEmpty else { return SandboxAnswer.error(.notFound) }
        let allowed = methods.joined(separator: ", ")
        return SandboxAnswer.error(.methodNotAllowed(line.method.rawValue, allowed: allowed), [.allow: allowed])
    }
}
