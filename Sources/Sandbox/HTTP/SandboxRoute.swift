// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import PartnerAPI

/// One route as a value, so that the answer for a wrong method can name the right ones.
struct SandboxRoute: Sendable {
    typealias Answer = @Sendable (SandboxRequest) async throws -> Reply

    /// The most bytes of a JSON body; one message needs a hundredth of it.
    static let maxJSONBytes = 1 << 20

    let method: HTTPRequest.Method
    /// The most bytes of body.
    let maxBodyBytes: Int
    let answer: Answer
    /// The path's parts, with `:name` for one that may be anything.
    private let pattern: [Substring]

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        maxBodyBytes: Int = Self.maxJSONBytes,
        _ answer: @escaping Answer
    ) {
        self.method = method
        self.maxBodyBytes = maxBodyBytes
        self.answer = answer
        pattern = path.split(separator: "/")
    }

    /// What stands in a path for the route's name; empty where it has none, `nil` where the path is another route's.
    func parameter(in path: [Substring]) -> String? {
        guard pattern.count == path.count else { return nil }
        var parameter = ""
        for (expected, part) in zip(pattern, path) {
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
        let path = line.path.split(separator: "/")
        for route in routes where route.method == line.method {
            guard let parameter = route.parameter(in: path) else { continue }
            return .body(taker(route, parameter))
        }
        return .answer(unknown(line.method, path))
    }

    private func taker(_ route: SandboxRoute, _ parameter: String) -> AsyncTaker {
        AsyncTaker(
            maxBodyBytes: route.maxBodyBytes,
            oversized: { SandboxAnswer.error(.bodyTooLarge(over: route.maxBodyBytes)) },
            reply: { request in
                do {
                    return try await route.answer(SandboxRequest(inbound: request, parameter: parameter))
                } catch let error as PartnerError {
                    return SandboxAnswer.error(error)
                } catch is CancellationError {
                    // The sandbox ends.
                    return .silence
                } catch {
                    return SandboxAnswer.failed
                }
            }
        )
    }

    private func unknown(_ method: HTTPRequest.Method, _ path: [Substring]) -> Reply {
        let methods = routes.filter { $0.parameter(in: path) != nil }.map(\.method.rawValue)
        guard !methods.isEmpty else { return SandboxAnswer.error(.notFound) }
        let allowed = methods.joined(separator: ", ")
        return SandboxAnswer.error(.methodNotAllowed(method.rawValue, allowed: allowed), [.allow: allowed])
    }
}
