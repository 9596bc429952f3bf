// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@Suite("A place in a text")
struct TextPositionTests {
    @Test(
        "is told by line and column, as an editor counts",
        arguments: [
            ("", 0, 1, 1), ("abc", 2, 1, 3), ("abc", 3, 1, 4), ("a\nb", 2, 2, 1), ("a\r\nb", 3, 2, 1),
            ("a\rb", 2, 2, 1), ("a\n\nb", 3, 3, 1), ("é!", 2, 1, 2), ("मी!", 6, 1, 3), ("\u{FEFF}ab", 4, 1, 2),
            ("abc", 99, 1, 4),
        ]
    )
    func places(text: String, offset: Int, line: Int, column: Int) {
        let position = TextPosition(offset: offset, in: Array(text.utf8)[...])
        #expect(position.description == "line \(line), column \(column)")
    }
}
