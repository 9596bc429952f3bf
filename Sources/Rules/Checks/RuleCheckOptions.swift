// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
import Events
package import PartnerAPI

/// What rules are held against beside their own format.
package struct RuleCheckOptions: Sendable {
    /// The approved templates of the account; `nil` leaves the checks against templates out.
    package var catalogue: TemplateCatalogue?
    /// The sources whose configuration has a `country`, so that their rules need none.
    package var sourcesWithCountry: Set<String>
    /// The names of the configuration's sources; `nil` where there is no configuration.
    package var sources: [String]?
    /// What is known of the events' senders.
    package var senders: KnownSenders

    package init(
        catalogue: TemplateCatalogue? = nil,
        sourcesWithCountry: Set<String> = [],
        sources: [String]? = nil,
        senders: KnownSenders = .none
    ) {
        self.catalogue = catalogue
        self.sourcesWithCountry = sourcesWithCountry
        self.sources = sources
        self.senders = senders
    }
}

extension RuleFolder {
    /// Reads rule files as ``load(_:)`` and looks, beyond mistakes, for what its writer probably did not mean.
    ///
    /// The events of the tests are the samples that paths are held against; the tests are read and not run.
    ///
    /// - Parameters:
    ///   - paths: Files and folders.
    ///   - options: Templates and sources.
    /// - Returns: The rules, or `nil` when there is an error; and every diagnostic, by place.
    package static func check(
        _ paths: [String],
        options: RuleCheckOptions = RuleCheckOptions()
    ) -> (rules: RuleSet?, diagnostics: [Diagnostic]) {
        var loader = RuleLoader()
        var testFiles: [String] = []
        for path in paths {
            switch RulePaths.expand(path) {
            case .success(let found):
                for file in found.rules { loader.add(file) }
                testFiles += found.tests
            case .failure(let diagnostic): loader.add(diagnostic)
            }
        }
        return check(&loader, testFiles, options)
    }

    /// The same from texts in memory.
    ///
    /// - Parameters:
    ///   - files: Paths that diagnostics name, with their texts; in this order.
    ///   - options: Templates and sources.
    /// - Returns: The rules, or `nil` when there is an error; and every diagnostic, by place.
    package static func check(
        texts files: [(path: String, text: String)],
        options: RuleCheckOptions = RuleCheckOptions()
    ) -> (rules: RuleSet?, diagnostics: [Diagnostic]) {
        var loader = RuleLoader()
        for file in files { loader.add(path: file.path, bytes: Array(file.text.utf8)) }
        return check(&loader, [], options)
    }

    private static func check(
        _ loader: inout RuleLoader,
        _ testFiles: [String],
        _ options: RuleCheckOptions
    ) -> (rules: RuleSet?, diagnostics: [Diagnostic]) {
        let (tests, findings) = RuleTestReader.read(loader.files, testFiles, options.senders)
        for diagnostic in findings { loader.add(diagnostic) }
        let rules = loader.files.flatMap(\.rules)
        let samples = tests.flatMap(\.events)
        for diagnostic in RelationChecks.run(rules) { loader.add(diagnostic) }
        for diagnostic in CancelChecks(rules: rules, samples: samples).run() { loader.add(diagnostic) }
        loader.check(sources: options.sources)
        for rule in rules {
            let templates = TemplateChecks(
                rule: rule,
                catalogue: options.catalogue,
                samples: samples,
                senders: options.senders
            )
            for diagnostic in templates.run() { loader.add(diagnostic) }
            for diagnostic in DateFormatChecks(rule: rule).run() { loader.add(diagnostic) }
            for diagnostic in ValueChecks(rule: rule, samples: samples, options: options).run() {
                loader.add(diagnostic)
            }
            guard let match = rule.matchNode else { continue }
            let seen = samples.filter { rule.sees(source: $0.source, type: $0.type) }
            for diagnostic in SampleTypeChecks(match: match, samples: seen).run() { loader.add(diagnostic) }
        }
        let diagnostics = loader.finish(isWhole: true)
        let hasErrors = diagnostics.contains { $0.severity == .error }
        return (hasErrors ? nil : RuleSet(rules), diagnostics)
    }
}
