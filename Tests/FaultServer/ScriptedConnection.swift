// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A request as it stood on the wire.
package struct WireRequest: Hashable, Sendable {
    /// The request line and the header lines, without the empty line.
    package let head: [String]
    /// The body, as long as `Content-Length` says.
    package let body: [UInt8]
    /// The number of the connection it came on, from 1.
    package let connection: Int

    /// The value of a header field; `nil` when there is none.
    package func value(_ name: String) -> String? {
        let prefix = name.lowercased() + ":"
        let line = head.dropFirst().first { $0.lowercased().hasPrefix(prefix) }
        return line.map { $0.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces) }
    }
}

/// One connection of the scripted server, used on its own thread by the script.
package final class ScriptedConnection {
    /// The number of the connection, from 1.
    package let number: Int
    private let server: ScriptedServer
    private let socket: Int32
    private var buffer: [UInt8] = []

    init(_ number: Int, _ socket: Int32, _ server: ScriptedServer) {
        self.number = number
        self.socket = socket
        self.server = server
    }

    /// Reads one request to its last byte and records it.
    ///
    /// - Returns: The request; `nil` when the client closed before.
    package func read() -> WireRequest? {
        guard let head = readHead() else { return nil }
        let sketch = WireRequest(head: head, body: [], connection: number)
        let length = sketch.value("Content-Length").flatMap { Int($0) } ?? 0
        while buffer.count < length {
            let more = Sockets.receive(socket)
            guard !more.isEmpty else { return nil }
            buffer += more
        }
        let request = WireRequest(head: head, body: Array(buffer.prefix(length)), connection: number)
        buffer.removeFirst(length)
        server.record(request)
        return request
    }

    /// Reads a request's head and leaves the body unread; records nothing.
    ///
    /// - Returns: Its lines; `nil` when the client closed before.
    package func readHead() -> [String]? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let range = buffer.firstRange(of: end) {
                let text = String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
                buffer.removeSubrange(..<range.upperBound)
                return text.components(separatedBy: "\r\n")
            }
            let more = Sockets.receive(socket)
            guard !more.isEmpty else { return nil }
            buffer += more
        }
    }

    /// Writes raw bytes.
    package func write(_ text: String) {
        Sockets.write(socket, Array(text.utf8))
    }

    /// Writes a whole answer with its length.
    package func answer(_ status: Int, _ body: String, headers: [String] = []) {
        let lines = ["HTTP/1.1 \(status) Scripted", "Content-Length: \(body.utf8.count)"] + headers
        write(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Answers every request on this connection alike, until the client closes.
    package func answerAll(_ status: Int, _ body: String, headers: [String] = []) {
        while read() != nil { answer(status, body, headers: headers) }
    }

    /// Reads and drops what comes until the client closes or the server stops.
    package func drain() {
        while !Sockets.receive(socket).isEmpty {}
    }

    /// Holds the connection open without reading until the server stops.
    package func hold() {
        server.waitForStop()
    }

    /// Makes the end of the script reset the connection instead of closing it.
    package func reset() {
        Sockets.resetOnClose(socket)
    }
}
