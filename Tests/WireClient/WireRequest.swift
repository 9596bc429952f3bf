// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A request as the bytes that a sender writes; no library tidies it up on the way.
package struct WireRequest: Sendable {
    /// How the end of the body is told.
    package enum Framing: CaseIterable, Sendable {
        /// HTTP/1.1 with `Content-Length`.
        case contentLength
        /// HTTP/1.1 in chunks, of which the first is a single byte.
        case chunked
        /// HTTP/1.0 with `Content-Length`, after which the server must close.
        case old
    }

    package let method: String
    package let target: String
    /// Names and values in their order; a name may come twice.
    package let headers: [[String]]
    package let body: [UInt8]
    package let framing: Framing

    package init(method: String, target: String, headers: [[String]], body: [UInt8], framing: Framing) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.framing = framing
    }

    package var bytes: [UInt8] {
        var lines = ["\(method) \(target) HTTP/1.\(framing == .old ? 0 : 1)"]
        if framing != .old { lines.append("Host: hooks.example") }
        lines += headers.map { "\($0[0]): \($0[1])" }
        guard !body.isEmpty || method == "POST" else { return Self.head(lines) }
        switch framing {
        case .contentLength, .old: return Self.head(lines + ["Content-Length: \(body.count)"]) + body
        case .chunked:
            let chunks = Self.chunk(body.prefix(1)) + Self.chunk(body.dropFirst())
            return Self.head(lines + ["Transfer-Encoding: chunked"]) + chunks + Array("0\r\n\r\n".utf8)
        }
    }

    private static func head(_ lines: [String]) -> [UInt8] {
        Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// Nothing for no bytes: an empty chunk would be the last one.
    private static func chunk(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.isEmpty ? [] : Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
    }
}
