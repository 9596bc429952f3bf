// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The page that explains every finding, with its examples.
package struct DiagnosticsPage: Sendable {
    /// By the finding's id, in the order of the page.
    package let sections: [(id: String, text: String)]

    /// Reads `docs/diagnostics.md`.
    package init() throws {
        let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        let root = folder.deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/diagnostics.md"), encoding: .utf8)
        sections = page.components(separatedBy: "\n### ").dropFirst().map { section in
            let text = section.components(separatedBy: "\n## ").first ?? section
            return (String(text.prefix { $0 != "\n" }), text)
        }
    }

    /// The examples of all sections, in the order of the page.
    package var examples: [DiagnosticsExample] {
        sections.flatMap { id, text in
            text.components(separatedBy: "\n```").enumerated().compactMap { position, block in
                position % 2 == 1 ? DiagnosticsExample(id: id, block: block) : nil
            }
        }
    }
}
