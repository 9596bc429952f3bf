// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Liquid
import Testing

// The examples of docs/liquid.md, run as they stand there.

/// One example: a template and the line `→ output` or `✗ error` under it.
struct Example: Sendable, CustomTestStringConvertible {
    let template: String
    let expected: String
    let isError: Bool
    let isLax: Bool

    var testDescription: String { template }
}

/// The page, read from the checkout.
struct LiquidPage: Sendable {
    let text: String
    let payload: String
    let examples: [Example]

    static let current = LiquidPage()

    private init() {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        text = (try? String(contentsOf: root.appending(path: "docs/liquid.md"), encoding: .utf8)) ?? ""
        var payload = ""
        var examples: [Example] = []
        for (index, block) in text.components(separatedBy: "```").enumerated() where index % 2 == 1 {
            let lines = block.components(separatedBy: "\n")
            let body = Array(lines.dropFirst().dropLast())
            if lines[0] == "json" { payload = body.joined(separator: "\n") }
            if lines[0].hasPrefix("liquid") { examples += Self.examples(body, isLax: lines[0] == "liquid lax") }
        }
        self.payload = payload
        self.examples = examples
    }

    private static func examples(_ lines: [String], isLax: Bool) -> [Example] {
        var examples: [Example] = []
        var template: [String] = []
        for line in lines {
            guard let mark = line.first, mark == "→" || mark == "✗" else {
                if !template.isEmpty || !line.isEmpty { template.append(line) }
                continue
            }
            let source = unfold(template.joined(separator: "\n"))
            examples.append(
                Example(
                    template: source,
                    expected: unfold(String(line.dropFirst(2))),
                    isError: mark == "✗",
                    isLax: isLax
                )
            )
            template = []
        }
        return examples
    }

    private static func unfold(_ text: String) -> String {
        text.replacing("⏎", with: "\n")
    }
}

@Suite("docs/liquid.md")
struct DocumentationTests {
    @Test("an example prints what the page says", arguments: LiquidPage.current.examples)
    func example(_ example: Example) throws {
        let environment: LiquidEnvironment = example.isLax ? .lax : .standard
        if example.isError {
            #expect(failure(example.template, LiquidPage.current.payload, environment)?.description == example.expected)
        } else {
            #expect(try render(example.template, LiquidPage.current.payload, environment) == example.expected)
        }
    }

    @Test("the page has an example of every filter", arguments: LiquidEnvironment.standard.filterNames)
    func everyFilter(_ name: String) throws {
        #expect(LiquidPage.current.examples.contains { !$0.isError && $0.template.contains("| \(name)") })
    }

    @Test(
        "the page has an example of every tag",
        arguments: [
            "assign", "break", "capture", "case", "comment", "continue", "cycle", "decrement", "doc", "echo", "for",
            "if", "elsif",
            "else", "ifchanged", "increment", "liquid", "raw", "tablerow", "unless", "when", "#",
        ]
    )
    func everyTag(_ name: String) throws {
        #expect(
            LiquidPage.current.examples.contains {
                !$0.isError && ($0.template.contains("{% \(name)") || $0.template.contains("  \(name) "))
            }
        )
    }
}
