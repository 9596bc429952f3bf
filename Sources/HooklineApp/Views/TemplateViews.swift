// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections
package import PartnerAPI

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
