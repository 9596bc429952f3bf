// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
package import Messages
import PartnerAPI
package import Rules

/// Runs the tests that stand beside rules and in `*_test.yaml` files.
package enum RuleTestRunner {
    /// Runs every test of some paths.
    ///
    /// A test beside a rule asks the rules of its own file; a test in a `*_test.yaml` file asks all rules of the
    /// paths. The messages of a sequence are those that would leave: `once_per`, `cancel_when` and `when_changed` count
    /// over the events, and what is due has left.
    ///
    /// - Parameters:
    ///   - paths: Files and folders, as for ``RuleFolder/load(_:)``.
    ///   - senders: What is known of the events' senders.
    ///   - limits: The limits of the configuration.
    /// - Returns: A result for each test, by file and place; or the diagnostics because of which none ran.
    package static func run(
        _ paths: [String],
        senders: KnownSenders = .none,
        limits: [NamedLimit] = []
    ) -> RuleTestReport {
        run(RuleTests(paths, senders: senders), limits)
    }

    /// Runs the tests of texts in memory.
    ///
    /// - Parameters:
    ///   - files: Paths that diagnostics name, with their texts.
    ///   - senders: What is known of the events' senders.
    /// - Returns: As ``run(_:senders:limits:)``.
    package static func run(texts files: [(path: String, text: String)], senders: KnownSenders) -> RuleTestReport {
        run(RuleTests(texts: files, senders: senders), [])
    }

    private static func run(_ loaded: RuleTests, _ limits: [NamedLimit]) -> RuleTestReport {
        guard !loaded.diagnostics.contains(where: { $0.severity == .error }) else {
            return RuleTestReport(results: [], diagnostics: loaded.diagnostics, untested: [])
        }
        var used: Set<String> = []
        let results = loaded.tests.map { run($0.test, $0.rules, limits, &used) }
        let untested = loaded.rules.summaries.map(\.name).filter { !used.contains($0) }
        return RuleTestReport(results: results, diagnostics: loaded.diagnostics, untested: untested)
    }

    private static func run(
        _ test: RuleTest,
        _ rules: RuleSet,
        _ limits: [NamedLimit],
        _ used: inout Set<String>
    ) -> RuleTestResult {
        var made = Made(test.optOuts, catalogue: test.catalogue, limits: limits)
        for event in test.events {
            var context = EvaluationContext(
                now: event.receivedAt,
                timeZone: test.timeZone,
                country: test.country,
                conventions: test.conventions[event.source] ?? .standard,
                defaultCatalogue: test.catalogue
            )
            context.limits = limits
            made.take(event, rules, context, &used)
        }
        made.end(rules)
        let expected = test.expected.map(MessageFields.init(expected:))
        // A test that names an error asks about all of them; any other asks about messages alone.
        let comparesErrors = expected.contains(where: \.isError)
        let comparesSuppressed = expected.contains(where: \.isSuppressed)
        let messages =
            made.messages + (comparesErrors ? made.refused : []) + (comparesSuppressed ? made.suppressed : [])
        let failures = MessageDiff.lines(expected: expected, made: messages)
        guard !failures.isEmpty else { return RuleTestResult(name: test.name, location: test.location, failures: []) }
        let reasons = (comparesErrors ? [] : made.refused.map { "not sent: \($0.line)" }) + made.held
        return RuleTestResult(name: test.name, location: test.location, failures: failures + reasons)
    }
}

/// What the events of a test come to, in virtual time.
private struct Made {
    /// The messages that left, or would if their rules were live; complete at the end.
    private(set) var messages: [MessageFields] = []
    /// The messages that do not leave, each with why.
    private(set) var suppressed: [MessageFields] = []
    /// The messages that could not be built.
    private(set) var refused: [MessageFields] = []
    /// Why others do not leave, where that is not said by their rule alone.
    private(set) var held: [String] = []
    /// The approved templates; `nil` takes templates on trust.
    let catalogue: TemplateCatalogue?
    /// The limits of the configuration.
    let limits: [NamedLimit]
    /// The messages by their place in the outbox; a digest has none before it is built.
    private var planned: [Int: PlannedMessage] = [:]
    private var digests = VirtualDigests()
    private var outbox = VirtualOutbox()

    /// Nothing yet.
    ///
    /// - Parameters:
    ///   - optOuts: Who wants no messages.
    ///   - catalogue: The approved templates.
    ///   - limits: The limits of the configuration.
    init(_ optOuts: [ConsentEntry], catalogue: TemplateCatalogue?, limits: [NamedLimit]) {
        self.catalogue = catalogue
        self.limits = limits
        outbox.optOuts = optOuts
    }

    /// Takes what rules made of the next event; what was due before has left by then.
    mutating func take(_ event: Event, _ rules: RuleSet, _ context: EvaluationContext, _ used: inout Set<String>) {
        let now = event.receivedAt
        pass(until: now, rules)
        let evaluation = rules.evaluate(event, in: context)
        let caller = CallingEvent(id: event.id, type: event.type, receivedAt: now)
        outbox.carryOut(evaluation.sideEffects, of: caller, at: now)
        var number: Int?
        for result in evaluation.results {
            switch result {
            case .refused(let message):
                used.insert(message.rule)
                refused.append(MessageFields(message))
            case .planned(let message):
                used.insert(message.rule)
                planned[outbox.messages.count] = message
                let new = message.new(MessageID(at: now), account: message.account ?? "", catalogue, limits: limits)
                outbox.accept(new, at: now)
            case .collected(let item):
                used.insert(item.rule)
                let kept = number ?? digests.add(event, context)
                number = kept
                let new = item.new(MessageID(at: now), account: "", limits: limits)
                outbox.accept(new, of: kept, bytes: event.payload.bytes.count, at: now)
            }
        }
    }

    private mutating func pass(until end: Timestamp?, _ rules: RuleSet) {
        outbox.pass(until: end) { digest in
            let (content, message) = digests.build(digest, rules)
            if let message { planned[digest.place] = message }
            return content
        }
    }

    /// Lets time pass until nothing waits any more.
    mutating func end(_ rules: RuleSet) {
        pass(until: nil, rules)
        for (place, entry) in outbox.messages.enumerated() {
            guard let message = planned[place] else {
                end(unbuilt: entry)
                continue
            }
            let fields = MessageFields(message, at: entry.leftAt)
            if entry.leftAt != nil {
                messages.append(fields)
                continue
            }
            suppressed.append(fields.suppressed(because: entry.story.last ?? ""))
            if entry.beginning.obstacle != .expired, entry.beginning.obstacle != .repeated {
                held.append("\(entry.story.last ?? ""): \(fields.line)")
            }
        }
    }

    /// A digest that never had a text: it was emptied, has expired, or could not be built.
    private mutating func end(unbuilt entry: VirtualOutbox.Entry) {
        let message = entry.record.message
        if message.state == .failed { return refused.append(MessageFields(failed: message.rule, message.reason)) }
        guard entry.beginning.obstacle != .expired, entry.beginning.obstacle != .repeated else { return }
        held.append("\(entry.story.last ?? ""): {rule: \(message.rule.debugDescription)}")
    }
}
