// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Messages
import Outbox
import Presentation

/// `hookline jobs …`: what people decided about many messages at once, and how far that is.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "See what was decided about many messages at once, and stop it.",
        discussion: "'hookline messages retry', 'release', 'mark-sent' and 'cancel' with filters begin jobs.",
        subcommands: [List.self, Show.self, Pause.self, Resume.self, Cancel.self]
    )

    /// `hookline jobs list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List jobs, the newest first.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Option(help: "Only those in this state: \(JobState.allCases.map(\.rawValue).joined(separator: ", ")).")
        var state: String?
        @OptionGroup var most: LimitOption

        func validate() throws {
            try server.refuse(limit: most.limit)
            guard let state, JobState(rawValue: state) == nil else { return }
            throw ValidationError("'\(state)' is no state of a job")
        }

        func run() async throws {
            let query: [(String, String?)] = [("state", state), ("limit", "\(most.limit)")]
            if try await server.shows("/jobs", output, query: query) { return }
            let filter = JobFilter(state: state.flatMap(JobState.init), limit: most.limit)
            let page = try await withStore(global) { try await $0.jobs(filter) }
            output.print(json: JSON.array(page.elements.map { $0.json() }), text: JobViews.table(page.elements))
        }
    }

    /// `hookline jobs show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a job.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The job's id, job_….")
        var id: String

        func run() async throws {
            if try await server.shows("/jobs/\(PercentEncoding.encode(id))", output) { return }
            guard let job = try await withStore(global, { try await $0.job(JobID(rawValue: id)) }) else {
                Terminal.printError("there is no job '\(id)'; 'hookline jobs list' shows all")
                throw ExitCode.findings
            }
            output.print(json: job.json(), text: JobViews.text(job))
        }
    }
}

/// The jobs that are paused, resumed or ended.
struct JobIDs: ParsableArguments {
    @Argument(help: "The jobs' ids, job_….")
    var ids: [String]
    @OptionGroup var server: ServerOptions
    @OptionGroup var why: ReasonOption

    /// Changes each, and says how it stands then.
    func change(_ change: JobChange, _ global: GlobalOptions) async throws {
        let each = EachChange(global: global, server: server, reason: why.reason)
        try await each.run(ids, at: { "/jobs/\($0)/\(change.rawValue)" }) { .changeJob(change, JobID(rawValue: $0)) }
    }
}

extension JobsCommand {
    /// `hookline jobs pause`.
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Hold jobs where they are.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var chosen: JobIDs

        func run() async throws { try await chosen.change(.pause, global) }
    }

    /// `hookline jobs resume`.
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let paused jobs go on.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var chosen: JobIDs

        func run() async throws { try await chosen.change(.resume, global) }
    }

    /// `hookline jobs cancel`.
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End jobs; what they have done stays done."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var chosen: JobIDs

        func run() async throws { try await chosen.change(.cancel, global) }
    }
}
