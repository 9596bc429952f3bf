// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Testing

@testable import EventPatterns

@Suite("docs/patterns.md tells the truth")
struct DocumentationTests {
    @Test("every example of a match matches, every other does not")
    func examples() throws {
        let blocks = try Self.blocks("pattern")
        #expect(blocks.count > 20)
        for block in blocks {
            let events = block.dropFirst()
            #expect(!events.isEmpty)
            for event in events {
                let mark = try #require(event.first)
                #expect(mark == "✓" || mark == "✗", "\(event)")
                try MatchRow(block[0], String(event.dropFirst()), mark == "✓").check()
            }
        }
    }

    @Test("every mistake is refused in the words of the page")
    func mistakes() throws {
        let blocks = try Self.blocks("mistake")
        #expect(blocks.count > 5)
        for block in blocks {
            let pattern = try JSON(parsing: block[0])
            let error = #expect(throws: EventPatternError.self) { try EventPattern(payload: pattern) }
            #expect(error?.description == block[1])
        }
    }

    @Test("every operator has an example", arguments: OperatorName.all + [OperatorName.or])
    func operators(name: String) throws {
        #expect(try Self.blocks("pattern").contains { $0[0].contains("\"\(name)\":") })
    }

    /// The lines of every fenced block of a language.
    private static func blocks(_ language: String) throws -> [[String]] {
        let page = URL(filePath: #filePath).appending(path: "../../../docs/patterns.md").standardized
        let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").map(String.init)
        var blocks: [[String]] = []
        var isInside = false
        for line in lines {
            if line == "```\(language)" {
                blocks.append([])
                isInside = true
            } else if line.hasPrefix("```") {
                isInside = false
            } else if isInside {
                blocks[blocks.count - 1].append(line)
            }
        }
        return blocks
    }
}
