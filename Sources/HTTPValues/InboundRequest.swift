// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// The first line of a request, looked at once.
package struct RequestLine: Hashable, Sendable {
    /// The method.
    package let method: HTTPRequest.Method
    /// Path and query as they stood in the line, such as `/hooks/shop?token=…`.
    package let target: String
    /// The target without its query.
    package let path: String

    /// A line of these parts.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: Path and query.
    package init(method: HTTPRequest.Method, target: String) {
        self.method = method
        self.target = target
        let end = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        path = end.map { String(target[..<$0]) } ?? target
    }
}

/// What reached a source's path, free of any HTTP library's types.
package struct InboundRequest: Sendable {
    /// Method and target.
    package let line: RequestLine
    /// The headers but for `Host`; repeated lines stay separate.
    package let headers: HTTPFields
    /// The body, byte for byte.
    package let body: [UInt8]
    /// By which name the client speaks to this service: the header `Host`.
    package let host: String?
    /// Who sent it, as far as a proxy whose word counts, or the connection, tells; `nil` where nobody does.
    package let client: ClientAddress?
    /// Whether it left the client by HTTPS.
    package let isSecure: Bool

    /// A request of these parts.
    ///
    /// - Parameters:
    ///   - line: Method and target.
    ///   - headers: The headers.
    ///   - body: The body as received.
    ///   - host: The header `Host`.
    ///   - client: Who sent it.
    ///   - isSecure: Whether it left the client by HTTPS.
    package init(
        line: RequestLine,
        headers: HTTPFields,
        body: [UInt8],
        host: String? = nil,
        client: ClientAddress? = nil,
        isSecure: Bool = false
    ) {
        self.line = line
        self.headers = headers
        self.body = body
        self.host = host
        self.client = client
        self.isSecure = isSecure
    }

    /// A request of these parts.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: Path and query.
    ///   - headers: The headers.
    ///   - body: The body as received.
    package init(method: HTTPRequest.Method, target: String, headers: HTTPFields, body: [UInt8]) {
        self.init(line: RequestLine(method: method, target: target), headers: headers, body: body)
    }

    /// The method.
    package var method: HTTPRequest.Method { line.method }

    /// Path and query as they stood in the request line.
    package var target: String { line.target }
}
