// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Foundation

/// An answer as it came over the wire.
package struct WireAnswer: Sendable {
    package let status: Int
    /// Names in lower case, and values.
    package let headers: [(name: String, value: String)]
    package var body: [UInt8] = []

    /// Reads status line and headers.
    ///
    /// - Parameter head: Without the empty line at its end; `nil` comes back when it is no answer's head.
    init?(head: [UInt8]) {
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        let status = lines[0].split(separator: " ")
        guard status.count >= 2, status[0].hasPrefix("HTTP/1."), let code = Int(status[1]) else { return nil }
        self.status = code
        var headers: [(name: String, value: String)] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers.append((line[..<colon].lowercased(), String(value)))
        }
        self.headers = headers
    }

    /// The first header of that name.
    package subscript(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }

    /// How many bytes of body follow; `nil` when it goes on to the end of the connection.
    package var bodyLength: Int? { self["content-length"].flatMap { Int($0) } }

    package var text: String { String(decoding: body, as: UTF8.self) }
    package var json: JSON? { try? JSON(parsing: body) }
}
