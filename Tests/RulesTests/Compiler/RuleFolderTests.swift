// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import TestSupport
import Testing

@testable import Rules

/// Which files of a folder are read, and in which order.
@Suite struct RuleFolderTests {
    /// Lives as long as the suite's value, which is one test.
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func rule(_ name: String) -> String { "rules: [{name: \(name), to: '{{ phone }}', send: {text: hi}}]" }

    @Test("folders are read recursively, by path; test files, hidden files and others are left out")
    func order() throws {
        for (path, name) in [
            ("b.yaml", "third"), ("a/z.yml", "second"), ("a/a.yaml", "first"), ("c/d/e.yaml", "fourth"),
        ] {
            _ = try folder.write(path, rule(name))
        }
        for path in ["a_test.yaml", ".hidden.yaml", ".git/x.yaml", "notes.txt", "x.yaml.bak"] {
            _ = try folder.write(path, "broken: [")
        }
        let loaded = RuleFolder.load([folder.path])
        #expect(loaded.diagnostics == [])
        #expect(loaded.rules?.summaries.map(\.name) == ["first", "second", "third", "fourth"])
    }

    @Test("an ignore of a static check is useless only when that check has run")
    func ignoresOfChecks() throws {
        let text = "# hookline:ignore same-template\n" + rule("one").replacing("'{{ phone }}'", with: "'+919845061237'")
        let path = try folder.write("a.yaml", text)
        #expect(RuleFolder.load([path]).diagnostics == [])
        #expect(RuleFolder.check([path]).diagnostics.map(\.id) == [.uselessIgnore])
    }

    @Test("a file that two paths name is read once")
    func once() throws {
        let path = try folder.write("a.yaml", rule("one"))
        let loaded = RuleFolder.load([folder.path, path, folder.path("./a.yaml")])
        #expect(loaded.diagnostics == [])
        #expect(loaded.rules?.count == 1)
    }

    @Test("names are unique over all files, and one mistake keeps all rules from running")
    func unique() throws {
        _ = try folder.write("a.yaml", rule("same"))
        _ = try folder.write("b.yaml", rule("same"))
        let loaded = RuleFolder.load([folder.path])
        #expect(loaded.diagnostics.map(\.id) == [.duplicateName])
        #expect(loaded.rules == nil)
    }

    @Test("an empty folder is a set without rules")
    func empty() throws {
        let loaded = RuleFolder.load([folder.path])
        #expect(loaded.diagnostics == [])
        #expect(loaded.rules?.count == 0)
    }
}
