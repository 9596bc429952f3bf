// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Rules
import Testing

/// Golden files: a rule file with one mistake, five dashes, and what the user is told about it.
///
/// `RECORD_SNAPSHOTS=1` rewrites what stands under the dashes, and fails the run, so that nobody records by accident.
@Suite struct MistakeTests {
    @Test(
        "every mistake is told with its place, what was found and what was expected",
        arguments: Fixture.all("mistakes")
    )
    func mistake(file: Fixture) throws {
        let parts = try file.text().components(separatedBy: "-----\n")
        let input = try #require(parts.first)
        let expected = parts.count > 1 ? parts[1] : ""
        let loaded = RuleFolder.load(texts: [(path: file.name, text: input)])
        let told = DiagnosticFormat.text.render(loaded.diagnostics)
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try file.write(input + "-----\n" + told)
        }
        #expect(told == expected)
        #expect((loaded.rules == nil) == loaded.diagnostics.contains { $0.severity == .error })
        #expect(!loaded.diagnostics.isEmpty)
    }

    @Test("bytes that are no UTF-8 are told with the place of the first")
    func notUTF8() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("latin1.yaml", bytes: Array("version: 1\nname: caf".utf8) + [0xE9, 0x0A])
        let diagnostics = RuleFolder.load([path]).diagnostics
        #expect(diagnostics.map(\.id) == [.notUTF8])
        #expect(diagnostics.first?.location == SourceLocation(file: path, line: 2, column: 10))
    }

    @Test("a file over the limit is refused before it is parsed")
    func tooLarge() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("large.yaml", bytes: Array(repeating: 0x23, count: (1 << 20) + 1))
        #expect(RuleFolder.load([path]).diagnostics.map(\.id) == [.fileTooLarge])
    }

    @Test("a path with nothing at it is an error")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(RuleFolder.load([folder.path("nowhere")]).diagnostics.map(\.id) == [.fileUnreadable])
    }
}
