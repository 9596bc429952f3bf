// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@Suite("Text of strangers on a terminal")
struct VisibleTextTests {
    private static let treacherous: [(text: String, visible: String)] = [
        ("\u{1B}[2J\u{1B}]52;c;aGk=\u{7}", #"\u{1B}[2J\u{1B}]52;c;aGk=\u{7}"#),
        ("a\rb\u{8}", #"a\u{D}b\u{8}"#), ("\u{9B}31m\u{85}\u{7F}", #"\u{9B}31m\u{85}\u{7F}"#),
        ("\u{202E}gnp.exe\u{2066}\u{200F}\u{061C}", #"\u{202E}gnp.exe\u{2066}\u{200F}\u{61C}"#),
        ("a\u{2028}b\u{2029}\u{E0041}\u{0}", #"a\u{2028}b\u{2029}\u{E0041}\u{0}"#), ("a\r\nb", "a\\u{D}\nb"),
    ]

    @Test("shows what would speak to the terminal, in a block and in a line")
    func visible() {
        for (text, visible) in Self.treacherous {
            #expect(VisibleText.block(text) == visible)
            #expect(VisibleText.line(text) == visible.replacing("\n", with: #"\u{A}"#))
        }
    }

    @Test("keeps the lines and tabs of a block, and puts a value into one line")
    func lines() {
        #expect(VisibleText.block("a\tb\nc") == "a\tb\nc")
        #expect(VisibleText.line("a\tb\nc") == #"a\u{9}b\u{A}c"#)
    }

    @Test("leaves every script and sign as it is, joiners included")
    func scripts() {
        let text = "Müller, രാജന്‍, नमस्ते, 李雷, ישראל, سلام, 👨‍👩‍👧, ₹1,499.00, \\u{1B}"
        #expect(VisibleText.block(text) == text)
        #expect(VisibleText.line(text) == text)
        #expect(VisibleText.json(text) == text)
    }

    @Test("in JSON is escaped as JSON does, and means the same")
    func json() throws {
        let values = Self.treacherous.map { JSON.string($0.text) }
        let written = VisibleText.json(JSON.array(values).text(.indented))
        #expect(VisibleText.block(written) == written)
        #expect(try JSON(parsing: Array(written.utf8)) == .array(values))
    }
}
