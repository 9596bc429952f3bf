// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CheckedYAML
import CommandLogic
import Events
import Inquiries
import Messages
import Outbox
import Presentation
import Rehearsal
import Replays
import Rules
import ServiceConfiguration

extension EventsCommand {
    /// `hookline events replay`.
    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send what the rules as they are now make of events that are kept.",
            discussion: """
                Counts first, and does nothing without --yes. What was told, or is about to be, is not told again without \
                --again. The service does it, a few messages ahead of live traffic at most; 'hookline jobs' tells how far \
                it is. Nothing is fetched: an event that was looked up has what was found then.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The events' ids, evt_…; leave them out to choose by filters.")
        var ids: [String] = []
        @OptionGroup var span: SpanOptions
        @Option(help: "Only events of this source.")
        var source: String?
        @Option(help: "Only events of this type.")
        var type: String?
        @Option(help: "Only what this rule makes of them.")
        var rule: String?
        @Flag(help: "Only events with a message that has failed or could not be built.")
        var failed = false
        @Flag(help: "All events that are kept.")
        var all = false
        @Flag(help: "Tell again what was told.")
        var again = false
        @Option(help: "From when delays and expiries count: event or now.")
        var asOf = "event"
        @Flag(help: "Count, and show what would differ from the messages that the events had; send nothing.")
        var dryRun = false
        @Option(help: "The most differences to list; all are counted.")
        var limit = 50
        @OptionGroup var options: JobOptions

        private var scope: ReplayScope {
            ReplayScope(
                events: ids.map(EventID.init(rawValue:)),
                since: span.since,
                until: span.until,
                source: source,
                type: type,
                rule: rule,
                isFailedOnly: failed,
                again: again,
                isAsOfNow: asOf == "now"
            )
        }

        func validate() throws {
            guard ["event", "now"].contains(asOf) else {
                throw ValidationError("--as-of is '\(asOf)'; expected event or now")
            }
            guard (0...10_000).contains(limit) else {
                throw ValidationError("--limit is \(limit); expected 0 to 10000")
            }
            guard ids.count <= 1_000 else { throw ValidationError("expected at most 1000 ids; choose by filters") }
            let hasFilters =
                all || failed || span.since != nil || span.until != nil || source != nil || type != nil
            if !ids.isEmpty, hasFilters {
                throw ValidationError("expected ids or filters, and not both; --rule alone goes with ids")
            }
            if scope.isUnbounded, !all {
                throw ValidationError("no event is named; expected ids, filters such as --since TIME, or --all")
            }
        }

        func run() async throws {
            if let remote = try server.remote { return try await ServerOptions.orPrinted { try await run(remote) } }
            let settings = try global.settings(needsSecrets: false)
            let rules = try RuleSet(loading: [settings.rules])
            try await withStore(global, settings: settings) { store in
                let now = store.timekeeper.now
                // What was counted can be begun, whatever comes while a person makes up their mind.
                let scope = options.yes ? scope : try await store.settled(scope, key: options.key, at: now).scope
                let plan = try await plan(scope, rules, settings, store, at: now)
                guard !dryRun else { return try await show(plan, rules, settings, store) }
                if !output.json { Terminal.print(plan.text) }
                guard plan.total > 0 else { return printPlan(plan, settings) }
                guard options.confirms(plan.total) else {
                    printPlan(plan, settings)
                    throw ExitCode.findings
                }
                let why = Decision(.retry, why: options.why.reason).why
                try await options.carryOut(
                    .replay(scope, why: why),
                    because: why,
                    about: plan.events,
                    in: store,
                    output
                )
            }
        }

        /// Has a service count, and begin it.
        private func run(_ remote: RemoteService) async throws {
            let body: KeyValuePairs<String, JSON?> = [
                "events": .texts(ids), "since": span.since.map { .string($0.rfc3339) },
                "until": span.until.map { .string($0.rfc3339) }, "source": source.map(JSON.string),
                "type": type.map(JSON.string), "rule": rule.map(JSON.string), "failed": failed ? true : nil,
                "all": scope.isUnbounded ? true : nil, "again": again ? true : nil,
                "as_of": asOf == "now" ? "now" : nil,
            ]
            let question = JSON(leavingOutNil: body)
            let (plan, text) = try await remote.both("/events/replay/plan", body: question)
            if !output.json { Terminal.print(text) }
            let count = plan["made"]?.number?.int ?? 0
            guard !dryRun, count > 0, options.confirms(count) else {
                if output.json { Terminal.print(json: plan.text(.indented) + "\n") }
                if !dryRun, count > 0 { throw ExitCode.findings }
                return
            }
            let counted = options.yes || options.key != nil ? nil : plan["until"]
            let order = question.adding(JSON(leavingOutNil: ["until": counted == .null ? nil : counted]))
            try await options.carryOut("/events/replay", order, counted: count, at: remote, output)
        }

        private func plan(
            _ scope: ReplayScope,
            _ rules: RuleSet,
            _ settings: Settings,
            _ store: any JobStore,
            at now: Timestamp
        ) async throws(StoreError) -> ReplayPlan {
            let accounts = settings.accounts.map(\.name)
            let replayer = Replayer(settings, store: store) { event, context in
                rules.evaluate(event, in: context).consequences(accounts: accounts, at: context.now, in: context)
            }
            return try await replayer.plan(scope, rules: rules.names, at: now)
        }

        private func printPlan(_ plan: ReplayPlan, _ settings: Settings) {
            let masking = Masking(settings)
            if output.json {
                Terminal.print(json: plan.json(masking.request, reason: masking.reason).text(.indented) + "\n")
            }
        }

        /// The plan, with what differs from the messages that the events had.
        private func show(
            _ plan: ReplayPlan,
            _ rules: RuleSet,
            _ settings: Settings,
            _ store: any ReadingStore
        ) async throws {
            var question = ArchiveBacktest.Question(rules: rules)
            question.scope = Backtest.Scope(rule: rule)
            question.scope.events = plan.ids
            question.limit = limit
            let answer = try await ArchiveBacktest.run(question, over: store, settings)
            let masking = Masking(settings)
            let json: JSON = ["plan": plan.json(masking.request, reason: masking.reason), "backtest": answer.json]
            output.print(json: json, text: plan.text + "\nby the rules alone, as each event came:\n" + answer.text)
        }
    }
}

extension EventsCommand {
    /// `hookline events export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print events that are kept, a line each, for 'hookline rules backtest --events'.",
            discussion: "The lines have bodies, and so numbers and names of customers."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var span: SpanOptions
        @Option(help: "Only events of this source.")
        var source: String?
        @Option(help: "Only events of this type.")
        var type: String?

        func run() async throws {
            let scope = ReplayScope(since: span.since, until: span.until, source: source, type: type)
            try await withStore(global) { store in
                var place: Int64 = 0
                while true {
                    let events = try await store.events(scope, after: place, upTo: .max, limit: 500)
                    for event in events {
                        place = event.place
                        if event.archived.hasBody { Terminal.print(json: event.archived.line.text() + "\n") }
                    }
                    if events.count < 500 { return }
                }
            }
        }
    }
}
