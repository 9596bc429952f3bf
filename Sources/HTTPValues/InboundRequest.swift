// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// What reached a source's path, free of any HTTP library's types.
package struct InboundRequest: Sendable {
    /// The method.
    package let method: HTTPRequest.Method
    /// Path and query as they stood in the request line, such as `/hooks/shop?token=…`.
    package let target: String
    /// The headers; repeated lines stay separate.
    package let headers: HTTPFields
    /// The body, byte for byte.
    package let body: [UInt8]

    /// A request of these parts.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: Path and query.
    ///   - headers: The headers.
    ///   - body: The body as received.
    package init(method: HTTPRequest.Method, target: String, headers: HTTPFields, body: [UInt8]) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The query's first value of that name, decoded; `nil` when there is none.
    ///
    /// - Parameter name: The parameter's decoded name.
    /// - Returns: The decoded value.
    package func query(_ name: String) -> String? {
        guard let mark = target.firstIndex(of: "?") else { return nil }
        let query = target[target.index(after: mark)...].prefix { $0 != "#" }
        return FormFields(decoding: Array(query.utf8)).first { $0.name == name }?.value
    }
}
