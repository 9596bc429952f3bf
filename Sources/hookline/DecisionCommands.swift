// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Events
import Foundation
import Messages
import Outbox
import Presentation

/// Which messages a person decides about: some by their ids, or all that filters mean.
struct MessageChoice: ParsableArguments {
    @Argument(help: "The messages' ids, msg_…; leave them out to choose by filters.")
    var ids: [String] = []
    @Option(help: "Only those in this state; may be repeated.")
    var state: [String] = []
    @Option(help: "Only those of this rule.")
    var rule: String?
    @Option(help: "Only those of this source.")
    var source: String?
    @Option(help: "Only those through this account.")
    var account: String?
    @Option(help: "Only those stored then or later, such as 2026-01-15T10:00:00Z.", transform: Self.time)
    var since: Timestamp?
    @Option(help: "Only those stored before then.", transform: Self.time)
    var until: Timestamp?
    @Flag(help: "All of them, without any filter.")
    var all = false

    var selection: MessageSelection {
        MessageSelection(
            states: Set(state.compactMap(MessageState.init)),
            rule: rule,
            source: source,
            account: account,
            since: since,
            until: until
        )
    }

    func validate(for kind: Decision.Kind) throws {
        if let unknown = state.first(where: { MessageState(rawValue: $0).map(kind.states.contains) != true }) {
            let states = kind.states.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(unknown)' is no state that this takes; expected \(states)")
        }
        if !ids.isEmpty {
            guard selection.isUnbounded, !all else { throw ValidationError("expected ids or filters, and not both") }
        } else if selection.isUnbounded, !all {
            throw ValidationError("no message is named; expected ids, filters such as --rule NAME, or --all")
        }
    }

    static func time(_ text: String) throws -> Timestamp {
        if let time = Timestamp(rfc3339: text) { return time }
        throw ValidationError("'\(text)' is no time; expected one such as 2026-01-15T10:00:00Z")
    }
}

/// How many messages at once are dealt with.
struct JobOptions: ParsableArguments {
    @Option(help: "Why, for the messages' timelines and the job.")
    var why: String?
    @Flag(help: "Do it; without it the messages are counted, and a person at a terminal is asked.")
    var yes = false
    @Option(help: "How many messages a second go into the queue at most.")
    var rate = JobOrder.defaultRate
    @Option(help: "A key by which the same order given twice is one job.")
    var key: String?
    @Flag(help: "Begin the job, and do not wait for its end.")
    var detach = false

    func validate() throws {
        guard (1...10_000).contains(rate) else { throw ValidationError("--rate is \(rate); expected 1 to 10000") }
    }

    /// Whether it is to be done: by `--yes`, or by the word of a person who was told how many.
    ///
    /// - Parameter count: How many messages it is about; above a hundred the number itself has to be typed.
    /// - Returns: Whether it is to be done.
    func confirms(_ count: Int) -> Bool {
        if yes { return true }
        guard isatty(STDIN_FILENO) == 1 else {
            Terminal.printError("nothing was done; --yes does it")
            return false
        }
        let word = count > 100 ? String(count) : "yes"
        Terminal.printError("type \(word) to do it:")
        if readLine()?.trimmingCharacters(in: .whitespaces) == word { return true }
        Terminal.printError("nothing was done")
        return false
    }
}

/// Whether messages go to those who want none, too: a person says so about each.
struct ConsentOverride: ParsableArguments {
    @Flag(help: "Also to those who want no such messages; only with ids, and their timelines say who decided that.")
    var anyway = false

    func validate(_ choice: MessageChoice) throws {
        guard anyway, choice.ids.isEmpty else { return }
        throw ValidationError("--anyway needs the messages' ids")
    }
}

/// Carries out what a person decided, about some messages or by a job.
struct DecisionRun {
    let kind: Decision.Kind
    let global: GlobalOptions
    let output: OutputOptions
    let choice: MessageChoice
    let options: JobOptions
    var anyway = false

    func run() async throws {
        let (decision, who) = (Decision(kind, why: options.why, anyway: anyway), Operator.atCommandLine)
        guard choice.ids.isEmpty else {
            return try await decideEach(choice.ids, global, because: decision.why) { id in
                .decide(decision, MessageID(rawValue: id))
            }
        }
        try await withStore(global) { store in
            let counts = try await store.counts(choice.selection, for: kind)
            let count = counts.reduce(0) { $0 + $1.count }
            if !output.json {
                Terminal.print(counts.isEmpty ? "" : JobViews.text(counts))
                Terminal.print("\(count.counted("message")) to \(kind.rawValue): \(choice.selection.words)\n")
            }
            guard count > 0 else {
                if output.json { Terminal.print(json: JobViews.json(counts).text(.indented) + "\n") }
                return
            }
            guard options.confirms(count) else {
                if output.json { Terminal.print(json: JobViews.json(counts).text(.indented) + "\n") }
                throw ExitCode.findings
            }
            let (selection, key) = (choice.selection, options.key)
            let order = JobOrder(decision, selection, by: who.description, key: key, rate: options.rate)
            let action = OperatorAction(.beginJob(order), by: who, because: decision.why, at: SystemClock().now)
            guard case .job(let job) = try await store.carryOut(action) else { return }
            try await JobEnd(output: output, isDetached: options.detach).await(job, in: store)
        }
    }
}

/// Shows a job until it has ended.
struct JobEnd {
    let output: OutputOptions
    let isDetached: Bool

    func await(_ begun: Job, in store: any JobStore) async throws {
        var job = begun
        if !isDetached {
            job = try await JobFollower(store).follow(begun) { next in
                if !output.json { Terminal.printError("\(next.id): \(JobViews.progress(next))") }
            }
        }
        output.print(json: job.json, text: JobViews.text(job))
        guard !isDetached else { return }
        if job.state == .running {
            Terminal.printError(
                "no service works at it: it goes on when one runs; 'hookline jobs show \(job.id)' tells"
            )
            throw ExitCode(sysexit: .unavailable)
        }
        if job.tally[.refused] ?? 0 > 0 || job.state != .done { throw ExitCode.findings }
    }
}

extension MessagesCommand {
    /// `hookline messages retry`.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Send failed messages after all.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var choice: MessageChoice
        @OptionGroup var options: JobOptions
        @OptionGroup var override: ConsentOverride

        func validate() throws {
            try choice.validate(for: .retry)
            try override.validate(choice)
        }

        func run() async throws {
            var run = DecisionRun(kind: .retry, global: global, output: output, choice: choice, options: options)
            run.anyway = override.anyway
            try await run.run()
        }
    }

    /// `hookline messages release`.
    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send uncertain messages again; they may arrive twice."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var choice: MessageChoice
        @OptionGroup var options: JobOptions
        @OptionGroup var override: ConsentOverride

        func validate() throws {
            try choice.validate(for: .release)
            try override.validate(choice)
        }

        func run() async throws {
            var run = DecisionRun(kind: .release, global: global, output: output, choice: choice, options: options)
            run.anyway = override.anyway
            try await run.run()
        }
    }

    /// `hookline messages mark-sent`.
    struct MarkSent: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mark-sent",
            abstract: "Take uncertain messages for accepted, because somebody saw that they arrived."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var choice: MessageChoice
        @OptionGroup var options: JobOptions

        func validate() throws { try choice.validate(for: .markSent) }

        func run() async throws {
            try await DecisionRun(kind: .markSent, global: global, output: output, choice: choice, options: options)
                .run()
        }
    }

    /// `hookline messages cancel`.
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Call off messages that have not left, and uncertain ones for good."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var choice: MessageChoice
        @OptionGroup var options: JobOptions

        func validate() throws { try choice.validate(for: .cancel) }

        func run() async throws {
            try await DecisionRun(kind: .cancel, global: global, output: output, choice: choice, options: options).run()
        }
    }
}
