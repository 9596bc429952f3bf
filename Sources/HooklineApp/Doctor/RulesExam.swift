// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import Events
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
        return [compiled(ruleCount)] + unknownSources + [tests]
    }

    private func compiled(_ count: Int) -> DoctorReport.Finding {
        guard count > 0 else {
            return .init(
                "rules",
                .note,
                "there are no rules: events are stored and nothing is sent; write one (docs/rules.md)"
            )
        }
        let warnings = diagnostics.count { $0.severity == .warning && $0.id != .unknownSource }
        guard warnings > 0 else { return .init("rules", .fine, count.counted("rule compiles", "rules compile")) }
        let rules = count.counted("rule compiles", "rules compile")
        let sentence =
            "\(rules) with \(warnings.counted("warning")); 'hookline rules check' shows \(warnings == 1 ? "it" : "them")"
        return .init("rules", .note, sentence)
    }

    private var unknownSources: [DoctorReport.Finding] {
        diagnostics.filter { $0.id == .unknownSource }.map { .init("rules", .note, "\($0.location): \($0.sentence)") }
    }

    private var tests: DoctorReport.Finding {
        guard testCount > 0 else {
            return .init(
                "rules",
                .note,
                "the rules have no tests; write 'tests' beside them, which 'hookline rules test' runs"
            )
        }
        guard failedCount > 0 else { return .init("rules", .fine, testCount.counted("test passes", "tests pass")) }
        let sentence = "\(failedCount) of \(testCount.counted("test")) failed; 'hookline rules test' shows how"
        return .init("rules", .wrong, sentence)
    }
}

extension RulesExam {
    /// Reads the rules of a configuration, as `hookline rules check` does, and runs their tests.
    init(_ settings: Settings) {
        let (rules, diagnostics) = RuleFolder.check([settings.rules], options: settings.ruleChecks)
        let report = RuleTestRunner.run([settings.rules], senders: settings.ruleChecks.senders)
        self.init(
            ruleCount: rules?.count,
            diagnostics: diagnostics,
            testCount: report.results.count,
            failedCount: report.results.count { !$0.isPassed }
        )
    }
}
