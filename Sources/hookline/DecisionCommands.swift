// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Events
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
    @OptionGroup var span: SpanOptions
    @Flag(help: "All of them, without any filter.")
    var all = false

    var selection: MessageSelection {
        MessageSelection(
            states: Set(state.compactMap(MessageState.init)),
            rule: rule,
            source: source,
            account: account,
            since: span.since,
            until: span.until
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
struct DecisionOptions: ParsableArguments {
    @OptionGroup var global: GlobalOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var choice: MessageChoice
    @OptionGroup var options: JobOptions

    func validate(for kind: Decision.Kind) throws {
        try choice.validate(for: kind)
        guard !choice.ids.isEmpty, let option = options.onlyForJobs else { return }
        throw ValidationError("\(option) is for many messages at once; messages with ids are decided about now")
    }

    func run(_ kind: Decision.Kind, anyway: Bool = false) async throws {
        let decision = Decision(kind, why: options.why.reason, anyway: anyway)
        guard choice.ids.isEmpty else {
            let each = EachChange(global: global, server: server, output: output, reason: decision.why, anyway: anyway)
            let word = kind.rawValue.replacing("_", with: "-")
            return try await each.run(choice.ids, at: { "/messages/\($0)/\(word)" }) { id in
                .decide(decision, MessageID(rawValue: id))
            }
        }
        if let remote = try server.remote { return try await ServerOptions.orPrinted { try await run(kind, remote) } }
        try await withStore(global) { store in
            let counts = try await store.counts(choice.selection, for: kind)
            let count = counts.total
            if !output.json {
                Terminal.print(JobViews.text(counts, to: kind, choice.selection))
            }
            guard count > 0 else { return printCounts(counts) }
            guard options.confirms(count) else {
                printCounts(counts)
                throw ExitCode.findings
            }
            let work = JobOrder.Work.decide(decision, choice.selection)
            try await options.carryOut(work, because: decision.why, about: count, in: store, output)
        }
    }

    private func run(_ kind: Decision.Kind, _ remote: RemoteService) async throws {
        let body = JSON(leavingOutNil: [
            "action": .string(kind.rawValue), "states": .texts(choice.state), "rule": choice.rule.map(JSON.string),
            "source": choice.source.map(JSON.string), "account": choice.account.map(JSON.string),
            "since": choice.span.since.map { .string($0.rfc3339) },
            "until": choice.span.until.map { .string($0.rfc3339) }, "all": choice.selection.isUnbounded ? true : nil,
        ])
        let (preview, text) = try await remote.both("/jobs/plan", body: body)
        if !output.json { Terminal.print(text) }
        let count = preview["count"]?.number?.int ?? 0
        guard count > 0, options.confirms(count) else {
            if output.json { Terminal.print(json: preview.text(.indented) + "\n") }
            if count > 0 { throw ExitCode.findings }
            return
        }
        try await options.carryOut("/jobs", body, counted: count, at: remote, output)
    }

    private func printCounts(_ counts: [SelectionCount]) {
        if output.json { Terminal.print(json: JobViews.json(counts).text(.indented) + "\n") }
    }
}

extension MessagesCommand {
    /// `hookline messages retry`.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Send failed messages after all.")

        @OptionGroup var decision: DecisionOptions
        @OptionGroup var override: ConsentOverride

        func validate() throws {
            try decision.validate(for: .retry)
            try override.validate(decision.choice)
        }

        func run() async throws { try await decision.run(.retry, anyway: override.anyway) }
    }

    /// `hookline messages release`.
    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send uncertain messages again; they may arrive twice."
        )

        @OptionGroup var decision: DecisionOptions
        @OptionGroup var override: ConsentOverride

        func validate() throws {
            try decision.validate(for: .release)
            try override.validate(decision.choice)
        }

        func run() async throws { try await decision.run(.release, anyway: override.anyway) }
    }

    /// `hookline messages mark-sent`.
    struct MarkSent: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mark-sent",
            abstract: "Take uncertain messages for accepted, because somebody saw that they arrived."
        )

        @OptionGroup var decision: DecisionOptions

        func validate() throws { try decision.validate(for: .markSent) }

        func run() async throws { try await decision.run(.markSent) }
    }

    /// `hookline messages cancel`.
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Call off messages that have not left, and uncertain ones for good."
        )

        @OptionGroup var decision: DecisionOptions

        func validate() throws { try decision.validate(for: .cancel) }

        func run() async throws { try await decision.run(.cancel) }
    }
}
