// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
package import HTTPValues
package import Outbox

/// What somebody in this process asks the API, such as the console for the holder of a session.
package struct InsideRequest: Sendable {
    let line: RequestLine
    let body: JSON?
    let key: String?
    let ifMatch: String?

    /// A look.
    ///
    /// - Parameters:
    ///   - path: Below the base path, with no character that has to be encoded but what is.
    ///   - query: Names and values; those without a value are left out.
    /// - Returns: The request.
    package static func get(_ path: String, _ query: [(String, String?)] = []) -> InsideRequest {
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(PercentEncoding.encode($0))" } }
        let target = AdminAPI.basePath + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
        return InsideRequest(line: RequestLine(method: .get, target: target), body: nil, key: nil, ifMatch: nil)
    }

    /// A change.
    ///
    /// - Parameters:
    ///   - path: Below the base path.
    ///   - body: What the route's body wants.
    ///   - key: By which a repetition is known.
    ///   - ifMatch: The validator of what was looked at.
    /// - Returns: The request.
    package static func post(
        _ path: String,
        _ body: JSON,
        key: String? = nil,
        ifMatch: String? = nil
    ) -> InsideRequest {
        let line = RequestLine(method: .post, target: AdminAPI.basePath + path)
        return InsideRequest(line: line, body: body, key: key, ifMatch: ifMatch)
    }
}

/// What the API answers in this process.
package struct InsideAnswer: Sendable {
    /// The body.
    package let value: JSON
    /// The validator of a single resource.
    package let tag: String?
}

extension AdminAPI {
    /// The token of a session as it is now; counts the request against its rate.
    ///
    /// - Parameters:
    ///   - fingerprint: The token's; `nil` for what cannot be a token, which costs all guesses together one.
    ///   - host: The header `Host`.
    /// - Returns: A live token.
    /// - Throws: ``APIProblem``: no live token, a host that the service does not go by, or too many requests.
    package func admit(_ fingerprint: [UInt8]?, host: String?) async throws(APIProblem) -> AccessToken {
        do {
            return try await doorkeeper.admit(fingerprint, host: host).0
        } catch {
            throw APIProblem(of: error)
        }
    }

    /// Lets a name of this service pass, for what needs no token.
    ///
    /// - Parameter host: The header `Host`.
    /// - Throws: ``APIProblem`` for any other.
    package func requireName(_ host: String?) throws(APIProblem) { try doorkeeper.requireName(host) }

    /// Answers somebody who was let in: by the same routes, scopes, masks, checks and audit log as over HTTP.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - token: Who asks; as ``admit(_:host:)`` just gave it.
    /// - Returns: A good answer.
    /// - Throws: ``APIProblem``, as whoever asks over HTTP would read it.
    package func ask(_ request: InsideRequest, as token: AccessToken) async throws(APIProblem) -> InsideAnswer {
        try await answer(request, as: token) { reply in
            InsideAnswer(value: try JSON(parsing: reply.body), tag: reply.headers[.eTag])
        }
    }

    /// The same of a route whose answer is bytes as they are stored.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - token: Who asks; as ``admit(_:host:)`` just gave it.
    /// - Returns: The bytes.
    /// - Throws: ``APIProblem``, as whoever asks over HTTP would read it.
    package func bytes(_ request: InsideRequest, as token: AccessToken) async throws(APIProblem) -> [UInt8] {
        try await answer(request, as: token, \.body)
    }

    private func answer<Value>(
        _ request: InsideRequest,
        as token: AccessToken,
        _ read: (Reply) throws -> Value
    ) async throws(APIProblem) -> Value {
        var headers: HTTPFields = [:]
        if request.body != nil { headers[.contentType] = "application/json" }
        headers[.ifMatch] = request.ifMatch
        headers[.idempotencyKey] = request.key
        let (id, body) = (requestID(), request.body?.encoded() ?? [])
        do {
            return try read(
                try await answer(InboundRequest(line: request.line, headers: headers, body: body), token, id)
            )
        } catch {
            throw problem(error, id)
        }
    }

    /// The body of `GET /stream` for somebody who was let in; it ends when their token does.
    ///
    /// - Parameters:
    ///   - place: Where they were, as `Last-Event-ID` says it; `nil` for nowhere.
    ///   - token: Who asks; as ``admit(_:host:)`` just gave it.
    /// - Returns: The body, to be sent as `text/event-stream`.
    /// - Throws: ``APIProblem``, as whoever asks over HTTP would read it.
    package func follow(after place: String?, as token: AccessToken) async throws(APIProblem) -> ReplyStream {
        var headers: HTTPFields = [:]
        headers[.lastEventID] = place
        let (id, line) = (requestID(), InsideRequest.get("/stream").line)
        do {
            let reply = try await answer(InboundRequest(line: line, headers: headers, body: []), token, id)
            return try RouteTable.found(reply.stream, "stream")
        } catch {
            throw problem(error, id)
        }
    }

    private func problem(_ error: any Error, _ id: String) -> APIProblem {
        let problem = APIProblem(of: error)
        log(problem, of: error, request: id)
        guard problem.kind == .unavailable else { return problem }
        return APIProblem(.unavailable, "\(problem.detail) (request \(id))", headers: problem.headers)
    }
}

extension FieldMistake {
    /// The mistake for people: what it is about, and what is wrong with it.
    package var words: String {
        switch place {
        case .pointer("#"): "It \(detail)."
        case .pointer(let pointer): "'\(pointer.drop { $0 == "#" || $0 == "/" })' \(detail)."
        case .parameter(let name), .header(let name): "'\(name)' \(detail)."
        }
    }
}
