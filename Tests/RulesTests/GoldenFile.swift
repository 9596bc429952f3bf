// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Foundation
import Testing

@testable import Rules

/// A rule file, five dashes, and what the user is told about it.
///
/// `RECORD_SNAPSHOTS=1` rewrites what stands under the dashes, and fails the run, so that nobody records by accident.
struct GoldenFile {
    let input: String
    private let expected: String
    private let file: Fixture

    init(_ file: Fixture) throws {
        let parts = try file.text().components(separatedBy: "-----\n")
        self.file = file
        input = try #require(parts.first)
        expected = parts.count > 1 ? parts[1] : ""
    }

    /// Compares what was told with what stands under the dashes.
    func compare(_ loaded: (rules: RuleSet?, diagnostics: [Diagnostic])) throws {
        let told = DiagnosticFormat.text.render(loaded.diagnostics)
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try file.write(input + "-----\n" + told)
        }
        #expect(told == expected)
        #expect((loaded.rules == nil) == loaded.diagnostics.contains { $0.severity == .error })
    }
}
