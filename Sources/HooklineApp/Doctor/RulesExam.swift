// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import Rules

/// The rules: whether they compile, and whether their own tests pass.
struct RulesExam: Sendable {
    /// How many rules there are; `nil` when a file has errors.
    let ruleCount: Int?
    /// What was found in the files.
    let diagnostics: [Diagnostic]
    /// How many tests the files have.
    let testCount: Int
    /// How many of them fail.
    let failedCount: Int

    var findings: [DoctorReport.Finding] {
        guard let ruleCount else {
            let errors = diagnostics.filter { $0.severity == .error }
            return errors.map { DoctorReport.Finding("rules", .wrong, $0.description) }
        }
        return [compiled(ruleCount), tests]
    }

    private func compiled(_ count: Int) -> DoctorReport.Finding {
        guard count > 0 else {
            return .init("rules", .note, "there are no rules: events are stored and nothing is sent")
        }
        let warnings = diagnostics.count { $0.severity == .warning }
        guard warnings > 0 else { return .init("rules", .fine, "\(count) rules compile") }
        return .init(
            "rules",
            .note,
            "\(count) rules compile with \(warnings) warnings; 'hookline rules check' shows them"
        )
    }

    private var tests: DoctorReport.Finding {
        guard testCount > 0 else { return .init("rules", .note, "the rules have no tests") }
        guard failedCount > 0 else { return .init("rules", .fine, "their \(testCount) tests pass") }
        let sentence = "\(failedCount) of their \(testCount) tests fail; 'hookline rules test' shows them"
        return .init("rules", .wrong, sentence)
    }
}

extension RulesExam {
    /// Reads the rules of a folder and runs their tests.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - senders: What is known of the events' senders.
    init(path: String, senders: KnownSenders) {
        let (rules, diagnostics) = RuleFolder.check([path], options: RuleCheckOptions(senders: senders))
        let report = RuleTestRunner.run([path], senders: senders)
        self.init(
            ruleCount: rules?.count,
            diagnostics: diagnostics,
            testCount: report.results.count,
            failedCount: report.results.count { !$0.isPassed }
        )
    }
}
