// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Messages
import Outbox
import Presentation
import Rules
import ServiceConfiguration

/// `hookline messages …`: what left, what waits, what failed, and why.
struct MessagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages",
        abstract: "See the outbox's messages, and decide about them.",
        subcommands: [List.self, Next.self, Show.self, Retry.self, Release.self, MarkSent.self, Cancel.self]
    )

    /// `hookline messages list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List messages, the newest first.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Option(help: "Only those in this state: \(MessageState.allCases.map(\.rawValue).joined(separator: ", ")).")
        var state: String?
        @Option(help: "Only those that got so far after the partner took them: sent, delivered, read, failed.")
        var delivery: String?
        @Option(help: "Only those of this rule.")
        var rule: String?
        @Flag(help: "Only those that wait though their rule is switched off, renamed or gone.")
        var ruleOff = false
        @Option(help: "Only those of this source.")
        var source: String?
        @OptionGroup var whom: RecipientOptions
        @Option(help: "Only those with this key: what the rule's key gave.")
        var key: String?
        @Option(help: "Only the one that the partner calls so.")
        var partnerID: String?
        @Option(help: "Only those that this event caused, evt_….")
        var event: String?
        @OptionGroup var most: LimitOption

        func validate() throws {
            try server.refuse(limit: most.limit)
            if let state, MessageState(rawValue: state) == nil {
                throw ValidationError("'\(state)' is no state of a message")
            }
            guard let delivery, DeliveryReport.Status(rawValue: delivery) == nil else { return }
            throw ValidationError("'\(delivery)' is none of sent, delivered, read and failed")
        }

        private var query: [(String, String?)] {
            [
                ("state", state), ("delivery", delivery), ("rule", rule), ("rule_off", ruleOff ? "true" : nil),
                ("source", source), ("to", whom.to), ("country", whom.country), ("contact", whom.contact), ("key", key),
                ("partner_id", partnerID), ("event", event), ("limit", "\(most.limit)"),
            ]
        }

        func run() async throws {
            if try await server.shows("/messages", output, query: query) { return }
            let settings = try global.settings(needsSecrets: false)
            let filter = MessageFilter(
                state: state.flatMap(MessageState.init),
                arrival: delivery.flatMap(DeliveryReport.Status.init),
                rule: rule,
                source: source,
                recipients: try whom.names(),
                key: key,
                partnerID: partnerID,
                event: event.map(EventID.init(rawValue:)),
                notOf: ruleOff ? try RuleSet(loading: [settings.rules]).enabledNames : nil,
                limit: most.limit
            )
            let page = try await withStore(global, settings: settings) { try await $0.messages(filter) }
            let (masking, now) = (Masking(settings), SystemClock().now)
            output.print(
                json: JSON.array(page.elements.map { $0.json(masking) }),
                text: filter.recipients.isEmpty
                    ? OutboxViews.table(page.elements, masking: masking, at: now)
                    : OutboxViews.table(ofOne: page.elements, masking: masking, at: now)
            )
        }
    }

    /// `hookline messages next`.
    struct Next: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what is about to leave, the soonest first, and what each waits for."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var most: LimitOption

        func validate() throws {
            try server.refuse(limit: most.limit)
        }

        func run() async throws {
            if try await server.shows("/messages/next", output, query: [("limit", "\(most.limit)")]) { return }
            let settings = try global.settings(needsSecrets: false)
            let limit = most.limit
            let found = try await withStore(global, settings: settings) { try await $0.leavingNext(limit: limit) }
            let masking = Masking(settings)
            output.print(
                json: JSON.array(found.map { $0.json(masking) }),
                text: OutboxViews.schedule(found, masking: masking, at: SystemClock().now)
            )
        }
    }

    /// `hookline messages show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a message with its tries and its timeline.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The message's id, msg_….")
        var id: String

        func run() async throws {
            if try await server.shows("/messages/\(PercentEncoding.encode(id))", output) { return }
            let settings = try global.settings(needsSecrets: false)
            let found = try await withStore(global, settings: settings) { store in
                try await store.message(MessageID(rawValue: id))
            }
            guard let detail = found else {
                Terminal.printError("there is no message '\(id)'; 'hookline messages list' shows those that are kept")
                throw ExitCode.findings
            }
            let masking = Masking(settings)
            output.print(
                json: detail.json(masking),
                text: OutboxViews.text(detail, masking: masking, at: SystemClock().now)
            )
        }
    }
}
