// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import Events
internal import PhoneNumbers
internal import Rehearsal
internal import Rules
internal import ServiceConfiguration

/// The rules: whether they compile, and whether their own tests pass.
struct RulesCheck: Sendable {
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

extension RulesCheck {
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

/// The numbering plans: how old they are.
///
/// With old ones, numbers of new ranges are refused.
struct PlansCheck: Sendable {
    /// After so many days numbers that people have are refused: every month some country gives out new ranges.
    static let limit = 365

    /// The plans that numbers are read with.
    let plans: PlansInUse
    /// What our clock shows.
    let now: Timestamp

    var findings: [DoctorReport.Finding] {
        let age = now.microseconds / 86_400_000_000 - Int64(plans.day.daysSince1970)
        let place = plans.isBuiltIn ? "built in" : "of the configuration's file"
        let sentence = "they are of \(plans.day) (\(plans.source), \(place))"
        guard age > Self.limit else { return [.init("numbering plans", .fine, sentence)] }
        let advice = "valid numbers of new ranges are refused; renew them: 'make numbering-plans' and numbering_plans"
        return [.init("numbering plans", .note, "\(sentence), \(age) days old: \(advice)")]
    }
}
