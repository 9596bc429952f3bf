// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@Suite("JSON keeps what the sender wrote")
struct JSONValueTests {
    @Test(
        "numbers keep their text",
        arguments: [
            "9007199254740993", "123456789012345678901234567890", "1e400", "-1e-400", "0.1", "499.00", "-0", "1E+2",
            "0e0",
        ]
    )
    func numbers(text: String) throws {
        let document = try JSONDocument(Array(text.utf8))
        #expect(document.root.number?.text == text)
        #expect(document.root.value.text() == text)
        #expect(try JSON(parsing: "[\(text)]").text() == "[\(text)]")
    }

    @Test("numbers are equal and ordered by value")
    func numberValues() throws {
        #expect(try JSON(parsing: "1.50") == JSON(parsing: "15e-1"))
        #expect(try JSON(parsing: "1") != JSON(parsing: #""1""#))
        #expect(try JSON(parsing: "9007199254740993") != JSON(parsing: "9007199254740992"))
        #expect(try Set([JSON(parsing: "1.0"), JSON(parsing: "1"), JSON(parsing: "10e-1")]).count == 1)
        let (small, large) = try (#require(JSONNumber("0.29999999999999999999")), #require(JSONNumber("0.3")))
        #expect(small < large)
        #expect(!(large < small))
    }

    @Test("a number's text is checked", arguments: ["+1", ".5", "01", "1.", "1e", "", " 1", "0x1", "NaN", "-"])
    func noNumbers(text: String) {
        #expect(JSONNumber(text) == nil)
    }

    @Test("objects keep the order of their keys")
    func order() throws {
        let text = #"{"z":1,"a":{"y":2,"b":3},"m":4}"#
        let value = try JSON(parsing: text)
        #expect(value.text() == text)
        #expect(try value != JSON(parsing: #"{"a":{"y":2,"b":3},"z":1,"m":4}"#))
        #expect(try JSONDocument(Array(text.utf8)).root.members.map(\.key) == ["z", "a", "m"])
    }

    @Test("of a repeated key the last value counts, in the place of the first")
    func duplicates() throws {
        let document = try JSONDocument(Array(#"{"a":1,"b":2,"a":{"c":3},"\u0061":4}"#.utf8))
        #expect(document.root["a"]?.value == 4)
        #expect(document.root.value.text() == #"{"a":4,"b":2}"#)
        #expect(document.root.count == 4)
    }

    @Test(
        "escapes are decoded, pairs joined, and a lone surrogate becomes U+FFFD",
        arguments: [
            (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"\u00e9"#, "é"), (#"\uD83D\uDE00"#, "😀"),
            (#"\ud83d\ude00"#, "😀"),
            (#"\uD83D"#, "\u{FFFD}"), (#"\uDE00"#, "\u{FFFD}"), (#"\uDE00\uD83D"#, "\u{FFFD}\u{FFFD}"),
            (#"\uD83Dx"#, "\u{FFFD}x"), (#"\uD83D\n"#, "\u{FFFD}\n"), (#"\uD83D\uD83D\uDE00"#, "\u{FFFD}😀"),
            (#"\u0000"#, "\0"),
            (#"a\u005cb"#, #"a\b"#),
        ]
    )
    func escapes(written: String, decoded: String) throws {
        let document = try JSONDocument(Array("[\"\(written)\"]".utf8))
        let found = try #require(document.root[0]?.string)
        #expect(found.unicodeScalars.elementsEqual(decoded.unicodeScalars))
    }

    @Test("escaped keys are found by their decoded name")
    func escapedKeys() throws {
        let document = try JSONDocument(Array(#"{"caf\u00e9":1,"a\/b":2}"#.utf8))
        #expect(document.root["café"]?.value == 1)
        #expect(document.root["a/b"]?.value == 2)
        #expect(document.root["cafe"] == nil)
    }

    @Test("nodes answer for their own kind alone")
    func nodes() throws {
        let root = try JSONDocument(Array(#"{"s":"x","n":5,"l":[1,[2],{"k":null}],"t":true}"#.utf8)).root
        #expect(root["l"]?[1]?[0]?.value == 2)
        #expect(root["l"]?[2]?["k"]?.kind == .null)
        #expect(root["l"]?[3] == nil)
        #expect(root["l"]?[-1] == nil)
        #expect(root["l"]?.elements.count == 3)
        #expect(root["s"]?["x"] == nil)
        #expect(root["s"]?.number == nil)
        #expect(root["n"]?.string == nil)
        #expect(root["n"]?.number?.int == 5)
        #expect(root["t"]?.value.bool == true)
        #expect(root["s"]?.count == 0)
        #expect(root[0] == nil)
    }

    @Test(
        "scalars may stand at the root, with white space around them",
        arguments: [
            ("1", "1"), (#" "x" "#, #""x""#), ("\n\ttrue\r\n", "true"), ("null", "null"), ("[ ]", "[]"), (" { }", "{}"),
        ]
    )
    func roots(text: String, value: String) throws {
        #expect(try JSON(parsing: text).text() == value)
    }

    @Test("a byte order mark in front is passed over, and offsets count it")
    func byteOrderMark() throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        #expect(try JSONDocument(mark + Array(#"{"a":"b"}"#.utf8)).root["a"]?.string == "b")
        let error = #expect(throws: JSONError.self) { try JSONDocument(mark + Array("[1,]".utf8)) }
        #expect(error == JSONError(.unexpected, 6))
    }

    @Test("the bytes of a document are the bytes received")
    func bytes() throws {
        let text = Array(" {\"a\" : 1.00}\n".utf8)
        #expect(try Array(JSONDocument(text).bytes) == text)
    }

    @Test("a text with room behind it is parsed where it stands; one without is copied", arguments: [0, 63, 64, 200])
    func room(bytes: Int) throws {
        let text = Array(#"{"a":[1,2]}"#.utf8)
        var body: [UInt8] = []
        body.reserveCapacity(text.count + bytes)
        body += text
        let hasRoom = body.capacity - body.count >= 64
        let document = try JSONDocument(body)
        let isShared = body.withUnsafeBytes { own in
            document.bytes.withUnsafeBytes { kept in own.baseAddress == kept.baseAddress }
        }
        #expect(isShared == hasRoom)
        #expect(document.bytes.elementsEqual(text))
        #expect(document.root["a"]?.count == 2)
    }

    @Test(
        "escapes are written where they must be, at any place of a text",
        arguments: [
            ("", #""""#), ("a", #""a""#), ("\"", #""\"""#), ("a\\", #""a\\""#), ("\n\r\t", #""\n\r\t""#),
            ("\u{8}x\u{C}", #""\bx\f""#), ("\u{1}\u{1F}", #""\u0001\u001f""#), ("é\u{7F}\"€", "\"é\u{7F}\\\"€\""),
            ("a long text, too long to be small, \"quoted\"", #""a long text, too long to be small, \"quoted\"""#),
        ]
    )
    func escapes(text: String, written: String) throws {
        #expect(JSON.string(text).text() == written)
        #expect(try JSON(parsing: written) == .string(text))
    }

    @Test("a text that is written piece by piece is the text of the value")
    func pieces() {
        var text = JSONText(reserving: 0)
        text.object { text in
            text.key("a")
            text.string("\"")
            text.key("b")
            text.array { text in
                text.bool(true)
                text.value(["c": [1, nil]])
                text.object { _ in }
                text.array { _ in }
                text.string("d")
            }
            text.key("e")
            text.bool(false)
        }
        let value: JSON = ["a": "\"", "b": [true, ["c": [1, nil]], [:], [], "d"], "e": false]
        #expect(text.bytes == value.encoded())
    }

    @Test("layouts: compact has no white space, indented has a member a line")
    func layouts() throws {
        let value: JSON = ["a": [1, "x"], "b": [:], "c": []]
        #expect(value.text() == #"{"a":[1,"x"],"b":{},"c":[]}"#)
        #expect(
            value.text(.indented) == """
                {
                  "a": [
                    1,
                    "x"
                  ],
                  "b": {},
                  "c": []
                }
                """
        )
    }
}
