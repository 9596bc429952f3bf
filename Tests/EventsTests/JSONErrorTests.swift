// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

extension JSONError {
    /// What a test expects; the library makes its own errors.
    init(_ reason: Reason, _ offset: Int) {
        self.init(reason: reason, offset: offset)
    }
}

@Suite("What is no JSON is refused at its first wrong byte")
struct JSONErrorTests {
    @Test(
        "reason and offset",
        arguments: [
            ("", JSONError(.empty, 0)), ("  ", JSONError(.empty, 2)), ("[1,]", JSONError(.unexpected, 3)),
            ("[1 2]", JSONError(.unexpected, 3)), ("[,1]", JSONError(.unexpected, 1)),
            ("[1", JSONError(.unexpectedEnd, 2)),
            ("{", JSONError(.unexpectedEnd, 1)), (#"{"a"}"#, JSONError(.unexpected, 4)),
            (#"{"a":}"#, JSONError(.unexpected, 5)),
            (#"{"a":1,}"#, JSONError(.unexpected, 7)), ("{1:2}", JSONError(.unexpected, 1)),
            ("[1]]", JSONError(.trailing, 3)),
            ("1 2", JSONError(.trailing, 2)), ("[01]", JSONError(.badNumber, 1)), ("[1.]", JSONError(.badNumber, 1)),
            ("[-]", JSONError(.badNumber, 1)), ("[1e+]", JSONError(.badNumber, 1)), ("[.5]", JSONError(.unexpected, 1)),
            ("[+1]", JSONError(.unexpected, 1)), ("[1x]", JSONError(.badNumber, 1)),
            ("[tru]", JSONError(.unexpected, 1)),
            ("[nul", JSONError(.unexpected, 1)), ("[TRUE]", JSONError(.unexpected, 1)),
            (#"["a\x"]"#, JSONError(.badEscape, 3)),
            (#"["\u12g4"]"#, JSONError(.badEscape, 2)), (#"["\u12"]"#, JSONError(.badEscape, 2)),
            (#"["abc"#, JSONError(.unclosedString, 1)), (#"["abc\"]"#, JSONError(.unclosedString, 1)),
            ("[\"a\u{1}b\"]", JSONError(.controlCharacter, 3)), ("[\"a\nb\"]", JSONError(.controlCharacter, 3)),
            ("[\"a\tb\"]", JSONError(.controlCharacter, 3)), ("nan", JSONError(.unexpected, 0)),
            ("'a'", JSONError(.unexpected, 0)),
        ]
    )
    func offsets(text: String, error: JSONError) {
        #expect(throws: error) { try JSONDocument(Array(text.utf8)) }
    }

    @Test(
        "bytes that are not UTF-8",
        arguments: [
            ([0x22, 0xFF, 0x22], 1), ([0x22, 0x61, 0xC0, 0x80, 0x22], 2), ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),
            ([0x22, 0xE2, 0x82, 0x22], 1), ([0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], 1), ([0x22, 0x80, 0x22], 1),
            ([0x22, 0xF0, 0x80, 0x80, 0xAF, 0x22], 1), ([0x5B, 0xC3], 1),
        ] as [([UInt8], Int)]
    )
    func utf8(bytes: [UInt8], offset: Int) {
        #expect(throws: JSONError(.invalidUTF8, offset)) { try JSONDocument(bytes) }
    }

    @Test("512 levels are fine, one more is not, whatever stands inside")
    func depth() throws {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            func nested(_ levels: Int) -> [UInt8] {
                Array((String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)).utf8)
            }
            _ = try JSONDocument(nested(512)).root.value
            let offset = 512 * open.utf8.count
            #expect(throws: JSONError(.tooDeep, offset)) { try JSONDocument(nested(513)) }
            #expect(throws: JSONError(.tooDeep, 2 * open.utf8.count)) { try JSONDocument(nested(3), maxDepth: 2) }
        }
    }

    @Test("a sentence names the place")
    func sentences() {
        #expect(JSONError(.badNumber, 7).description == "malformed number at byte 7")
        let error = #expect(throws: JSONError.self) { try JSONDocument(Array("{\r\n  \"é\": 01\n}".utf8)) }
        #expect(error?.description == "malformed number at line 2, column 8")
        #expect(JSONError(.empty, 0).description == "the text is empty; expected a JSON value")
    }
}
