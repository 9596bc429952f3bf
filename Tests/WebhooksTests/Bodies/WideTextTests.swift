// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Webhooks

@Suite("A body in another encoding than UTF-8")
struct WideTextTests {
    /// Each character of a text in so many bytes, the low one first or last.
    static func wide(_ text: String, width: Int, isLittle: Bool, mark: Bool) -> [UInt8] {
        let units = width == 2 ? Array(text.utf16).map(UInt32.init) : text.unicodeScalars.map(\.value)
        return ((mark ? [0xFEFF] : []) + units).flatMap { unit in
            let bytes = (0..<width).map { UInt8(truncatingIfNeeded: unit >> UInt32($0 * 8)) }
            return isLittle ? bytes : bytes.reversed()
        }
    }

    @Test("is read when it is UTF-16 or UTF-32, with or without its mark", arguments: [2, 4], [true, false])
    func unicode(width: Int, isLittle: Bool) {
        for mark in [true, false] {
            func read(_ text: String) -> String {
                DecodedBody.read(Self.wide(text, width: width, isLittle: isLittle, mark: mark))
            }
            #expect(read(#"{"name":"José 😀"}"#) == #"{"name":"José 😀"}"#)
            #expect(read("<a>José</a>") == #"{"a":"José"}"#)
            #expect(read("{broken") == "! unexpected character at line 1, column 2")
        }
    }

    @Test(
        "that begins like UTF-16 and is none says so",
        arguments: [[0xFF, 0xFE, 0x7B], [0x7B, 0, 0, 0xD8]] as [[UInt8]]
    )
    func broken(bytes: [UInt8]) {
        #expect(DecodedBody.read(bytes) == "! the body begins like UTF-16 and is none; expected UTF-8")
    }

    @Test("is read when it is JSON in the charset of its content type")
    func charsets() {
        let latin = Array(#"{"name":"Jos"#.utf8) + [0xE9] + Array(#""}"#.utf8)
        func read(_ type: String) -> String { DecodedBody.read(latin, type: type) }
        #expect(read("application/json; charset=ISO-8859-1") == #"{"name":"José"}"#)
        #expect(
            read("application/json")
                == "! invalid UTF-8 at line 1, column 13; expected UTF-8, or the charset's name in Content-Type"
        )
        #expect(
            read("application/json; charset=utf-8")
                == "! invalid UTF-8 at line 1, column 13, and the body is not in the charset 'utf-8' of Content-Type; expected UTF-8"
        )
        let utf8 = DecodedBody.read(#"{"name":"José"}"#, type: "application/json; charset=ISO-8859-1")
        #expect(utf8 == #"{"name":"José"}"#)
    }

    @Test("is read when it is XML that names its encoding")
    func xml() {
        func body(_ encoding: String, _ bytes: [UInt8]) -> [UInt8] {
            Array("<?xml version='1.0' encoding='\(encoding)'?><n>".utf8) + bytes + Array("</n>".utf8)
        }
        #expect(DecodedBody.read(body("windows-1252", [0x80])) == #"{"n":"€"}"#)
        #expect(DecodedBody.read(body("Shift_JIS", [0x8E, 0x52])) == #"{"n":"山"}"#)
        #expect(DecodedBody.read(body("x-odd", [0xE9])) == "! the XML is not UTF-8, and none that is known fits x-odd")
    }

    @Test("that is empty says so")
    func empty() {
        #expect(DecodedBody.read("") == "! the body is empty; expected JSON")
        #expect(DecodedBody.read("", as: .json) == "! the body is empty; expected JSON")
        #expect(DecodedBody.read("", as: BodyDecoding(standard: .xml)) == "! the body is empty; expected XML")
        #expect(DecodedBody.read("  \n") == "! the body is empty; expected JSON")
        #expect(DecodedBody.read("", as: .form) == "! the body is empty; expected a form")
    }
}
