// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Webhooks

@Suite("A multipart form")
struct MultipartFormTests {
    private let type = "multipart/form-data; boundary=X"

    private func part(_ head: String, _ content: String) -> String {
        "--X\r\nContent-Disposition: form-data; \(head)\r\n\r\n\(content)\r\n"
    }

    @Test("gives its fields as any form, and of a file its name, type and size")
    func fields() {
        let file =
            "--X\r\nContent-Disposition: form-data; name=\"bill\"; filename=\"b;1.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF\u{0}\r\n\r\n"
        let body =
            part("name=\"kind\"", "order.paid") + part("name=\"items[]\"", "Tea") + part("name=\"items[]\"", "Cup")
            + file + "--X--\r\n"
        #expect(
            DecodedBody.read(body, type: type)
                == #"{"kind":"order.paid","items[]":["Tea","Cup"],"bill":{"filename":"b;1.pdf","content_type":"application/pdf","size":7},"items":["Tea","Cup"]}"#
        )
    }

    @Test(
        "is read as senders write it",
        arguments: [
            ("--X\nContent-Disposition: form-data; name=a\n\n1\n--X--\n", #"{"a":"1"}"#),
            ("preamble\r\n--X \r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n--X--epilogue", #"{"a":"1"}"#),
            ("--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--Xtra\r\n--X--", #"{"a":"--Xtra"}"#),
            ("--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--X--", #"{"a":""}"#),
            ("--X\r\nContent-Disposition: form-data; name=\"a\\\"b%22\"\r\n\r\n1\r\n--X--", #"{"a\"b\"":"1"}"#),
        ]
    )
    func forms(body: String, expected: String) {
        #expect(DecodedBody.read(body, type: type) == expected)
    }

    @Test("is decoded by the charset of its part, of its head, or of a field")
    func charsets() {
        func body(_ partType: String, _ more: String = "") -> [UInt8] {
            Array("--X\r\nContent-Disposition: form-data; name=\"n\"\r\n\(partType)\r\nJos".utf8) + [0xE9]
                + Array("\r\n\(more)--X--".utf8)
        }
        let named = body("Content-Type: text/plain; charset=iso-8859-1\r\n")
        #expect(DecodedBody.read(named, type: type) == #"{"n":"José"}"#)
        #expect(DecodedBody.read(body(""), type: type + "; charset=iso-8859-1") == #"{"n":"José"}"#)
        let field = body("", part("name=\"_charset_\"", "windows-1252"))
        #expect(DecodedBody.read(field, type: type) == #"{"n":"José","_charset_":"windows-1252"}"#)
        #expect(DecodedBody.read(body(""), type: type).hasPrefix("! the form's field 'n' is not UTF-8"))
    }

    @Test(
        "that goes wrong says where",
        arguments: [
            ("multipart/form-data", "--X", "Content-Type names no boundary of at most 70 characters"),
            ("multipart/form-data; boundary=Y", "--X\r\n", "its boundary is nowhere in it"),
            (
                "multipart/form-data; boundary=X", "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1",
                "it ends, or goes wrong, inside its part 1"
            ),
            (
                "multipart/form-data; boundary=X", "--X\r\nA: b\r\n\r\n1\r\n--X--",
                "its part 1 has no name in Content-Disposition"
            ),
            (
                "multipart/form-data; boundary=X",
                "--X\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nMQ==\r\n--X--",
                "its field 'a' has the transfer encoding 'base64'"
            ),
        ]
    )
    func mistakes(type: String, body: String, expected: String) {
        #expect(DecodedBody.read(body, type: type) == "! the multipart body cannot be read: \(expected)")
    }

    @Test("has as many parts as a form may have fields, and small heads")
    func limits() {
        let parts = (0..<1_001).map { part("name=\"f\($0)\"", "v") }
        #expect(DecodedBody.read(parts.dropLast().joined() + "--X--", type: type).hasPrefix(#"{"f0":"v""#))
        #expect(DecodedBody.read(parts.joined() + "--X--", type: type).contains("more than 1000 fields"))
        let head = "--X\r\nA: \(String(repeating: "x", count: 9_000))\r\n\r\n1\r\n--X--"
        #expect(DecodedBody.read(head, type: type).contains("inside its part 1"))
    }
}
