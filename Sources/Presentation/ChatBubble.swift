// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
package import PartnerAPI

/// A message drawn as the customer's telephone would show it, for a terminal; what a terminal would obey is visible.
package enum ChatBubble {
    private static let width = 56

    /// The bubble, line by line, with a frame.
    ///
    /// - Parameter message: What the customer reads.
    /// - Returns: Lines without a line break at the end.
    package static func draw(_ message: RenderedMessage) -> String {
        var lines = message.header.map { [text(of: $0), ""] } ?? []
        lines += wrap(message.body)
        if let footer = message.footer { lines += ["", VisibleText.line(footer)] }
        var rows = ["╭" + String(repeating: "─", count: width + 2) + "╮"]
        rows += lines.map { "│ \(padded($0)) │" }
        rows += message.buttons.flatMap {
            ["├" + String(repeating: "─", count: width + 2) + "┤", "│ \(padded(label($0))) │"]
        }
        rows.append("╰" + String(repeating: "─", count: width + 2) + "╯")
        return (rows + message.cards.enumerated().flatMap { card($1, number: $0 + 1) }).joined(separator: "\n")
    }

    private static func card(_ card: RenderedMessage.Card, number: Int) -> [String] {
        var lines = ["┌ card \(number)"]
        if let header = card.header { lines.append("│ \(text(of: header))") }
        lines += wrap(card.body).map { "│ \($0)" }
        return lines + card.buttons.map { "│ \(label($0))" } + ["└"]
    }

    private static func text(of header: RenderedMessage.Header) -> String {
        switch header {
        case .text(let text): VisibleText.line(text)
        case .media(let format, let reference):
            reference.map { "[\(format) \(VisibleText.line($0))]" } ?? "[\(format)]"
        case .location: "[location]"
        }
    }

    private static func label(_ button: RenderedMessage.Button) -> String {
        VisibleText.line(button.target.map { "→ \(button.text) (\($0))" } ?? "→ \(button.text)")
    }

    /// Breaks a text at spaces so that it fits; its own line breaks stay.
    private static func wrap(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
            var rows = [""]
            for word in VisibleText.line(String(line)).split(separator: " ", omittingEmptySubsequences: false) {
                let last = rows[rows.count - 1]
                let longer = last.isEmpty ? String(word) : "\(last) \(word)"
                if TextTable.width(longer) <= width || last.isEmpty {
                    rows[rows.count - 1] = longer
                } else {
                    rows.append(String(word))
                }
            }
            return rows
        }
    }

    private static func padded(_ text: String) -> String {
        text + String(repeating: " ", count: max(0, width - TextTable.width(text)))
    }
}
