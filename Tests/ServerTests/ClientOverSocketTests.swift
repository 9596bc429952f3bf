// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import HTTPValues
import Server
import TestSupport
import Testing
import WireClient

/// The whole way of a client's address, from the bytes of a connection to the endpoint.
@Suite("Who a client is, over a socket", .timeLimit(.minutes(10)))
struct ClientOverSocketTests {
    /// Says from whom a request is, and whether that one used HTTPS.
    private struct Endpoint: HTTPEndpoint {
        func open(_ line: RequestLine) -> Opening {
            .body(
                AsyncTaker(maxBodyBytes: 0) { request in
                    .plainText("\(request.client?.description ?? "nobody") \(request.isSecure)")
                }
            )
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What the connection begins with; none where the listener takes no such header.
        var header: String?
        var fields: [[String]] = []
        var trusted = ["127.0.0.1"]
        let answer: String
    }

    private static let forwarded = [["X-Forwarded-For", "198.51.100.7"], ["X-Forwarded-Proto", "https"]]

    private static let rows = [
        Row(testDescription: "alone", answer: "127.0.0.1 false"),
        Row(testDescription: "X-Forwarded-For", fields: forwarded, answer: "198.51.100.7 true"),
        Row(testDescription: "trusted nobody", fields: forwarded, trusted: [], answer: "127.0.0.1 false"),
        Row(testDescription: "PROXY", header: "TCP4 192.0.2.1 127.0.0.1 50000 443", answer: "192.0.2.1 false"),
        // Who is named there is no proxy, and says of others what it likes.
        Row(
            testDescription: "PROXY and a client that claims",
            header: "TCP4 192.0.2.1 127.0.0.1 50000 443",
            fields: forwarded,
            answer: "192.0.2.1 false"
        ),
        Row(
            testDescription: "PROXY of a proxy behind another",
            header: "TCP4 10.0.0.1 127.0.0.1 50000 443",
            fields: forwarded,
            trusted: ["127.0.0.1", "10.0.0.1"],
            answer: "198.51.100.7 true"
        ),
        Row(testDescription: "PROXY of a proxy itself", header: "UNKNOWN", answer: "127.0.0.1 false"),
    ]

    @Test("is the same for each request of a connection", arguments: rows)
    func client(_ row: Row) async throws {
        let listener = HTTPListener(
            address: ListenAddress(host: "127.0.0.1", port: 0),
            proxies: ProxyDoor(
                trusted: AddressList(row.trusted.compactMap(AddressRange.init)),
                takesHeader: row.header != nil
            ),
            endpoint: Endpoint(),
            limits: .patient,
            logger: quietLogger
        )
        try await running(listener) {
            try await WireConnection.open(to: try await listener.bound.value) { connection in
                if let header = row.header { try await connection.write("PROXY \(header)\r\n") }
                let (request, plain) = (
                    WireRequest(method: "GET", target: "/", headers: row.fields, body: [], framing: .contentLength),
                    WireRequest(method: "GET", target: "/", headers: [], body: [], framing: .contentLength)
                )
                #expect(try await connection.answer(to: request).text == row.answer)
                // What one request says of its client holds for that one alone.
                let second = try await connection.answer(to: plain).text
                #expect(!second.hasPrefix("198.51.100.7"))
                #expect(try await connection.answer(to: request).text == row.answer)
            }
        }
    }
}
