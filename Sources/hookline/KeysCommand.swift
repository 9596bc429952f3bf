// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Messages
import Outbox
import Presentation
import ServiceConfiguration

/// `hookline keys …`: who may hand us messages over the partner API.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Manage the keys of the service's own partner API.",
        discussion: "A change holds from the next request on, also for a service that is running.",
        subcommands: [Create.self, List.self, Revoke.self]
    )

    /// `hookline keys create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a key; its secret is shown once.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Option(help: "Whose key it is, such as 'shop, staging'.")
        var label: String
        @Option(help: "The account that its messages use; the first of the configuration if left out.")
        var account: String?
        @OptionGroup var why: ReasonOption

        func validate() throws {
            guard (1...100).contains(label.count), !label.contains(where: \.isNewline) else {
                throw ValidationError("--label has \(label.count) characters; expected one line of 1 to 100")
            }
        }

        func run() async throws {
            let wish: KeyValuePairs<String, JSON?> = [
                "label": .string(label), "account": account.map(JSON.string), "reason": why.reason.map(JSON.string),
            ]
            if try await server.does("/keys", output, wish) { return }
            try global.requireAccount(account)
            var made: IssuedKey?
            try await carryOut(global, createsIt: true, because: why.reason) { now in
                let issued = IssuedKey(label: label, account: account, at: now)
                made = issued
                return .addKey(issued.key)
            }
            if let made { output.print(json: made.json, text: made.text) }
        }
    }

    /// `hookline keys list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List keys, the newest first.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var most: LimitOption

        func validate() throws { try server.refuse(limit: most.limit) }

        func run() async throws {
            if try await server.shows("/keys", output, query: [("limit", "\(most.limit)")]) { return }
            let all = try await withStore(global) { try await $0.apiKeys() }
            let keys = Page(newestOf: all, limit: most.limit, cursor: nil).elements
            output.print(json: JSON.array(keys.map(\.json)), text: KeyViews.table(keys))
        }
    }

    /// `hookline keys revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revoke a key; it opens nothing from then on.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The key's id, pk_….")
        var id: String
        @OptionGroup var why: ReasonOption

        func run() async throws {
            let path = "/keys/\(PercentEncoding.encode(id))/revoke"
            if try await server.does(path, output, ["reason": why.reason.map(JSON.string)]) { return }
            let changed = try await carryOut(global, because: why.reason) { _ in .revokeKey(id) }
            guard case .key(let key) = changed else { return }
            output.print(json: key.json, text: KeyViews.table([key]))
        }
    }
}
