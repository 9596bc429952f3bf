// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Events
import Messages
import Outbox
import Presentation

/// `hookline events …`: what came in, and what became of it.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "See what came in and what was refused, and replay it.",
        subcommands: [List.self, Show.self, Retry.self, Replay.self, Export.self]
    )

    /// `hookline events list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List events and refused requests, the newest first.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Option(help: "Only those of this source.")
        var source: String?
        @Option(help: "Only those of this type.")
        var type: String?
        @Option(
            help: "Only those with this result: \(Disposition.Name.allCases.map(\.rawValue).joined(separator: ", "))."
        )
        var result: String?
        @Option(help: "Only those that this secret had signed: its variable's or file's name.")
        var secret: String?
        @OptionGroup var whom: RecipientOptions
        @Flag(help: "Only refused requests.")
        var rejected = false
        @OptionGroup var most: LimitOption

        func validate() throws {
            try server.refuse(limit: most.limit)
            guard let result, Disposition.Name(rawValue: result) == nil else { return }
            throw ValidationError("'\(result)' is no result of an event")
        }

        private var showsRejections: Bool {
            rejected || (type == nil && result == nil && secret == nil && !whom.areNamed)
        }

        func run() async throws {
            if let remote = try server.remote { return try await ServerOptions.orPrinted { try await show(remote) } }
            let events = EventFilter(
                source: source,
                type: type,
                secretLabel: secret,
                disposition: result.flatMap(Disposition.Name.init),
                recipients: try whom.names(),
                limit: most.limit
            )
            let settings = try global.settings(needsSecrets: false)
            let (accepted, refused) = try await withStore(global, settings: settings) { store in
                (
                    rejected ? [] : try await store.events(events).elements,
                    showsRejections
                        ? try await store.rejections(RejectionFilter(source: source, limit: most.limit)).elements : []
                )
            }
            let masking = Masking(settings)
            output.print(
                json: JSON.array(accepted.map { $0.json(masking) } + refused.map(\.json)),
                text: OutboxViews.table(accepted, refused, masking: masking)
            )
        }

        /// Events of a service, and below them what it refused.
        private func show(_ remote: RemoteService) async throws {
            let query: [(String, String?)] = [
                ("source", source), ("type", type), ("result", result), ("secret", secret), ("to", whom.to),
                ("country", whom.country), ("contact", whom.contact), ("limit", "\(most.limit)"),
            ]
            let refusals: [(String, String?)] = [("source", source), ("limit", "\(most.limit)")]
            guard output.json else {
                if !rejected { Terminal.print(try await remote.text("/events", query)) }
                let refused = showsRejections ? try await remote.text("/rejections", refusals) : ""
                // Titles alone are no table.
                if rejected || refused.split(separator: "\n").count > 1 { Terminal.print(refused) }
                return
            }
            let events = rejected ? [] : try await remote.json("/events", query)["data"]?.array ?? []
            let refused = showsRejections ? try await remote.json("/rejections", refusals)["data"]?.array ?? [] : []
            Terminal.print(json: JSON.array(events + refused).text(.indented) + "\n")
        }
    }

    /// `hookline events show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show an event with its headers, body and messages.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The event's id, evt_….")
        var id: String

        func run() async throws {
            if try await server.shows("/events/\(PercentEncoding.encode(id))", output) { return }
            let settings = try global.settings(needsSecrets: false)
            let found = try await withStore(global, settings: settings) { try await $0.event(EventID(rawValue: id)) }
            guard let event = found else {
                Terminal.printError("there is no event '\(id)'; 'hookline events list' shows those that are kept")
                throw ExitCode.findings
            }
            let masking = Masking(settings)
            output.print(json: event.json(masking), text: OutboxViews.text(event, masking: masking))
        }
    }
}

extension EventsCommand {
    /// `hookline events retry`.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look up again what events leave out, at once or after their look-up was given up."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @Argument(help: "The events' ids, evt_….")
        var ids: [String]
        @OptionGroup var why: ReasonOption

        func run() async throws {
            let each = EachChange(global: global, server: server, reason: why.reason)
            try await each.run(ids, at: { "/events/\($0)/retry" }) { .lookUpAgain(EventID(rawValue: $0)) }
        }
    }
}
