// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
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
        @Option(help: "The most to list.")
        var limit = 50

        func validate() throws {
            guard (1...10_000).contains(limit) else {
                throw ValidationError("--limit is \(limit); expected 1 to 10000")
            }
            guard let result, Disposition.Name(rawValue: result) == nil else { return }
            throw ValidationError("'\(result)' is no result of an event")
        }

        func run() async throws {
            let events = EventFilter(
                source: source,
                type: type,
                secretLabel: secret,
                disposition: result.flatMap(Disposition.Name.init),
                recipients: try whom.names(),
                limit: limit
            )
            let showsRejections = rejected || (type == nil && result == nil && secret == nil && !whom.areNamed)
            let settings = try global.settings(needsSecrets: false)
            let (accepted, refused) = try await withStore(global, settings: settings) { store in
                (
                    rejected ? [] : try await store.events(events).elements,
                    showsRejections
                        ? try await store.rejections(RejectionFilter(source: source, limit: limit)).elements : []
                )
            }
            let masking = Masking(settings)
            output.print(
                json: JSON.array(accepted.map { $0.json(masking) } + refused.map(\.json)),
                text: OutboxViews.table(accepted, refused, masking: masking)
            )
        }
    }

    /// `hookline events show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show an event with its headers, body and messages.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The event's id, evt_….")
        var id: String

        func run() async throws {
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
        @Argument(help: "The events' ids, evt_….")
        var ids: [String]
        @OptionGroup var why: ReasonOption

        func run() async throws {
            try await decideEach(ids, global, because: why.reason) { .lookUpAgain(EventID(rawValue: $0)) }
        }
    }
}
