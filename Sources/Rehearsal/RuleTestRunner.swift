// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Messages
package import Rules

/// Runs the tests that stand beside rules and in `*_test.yaml` files.
package enum RuleTestRunner {
    /// Runs every test of some paths.
    ///
    /// A test beside a rule asks the rules of its own file; a test in a `*_test.yaml` file asks all rules of the
    /// paths. The messages of a sequence are those that would leave: `once_per` counts over the events.
    ///
    /// - Parameters:
    ///   - paths: Files and folders, as for ``RuleFolder/load(_:)``.
    ///   - senders: What is known of the events' senders.
    /// - Returns: A result for each test, by file and place; or the diagnostics because of which none ran.
    package static func run(_ paths: [String], senders: KnownSenders = .none) -> RuleTestReport {
        let loaded = RuleTests(paths, senders: senders)
        guard !loaded.diagnostics.contains(where: { $0.severity == .error }) else {
            return RuleTestReport(results: [], diagnostics: loaded.diagnostics, untested: [])
        }
        var used: Set<String> = []
        let results = loaded.tests.map { run($0.test, $0.rules, &used) }
        let untested = loaded.rules.summaries.map(\.name).filter { !used.contains($0) }
        return RuleTestReport(results: results, diagnostics: loaded.diagnostics, untested: untested)
    }

    private static func run(_ test: RuleTest, _ rules: RuleSet, _ used: inout Set<String>) -> RuleTestResult {
        var told = FactBook()
        var messages: [MessageFields] = []
        var refused: [MessageFields] = []
        for event in test.events {
            let context = EvaluationContext(
                now: event.receivedAt,
                timeZone: test.timeZone,
                country: test.country,
                conventions: test.conventions[event.source] ?? .standard,
                defaultCatalogue: test.catalogue
            )
            for result in rules.evaluate(event, in: context).results {
                switch result {
                case .refused(let message):
                    used.insert(message.rule)
                    refused.append(MessageFields(message))
                case .planned(let message):
                    used.insert(message.rule)
                    if leaves(message, at: event.receivedAt, &told) { messages.append(MessageFields(message)) }
                }
            }
        }
        let expected = test.expected.map(MessageFields.init(expected:))
        // A test that names an error asks about all of them; any other asks about messages alone.
        let comparesErrors = expected.contains(where: \.isError)
        let failures = MessageDiff.lines(expected: expected, made: messages + (comparesErrors ? refused : []))
        let reasons = comparesErrors || failures.isEmpty ? [] : refused.map { "not sent: \($0.line)" }
        return RuleTestResult(name: test.name, location: test.location, failures: failures + reasons)
    }

    /// Whether a message leaves, or would if its rule were live.
    private static func leaves(_ message: PlannedMessage, at now: Timestamp, _ told: inout FactBook) -> Bool {
        switch message.beginning(at: now, &told).obstacle {
        case nil, .shadow: true
        case .expired, .repeated: false
        }
    }
}
