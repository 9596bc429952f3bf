// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
package import Events

/// A service somewhere, as its admin API answers whoever has a token.
package struct RemoteService: Sendable {
    /// Why it did not do what it was asked.
    package struct Failure: Error, Hashable, Sendable {
        /// The status of its answer; 0 when there was none.
        package let status: Int
        /// One sentence, in the API's words where it has some.
        package let reason: String

        /// Whether the state of things does not allow it, or there is no such thing: the next one may go.
        package var isAboutOne: Bool { [404, 409, 412].contains(status) }
    }

    private let address: String
    private let token: String

    /// A service.
    ///
    /// - Parameters:
    ///   - address: Where its inner listener is, such as `https://hookline.internal`; `nil` comes back for anything but
    ///     `http` and `https`.
    ///   - token: What `hookline tokens create` printed.
    package init?(address: String, token: String) {
        guard ["http://", "https://"].contains(where: address.lowercased().hasPrefix) else { return nil }
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.token = token
    }

    /// Looks at something.
    ///
    /// - Parameters:
    ///   - path: Below the API's base path.
    ///   - query: Names and values; those without a value are left out.
    /// - Returns: The answer.
    /// - Throws: ``Failure``.
    package func json(_ path: String, _ query: [(String, String?)] = []) async throws(Failure) -> JSON {
        try Self.parsed(try await send(nil, path, query, accepting: "application/json"))
    }

    /// Looks at something as a command prints it.
    ///
    /// - Parameters:
    ///   - path: Below the API's base path.
    ///   - query: Names and values; those without a value are left out.
    /// - Returns: The text.
    /// - Throws: ``Failure``.
    package func text(_ path: String, _ query: [(String, String?)] = []) async throws(Failure) -> String {
        String(decoding: try await send(nil, path, query, accepting: "text/plain"), as: UTF8.self)
    }

    /// Changes something.
    ///
    /// - Parameters:
    ///   - path: Below the API's base path.
    ///   - body: What the route's body wants.
    /// - Returns: The answer.
    /// - Throws: ``Failure``.
    package func change(_ path: String, _ body: JSON) async throws(Failure) -> JSON {
        try Self.parsed(try await send(body, path, [], accepting: "application/json"))
    }

    private static func parsed(_ body: [UInt8]) throws(Failure) -> JSON {
        do throws(JSONError) {
            return try JSON(parsing: body)
        } catch {
            throw Failure(status: 0, reason: "the service did not answer in JSON: is that its inner listener?")
        }
    }

    private func send(
        _ body: JSON?,
        _ path: String,
        _ query: [(String, String?)],
        accepting type: String
    ) async throws(Failure) -> [UInt8] {
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(PercentEncoding.encode($0))" } }
        let url = "\(address)/api/v1\(path)" + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
        let answer: TransferResponse
        do {
            var headers = [HeaderField("Authorization", "Bearer \(token)"), HeaderField("Accept", type)]
            if body != nil { headers.append(HeaderField("Content-Type", "application/json")) }
            answer = try await CurlHTTPTransport.once(
                TransferRequest(
                    method: body == nil ? .get : .post,
                    url: url,
                    headers: try HeaderList(headers),
                    body: body?.encoded() ?? []
                )
            )
        } catch {
            throw Failure(status: 0, reason: "\(address): \(error); is the service running?")
        }
        guard (200..<300).contains(answer.status) else { throw Self.failure(answer) }
        return answer.body
    }

    private static func failure(_ answer: TransferResponse) -> Failure {
        let problem = try? JSON(parsing: answer.body)
        let mistakes = (problem?["errors"]?.array ?? []).compactMap { mistake -> String? in
            let place = (mistake["parameter"] ?? mistake["pointer"] ?? mistake["header"])?.string
            return mistake["detail"]?.string.map { (place.map { "\($0): " } ?? "") + $0 }
        }
        let detail = problem?["detail"]?.string ?? "the service answered \(answer.status)"
        return Failure(status: answer.status, reason: ([detail] + mistakes).joined(separator: " "))
    }
}

extension CurlHTTPTransport {
    /// Performs one request with a transport of its own.
    ///
    /// - Parameter request: The request.
    /// - Returns: The answer.
    /// - Throws: `TransportError`.
    static func once(_ request: TransferRequest) async throws -> TransferResponse {
        let transport = try CurlHTTPTransport()
        let response: Result<TransferResponse, TransportError>
        do throws(TransportError) {
            response = .success(try await transport.perform(request))
        } catch {
            response = .failure(error)
        }
        await transport.shutdown()
        return try response.get()
    }
}
