// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOHTTP1
import Testing

@testable import Server

@Suite("What a request's head must have and may ask for")
struct HeadTests {
    private struct Row: Sendable, CustomTestStringConvertible {
        let head: String
        let refusals: [String]

        var testDescription: String { head }
    }

    private static let rows = [
        Row(head: "GET /a HTTP/1.1\r\nHost: h\r\n", refusals: []),
        Row(head: "GET /a HTTP/1.1\r\nHost:\r\n", refusals: []),
        Row(head: "GET /a HTTP/1.1\r\n", refusals: ["bad_host -"]),
        Row(head: "GET /a HTTP/1.1\r\nHost: h\r\nHost: h\r\n", refusals: ["bad_host -"]),
        Row(head: "GET /a HTTP/1.1\r\nhost: h\r\nHOST: g\r\n", refusals: ["bad_host -"]),
        Row(head: "GET /a HTTP/1.0\r\n", refusals: []),
        Row(head: "GET /a HTTP/1.0\r\nHost: h\r\nHost: g\r\n", refusals: ["bad_host -"]),
        Row(head: "POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n", refusals: []),
        Row(head: "POST /a HTTP/1.1\r\nHost: h\r\nExpect: 200-ok\r\n", refusals: ["unknown_expectation -"]),
    ]

    @Test("HTTP/1.1 wants one Host, nobody may have two; of expectations one is known", arguments: rows)
    private func heads(_ row: Row) throws {
        let connection = try GuardedChannel()
        try connection.receive(row.head + "\r\n")
        #expect(connection.refusals == row.refusals)
        let answer = try connection.sent()
        switch row.refusals {
        case []:
            #expect(connection.served.first?.hasSuffix(" /a") == true)
            #expect(answer.isEmpty)
        case ["bad_host -"]: #expect(connection.served.isEmpty && answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        default: #expect(connection.served.isEmpty && answer.hasPrefix("HTTP/1.1 417 Expectation Failed\r\n"))
        }
    }

    @Test("a client that asks is told to send its body once the server wants it, and no other client is")
    func mayContinue() throws {
        let head = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
        let asking = try GuardedChannel()
        try asking.receive(head + "Expect: 100-continue\r\n\r\n")
        #expect(try asking.sent() == "")
        asking.wantBody()
        #expect(try asking.sent() == "HTTP/1.1 100 Continue\r\n\r\n")
        asking.wantBody()
        try asking.receive("body")
        asking.answer()
        #expect(try asking.sent() == "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

        let silent = try GuardedChannel()
        try silent.receive(head + "\r\n")
        silent.wantBody()
        #expect(try silent.sent() == "")
    }

    @Test("a client whose body has begun, or that speaks HTTP/1.0, needs no leave any more")
    func needsNoLeave() throws {
        let begun = try GuardedChannel()
        try begun.receive("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbo")
        begun.wantBody()
        #expect(try begun.sent() == "")

        let old = try GuardedChannel()
        try old.receive("POST /a HTTP/1.0\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        old.wantBody()
        #expect(try old.sent() == "")
    }

    @Test("whoever asked and is refused gets the final answer alone, and its connection ends")
    func refusedAtOnce() throws {
        let connection = try GuardedChannel()
        try connection.receive("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
        connection.answer(413)
        #expect(
            try connection.sent()
                == "HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
    }

    @Test("a request's fields are its own, whatever names the connection's requests before it had")
    func fields() {
        let requests: [[(String, String)]] = [
            [("X-Topic", "a"), ("Host", "h"), ("Accept", "*/*")],
            [("X-Topic", "b"), ("Host", "h"), ("Accept", "*/*")],
            [("host", "h"), ("x-topic", "c"), ("Accept", "text/html"), ("X-Topic", "d")],
            [("Accept", "*/*"), ("no token", "e"), ("X-Topic", "f")],
            (0..<40).map { ("X-Name-\($0)", "\($0)") },
            [("X-" + String(repeating: "long", count: 50), "g"), ("X-Topic", "h"), ("X-Name-2", "i")],
            [],
        ]
        var reader = FieldReader()
        for request in requests + requests.reversed() {
            let expected = request.filter { $0.0.lowercased() != "host" && $0.0 != "no token" }
            let fields = reader.fields(HTTPHeaders(request))
            #expect(fields.map(\.name.rawName) == expected.map(\.0))
            #expect(fields.map(\.value) == expected.map(\.1))
        }
    }
}
