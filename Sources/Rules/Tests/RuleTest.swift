// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
package import Events
package import Foundation
package import Messages
package import PartnerAPI

/// One test of rules: events, and every message that they cause.
package struct RuleTest: Sendable {
    /// What the test shows; the place where its writer gave no name.
    package let name: String
    /// Where it is.
    package let location: SourceLocation
    /// The file whose rules alone are asked; `nil` for all rules that are loaded.
    let file: String?
    /// In their order.
    package let events: [Event]
    /// The zone of dates that name none.
    package let timeZone: TimeZone
    /// The source's country.
    package let country: String?
    /// How the sender of an event writes its data, by the event's source.
    package let conventions: [String: DataConventions]
    /// The approved templates; `nil` takes templates on trust.
    package let catalogue: TemplateCatalogue?
    /// Who wants no messages.
    package let optOuts: [ConsentEntry]
    /// Every message, in order, as it is written.
    package let expected: [YAMLNode]

    /// The time of events that name none, so that a test gives the same today and next year.
    static let defaultNow = Timestamp(seconds: 1_767_225_600)
}

/// The rules of some paths with their tests, to be run.
package struct RuleTests: Sendable {
    /// The tests by file and place, each with the rules that it asks.
    ///
    /// Those are the rules of its own file for one that stands beside rules, all rules of the paths for one in a
    /// `*_test.yaml` file.
    package let tests: [(test: RuleTest, rules: RuleSet)]
    /// All rules of the paths.
    package let rules: RuleSet
    /// Everything that was found; with an error among it the rules are not whole.
    package let diagnostics: [Diagnostic]

    /// Reads rules and tests.
    ///
    /// - Parameters:
    ///   - paths: Files and folders, as for ``RuleFolder/load(_:)``.
    ///   - senders: What is known of the events' senders.
    package init(_ paths: [String], senders: KnownSenders) {
        let loaded = RuleFolder.read(paths)
        var testFiles: [String] = []
        for path in paths {
            if case .success(let found) = RulePaths.expand(path) { testFiles += found.tests }
        }
        self.init(loaded, testFiles, senders)
    }

    /// The same from texts in memory, whose tests stand beside their rules.
    ///
    /// - Parameters:
    ///   - files: Paths that diagnostics name, with their texts.
    ///   - senders: What is known of the events' senders.
    package init(texts files: [(path: String, text: String)], senders: KnownSenders) {
        var loader = RuleLoader()
        for file in files { loader.add(path: file.path, bytes: Array(file.text.utf8)) }
        let diagnostics = loader.finish()
        self.init(RuleLoader.Result(files: loader.files, diagnostics: diagnostics), [], senders)
    }

    private init(_ loaded: RuleLoader.Result, _ testFiles: [String], _ senders: KnownSenders) {
        let (tests, findings) = RuleTestReader.read(loaded.files, testFiles, senders)
        let all = RuleSet(loaded.files.flatMap(\.rules))
        var sets: [String: RuleSet] = [:]
        for file in loaded.files { sets[file.source.path] = RuleSet(file.rules) }
        self.tests = tests.sorted { $0.location < $1.location }.map { test in
            (test, test.file.flatMap { sets[$0] } ?? all)
        }
        rules = all
        diagnostics = (loaded.diagnostics + findings).sorted()
    }
}
