// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Foundation
import Messages
import Outbox
import Presentation

/// `hookline tokens …`: who may use the admin API.
struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens",
        abstract: "Manage the tokens of the admin API.",
        discussion: "A change holds from the next request on, also for a service that is running.",
        subcommands: [Create.self, List.self, Revoke.self]
    )

    /// `hookline tokens create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a token; it is shown once.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Option(help: "Whose it is, such as 'grafana'; no two live tokens have the same.")
        var name: String
        @Option(help: "What it may do, each also what stands before it: \(AccessScope.words).")
        var scope = AccessScope.read
        @Flag(help: "Its holder sees phone numbers and payloads.")
        var pii = false
        @Option(help: "How long it opens anything, such as 30d; never for ever.")
        var expires = "90d"
        @OptionGroup var why: ReasonOption

        func validate() throws {
            guard (1...100).contains(name.count), !name.contains(where: \.isNewline) else {
                throw ValidationError("--name has \(name.count) characters; expected one line of 1 to 100")
            }
            guard expires != "never", DurationText.parse(expires).map({ $0 <= .zero }) ?? true else { return }
            throw ValidationError("--expires is '\(expires)'; expected 'never' or \(DurationText.expectation)")
        }

        func run() async throws {
            let wish: KeyValuePairs<String, JSON?> = [
                "name": .string(name), "scope": .string(scope.rawValue), "pii": .bool(pii),
                "expires": expires == "never" ? .null : .string(expires), "reason": why.reason.map(JSON.string),
            ]
            if try await server.does("/tokens", output, wish) { return }
            var made: (token: IssuedToken, at: Timestamp)?
            try await carryOut(global, createsIt: true, because: why.reason) { now in
                let token = IssuedToken(
                    name: name,
                    scope: scope,
                    seesPersonalData: pii,
                    lifetime: DurationText.parse(expires),
                    at: now
                )
                made = (token, now)
                return .addToken(token.token)
            }
            if let made { output.print(json: made.token.json(at: made.at), text: made.token.description) }
        }
    }

    /// `hookline tokens list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List tokens, the newest first.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var most: LimitOption

        func validate() throws { try server.refuse(limit: most.limit) }

        func run() async throws {
            if try await server.shows("/tokens", output, query: [("limit", "\(most.limit)")]) { return }
            let (all, now) = (try await withStore(global) { try await $0.tokens() }, SystemClock().now)
            let tokens = Page(newestOf: all, limit: most.limit, cursor: nil).elements
            output.print(
                json: JSON.array(tokens.map { $0.json(at: now) }),
                text: AccessViews.table(tokens, at: now)
            )
        }
    }

    /// `hookline tokens revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revoke a token; it opens nothing from then on.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The token's id, tok_….")
        var id: String
        @OptionGroup var why: ReasonOption

        func run() async throws {
            let path = "/tokens/\(PercentEncoding.encode(id))/revoke"
            if try await server.does(path, output, ["reason": why.reason.map(JSON.string)]) { return }
            let changed = try await carryOut(global, because: why.reason) { _ in .revokeToken(id) }
            guard case .token(let token) = changed else { return }
            let now = token.revokedAt ?? SystemClock().now
            output.print(json: token.json(at: now), text: AccessViews.table([token], at: now))
        }
    }
}

/// `hookline audit …`: who did what.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "See what was done by hand: who, what, on what, why.",
        subcommands: [List.self],
        defaultSubcommand: List.self
    )

    /// `hookline audit list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what was done by hand, the newest first.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Option(help: "Only what this user or token did.")
        var who: String?
        @Option(help: "Only this action, such as messages.cancel.")
        var action: String?
        @Option(help: "Only what was done to this: an id or a name.")
        var subject: String?
        @OptionGroup var most: LimitOption

        func validate() throws {
            try server.refuse(limit: most.limit)
        }

        func run() async throws {
            let query: [(String, String?)] = [
                ("who", who), ("action", action), ("subject", subject), ("limit", "\(most.limit)"),
            ]
            if try await server.shows("/audit", output, query: query) { return }
            let filter = AuditFilter(who: who, action: action, subject: subject, limit: most.limit)
            let lines = try await withStore(global) { try await $0.audit(filter).elements }
            output.print(json: JSON.array(lines.map(\.json)), text: AccessViews.table(lines))
        }
    }
}

extension AccessScope: ExpressibleByArgument {
    fileprivate static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension Operator {
    /// Who sits at the command line: the user of the machine, also behind `sudo`.
    static var atCommandLine: Operator {
        let (name, behind) = (NSUserName(), ProcessInfo.processInfo.environment["SUDO_USER"])
        return Operator(.user, behind.map { "\($0) as \(name)" } ?? (name.isEmpty ? "command line" : name))
    }
}
