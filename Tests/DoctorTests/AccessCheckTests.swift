// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Doctor

@Suite("Who else may read and write the files")
struct AccessCheckTests {
    /// The verdicts on a folder of files with these permissions, each with its first words.
    private func findings(_ modes: [String: Int]) async throws -> [String] {
        try await withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                at: folder.appending(path: "rules/more"),
                withIntermediateDirectories: true
            )
            for name in ["hookline.yaml", "rules/a.yaml", "rules/more/b.yaml", "hookline.db", "secret"] {
                try Data("x".utf8).write(to: folder.appending(path: name))
            }
            let standard = ["hookline.yaml": 0o644, "rules": 0o755, "rules/more": 0o755, "rules/a.yaml": 0o644]
            let all = standard.merging(["rules/more/b.yaml": 0o644, "hookline.db": 0o600, "secret": 0o600]) { $1 }
            for (name, mode) in all.merging(modes, uniquingKeysWith: { $1 }) {
                let path = folder.appending(path: name).path
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            }
            let check = AccessCheck(
                configuration: folder.appending(path: "hookline.yaml").path,
                rules: folder.appending(path: "rules").path,
                database: folder.appending(path: "hookline.db").path,
                secrets: [folder.appending(path: "secret").path]
            )
            return check.findings.map { finding in
                let sentence = finding.sentence.replacing(folder.path + "/", with: "")
                return "\(finding.verdict): \(sentence)"
            }
        }
    }

    @Test("files as they should be are one line")
    func fine() async throws {
        let fine = "fine: nobody else may write configuration and rules, or read database and secrets"
        #expect(try await findings([:]) == [fine])
        #expect(try await findings(["rules": 0o1777]) == [fine], "in a sticky folder nobody replaces what is another's")
    }

    @Test(
        "what everybody may write or read is named with what follows from it",
        arguments: [
            ("hookline.yaml", 0o666, "wrong: every user of this machine may write the configuration", "mode 666"),
            ("rules", 0o777, "wrong: every user of this machine may write the rules", "rules (mode 777)"),
            ("rules/more/b.yaml", 0o646, "wrong: every user of this machine may write the rules", "b.yaml (mode 646)"),
            ("hookline.db", 0o644, "wrong: every user of this machine may read the database", "mode 644"),
            ("secret", 0o644, "note: every user of this machine may read a secret", "secret (mode 644)"),
            ("secret", 0o602, "wrong: every user of this machine may write a secret", "mode 602"),
        ]
    )
    func open(_ name: String, _ mode: Int, _ start: String, _ end: String) async throws {
        let found = try await findings([name: mode])
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(start) == true && found.first?.contains(end) == true, "\(found)")
        let what = start.contains("write") ? "o-w" : "o-r"
        #expect(found.first?.hasSuffix("; 'chmod \(what)' ends that") == true, "\(found)")
    }

    @Test("many files of a kind are one sentence")
    func many() async throws {
        let found = try await findings(["rules/a.yaml": 0o666, "rules/more/b.yaml": 0o666, "rules": 0o777])
        #expect(found.count == 1)
        #expect(found.first?.contains("rules (mode 777) and 2 more; ") == true)
    }

    @Test("a group that is not ours is worth a note")
    func group() {
        let entry = AccessCheck.Entry(path: "secret", mode: 0o640, isOurGroup: false)
        let ours = AccessCheck.Entry(path: "secret", mode: 0o660, isOurGroup: true)
        let check = AccessCheck(configuration: [], rules: [], database: [], secrets: [entry, ours])
        #expect(check.findings.map(\.verdict) == [.note])
        #expect(check.findings[0].sentence.hasPrefix("its group may read a secret"))
    }
}
