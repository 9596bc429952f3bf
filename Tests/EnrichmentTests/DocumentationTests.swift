// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Enrichment

/// What the documentation shows is what the program takes.
@Suite("The page of look-ups")
struct DocumentationTests {
    private func page() throws -> String {
        let tests = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = tests.deletingLastPathComponent().appending(path: "docs/enrichment.md")
        return try String(contentsOf: file, encoding: .utf8)
    }

    @Test("has examples whose addresses, hosts and headers are taken")
    func examples() throws {
        let blocks = try page().components(separatedBy: "```yaml\n").dropFirst()
        let examples = blocks.compactMap { $0.components(separatedBy: "\n```").first }.filter { $0.contains("enrich:") }
        #expect(examples.count >= 5)
        for example in examples {
            let urls = example.matches(of: #/url: "(.+)"/#).map { String($0.1) }
            let hosts = example.firstMatch(of: #/hosts: \[(.+)\]/#).map { [String($0.1.trimming { $0 == "\"" })] } ?? []
            let headers = example.matches(of: #/([A-Z][A-Za-z\-]+): "(.+?)"/#).map { match in
                EnrichmentStepSettings.Header(String(match.1), String(match.2))
            }
            #expect(!urls.isEmpty)
            #expect(!headers.isEmpty)
            for (position, url) in urls.enumerated() {
                let header = urls.count > 1 ? [headers[position]] : headers
                #expect(throws: Never.self, "\(url)") {
                    try Enrichment([.init(url: url, headers: header, hosts: hosts)])
                }
            }
        }
    }

    @Test("names every key and its default")
    func keys() throws {
        let page = try page()
        for key in ["url", "headers", "events", "hosts", "timeout", "cache", "name"] {
            #expect(page.contains("\n| `\(key)` | "), "\(key)")
        }
        #expect(LookUpStep.defaultTimeout == .seconds(10))
        #expect(page.contains("| `10s` |"))
        #expect(AnswerReading.maxBytes == 1 << 20)
        #expect(AnswerReading.maxDepth == 256)
        let limits = SharedAnswers<Int>.Limits()
        #expect(limits.answers == 1_024)
        #expect(limits.bytes == 32 << 20)
    }
}

extension Substring {
    /// The text without such characters at its ends.
    fileprivate func trimming(while isUnwanted: (Character) -> Bool) -> Substring {
        let start = drop(while: isUnwanted)
        let end = start.lastIndex { !isUnwanted($0) }.map(start.index(after:)) ?? start.startIndex
        return start[..<end]
    }
}
