// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Runs the command that was built with these tests, in the folder of their fixtures.
func hookline(_ arguments: [String], input: String = "") async throws -> ProgramRun {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    let environment = ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "100"]
    return try await Program.hookline(arguments, environment: environment, folder: folder.path).run(input: input)
}

extension ProgramRun {
    /// The whole run as a snapshot shows it.
    var transcript: String {
        "exit \(exitCode)\n--- standard output\n\(output)--- standard error\n\(errors)"
    }
}

/// Holds a text against a file in `Snapshots/`; with `RECORD_SNAPSHOTS=1` writes the file and fails the run.
func expectSnapshot(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots/\(name).txt")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
        try Data(text.utf8).write(to: file)
        Issue.record("recorded \(name)", sourceLocation: sourceLocation)
        return
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(text == expected, "the output differs from Snapshots/\(name).txt", sourceLocation: sourceLocation)
}
