// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Rules
import TestSupport
import Testing

/// Golden files of mistakes: one file each, named after it.
@Suite struct MistakeTests {
    /// Lives as long as the suite's value, which is one test.
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(
        "every mistake is told with its place, what was found and what was expected",
        arguments: Fixture.all("mistakes")
    )
    func mistake(file: Fixture) throws {
        let golden = try GoldenFile(file)
        let loaded = RuleFolder.load(texts: [(path: file.name, text: golden.input)])
        try golden.compare(loaded)
        #expect(!loaded.diagnostics.isEmpty)
    }

    @Test("bytes that are no UTF-8 are told with the place of the first")
    func notUTF8() throws {
        let path = try folder.write("latin1.yaml", bytes: Array("version: 1\nname: caf".utf8) + [0xE9, 0x0A])
        let diagnostics = RuleFolder.load([path]).diagnostics
        #expect(diagnostics.map(\.id) == [.notUTF8])
        #expect(diagnostics.first?.location == SourceLocation(file: path, line: 2, column: 10))
    }

    @Test("a file over the limit is refused before it is parsed")
    func tooLarge() throws {
        let path = try folder.write("large.yaml", bytes: Array(repeating: 0x23, count: (1 << 20) + 1))
        #expect(RuleFolder.load([path]).diagnostics.map(\.id) == [.fileTooLarge])
    }

    @Test("a path with nothing at it is an error")
    func missing() throws {
        #expect(RuleFolder.load([folder.path("nowhere")]).diagnostics.map(\.id) == [.fileUnreadable])
    }
}
