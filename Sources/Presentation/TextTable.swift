// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Messages
internal import OrderedCollections
package import Outbox
package import PartnerAPI

/// Rows in columns, for a terminal; each row is one line, whatever is in its cells.
package enum TextTable {
    /// Lays rows out under their titles.
    ///
    /// - Parameters:
    ///   - titles: One a column.
    ///   - rows: Each with as many cells as there are titles.
    /// - Returns: Lines that each end in a line break; the last column is not padded.
    package static func render(titles: [String], rows: [[String]]) -> String {
        let all = [titles] + rows.map { $0.map(VisibleText.line) }
        let widths = titles.indices.map { column in all.map { width($0[column]) }.max() ?? 0 }
        return all.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - width(cell))
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }

    /// The columns that a text takes: wide characters two, combining ones none.
    static func width(_ text: String) -> Int {
        text.reduce(0) { $0 + ($1.unicodeScalars.first.map(isWide) == true ? 2 : 1) }
    }

    /// East Asian wide characters and emoji, near enough for a table.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}

/// Names and values under each other, for a terminal; each value is one line, whatever is in it.
package enum FieldList {
    package typealias Field = (name: String, value: String)

    private static let width = 11

    /// Lays fields out.
    ///
    /// - Parameter fields: Names of at most ten letters, and values.
    /// - Returns: Lines that each end in a line break.
    package static func render(_ fields: [Field]) -> String {
        fields.map { field in
            let gap = String(repeating: " ", count: max(1, width - field.name.count))
            return "\(field.name)\(gap)\(VisibleText.line(field.value))\n"
        }.joined()
    }
}

/// Keys of the durable partner API as the command line shows them.
package enum KeyViews {
    /// Keys, one a line.
    ///
    /// - Parameter keys: In the order to show.
    /// - Returns: A table.
    package static func table(_ keys: [APIKey]) -> String {
        TextTable.render(
            titles: ["KEY", "CREATED", "ACCOUNT", "STATE", "LABEL"],
            rows: keys.map { key in
                [
                    key.id, key.createdAt.rfc3339, key.account ?? "(first)",
                    key.revokedAt.map { "revoked \($0.rfc3339)" } ?? "live", key.label,
                ]
            }
        )
    }
}

extension APIKey {
    /// The key as `--json` shows it.
    package var json: JSON {
        [
            "id": .string(id), "label": .string(label), "account": account.map(JSON.string) ?? .null,
            "created_at": .string(createdAt.rfc3339), "revoked_at": revokedAt.map { .string($0.rfc3339) } ?? .null,
        ]
    }
}

/// Templates as the command line shows them.
package enum TemplateViews {
    /// Templates, one a line.
    ///
    /// - Parameter templates: In the partner's order.
    /// - Returns: A table.
    package static func table(_ templates: [MessageTemplate]) -> String {
        TextTable.render(
            titles: ["NAME", "LANGUAGE", "STATUS", "CATEGORY", "VARIABLES", "CARDS"],
            rows: templates.map { template in
                [
                    template.name, template.language, template.status.description, template.category ?? "-",
                    String(template.bubble.variableCount), String(template.cards.count),
                ]
            }
        )
    }

    /// One template with its gaps visible.
    ///
    /// - Parameter template: The template.
    /// - Returns: Its head and its bubble.
    package static func text(_ template: MessageTemplate) -> String {
        let empty = try? TemplateMessage(name: template.name, language: template.language, payload: .variables([:]))
        let head =
            "\(template.name) (\(template.language)), \(template.status), \(template.category ?? "no category")"
        return VisibleText.line(head) + "\n" + (empty.map { ChatBubble.draw(template.render($0)) + "\n" } ?? "")
    }
}
