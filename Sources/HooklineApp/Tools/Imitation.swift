// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
package import Events
internal import Foundation
package import HTTPTypes
internal import Server
internal import Webhooks

/// Why a sender cannot be imitated.
package struct ImitationError: Error, Hashable, Sendable {
    /// One sentence.
    package let reason: String
}

/// What the service answered to a posted event.
package struct PostAnswer: Hashable, Sendable {
    /// The HTTP status.
    package let status: Int
    /// The body as text.
    package let text: String
    /// The ids of the messages that the answer names.
    package let messages: [String]
}

/// A body with the headers that its sender would post it with.
package struct Imitation: Sendable {
    /// Signature, time stamp and naming headers.
    package let headers: HTTPFields
    /// The same as `NAME: value` lines.
    package var headerLines: [String] { headers.map { "\($0.name.rawName): \($0.value)" } }
    /// Parameters that the sender adds to the address, as `NAME=VALUE` lines, not percent-encoded.
    package var queryLines: [String] { query.map { "\($0.name)=\($0.value ?? "")" } }
    /// Parameters that the sender adds to the address.
    private let query: [URLQueryItem]
    private let body: [UInt8]
    private let url: String

    /// Signs a body as the sender of a source would.
    ///
    /// - Parameters:
    ///   - settings: The configuration with the source.
    ///   - source: The source's name.
    ///   - body: What to sign, byte for byte.
    ///   - type: The event's type, where it is in a header.
    ///   - id: The sender's id of the event; a new one if left out.
    ///   - clock: The time to sign with.
    /// - Throws: ``ImitationError`` when there is no such source.
    package init(
        _ settings: Settings,
        source: String,
        body: [UInt8],
        type: String?,
        id: String?,
        clock: any WallClock = SystemClock()
    ) throws(ImitationError) {
        guard let found = settings.sources.first(where: { $0.name == source }) else {
            let known = settings.sources.map(\.name).joined(separator: ", ")
            throw ImitationError(reason: "there is no source '\(source)'; the configuration has \(known)")
        }
        let signed = found.sign(body, type: type, id: id, now: clock.now)
        headers = signed.headers
        query = signed.queryItems
        self.body = signed.body ?? body
        let address = settings.listen.host == "0.0.0.0" ? "127.0.0.1" : settings.listen.host
        url = "http://\(ListenAddress(host: address, port: settings.listen.port))\(found.path)"
    }

    /// Posts the body.
    ///
    /// - Parameter address: The whole address; the configured one of this machine if left out.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``ImitationError`` when there was none.
    package func post(to address: String?) async throws(ImitationError) -> PostAnswer {
        let transport: CurlHTTPTransport
        do {
            transport = try CurlHTTPTransport()
        } catch {
            throw ImitationError(reason: "\(error)")
        }
        let result = await answer(from: transport, address: addressWithQuery(address ?? url))
        await transport.shutdown()
        return try result.get()
    }

    private func addressWithQuery(_ address: String) -> String {
        guard !query.isEmpty, var components = URLComponents(string: address) else { return address }
        components.queryItems = (components.queryItems ?? []) + query
        return components.string ?? address
    }

    private func answer(from transport: CurlHTTPTransport, address: String) async -> Result<PostAnswer, ImitationError>
    {
        let fields = headers.map { HeaderField($0.name.rawName, $0.value) }
        do {
            let request = TransferRequest(method: .post, url: address, headers: try HeaderList(fields), body: body)
            let response = try await transport.perform(request)
            let messages = (try? JSON(parsing: response.body))?["messages"]?.array ?? []
            return .success(
                PostAnswer(
                    status: response.status,
                    text: String(decoding: response.body, as: UTF8.self),
                    messages: messages.compactMap { $0["id"]?.string }
                )
            )
        } catch {
            return .failure(ImitationError(reason: "\(address): \(error)"))
        }
    }
}
