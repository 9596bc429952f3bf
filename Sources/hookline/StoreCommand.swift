// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Outbox
import ServiceConfiguration

/// `hookline store …`: the store itself, and not what is in it.
struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Look after the store itself.",
        subcommands: [Migrate.self, StoreCopyCommand.self]
    )

    /// `hookline store migrate`.
    struct Migrate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a store of an older Hookline fit for this one.",
            discussion: """
                A store on PostgreSQL is migrated by this alone, since other nodes may still run the older one; only an empty
                database gets its tables when a service opens it. A SQLite store is migrated whenever a service opens it.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "Only print what would be run.")
        var dryRun = false

        func run() async throws {
            let settings = try global.settings(needsSecrets: false)
            do throws(StoreError) {
                let migration = try await StoreOpener.migrate(settings.store, isRehearsal: dryRun)
                output.print(json: json(migration), text: text(migration))
            } catch {
                Terminal.printError("the store: \(error.reason)")
                throw ExitCode(sysexit: .ioError)
            }
        }

        private func text(_ migration: StoreOpener.Migration?) -> String {
            guard let migration else {
                return "nothing to do: the service migrates a SQLite store when it opens it\n"
            }
            let found = migration.found.map { "schema \($0)" } ?? "no tables"
            guard !migration.statements.isEmpty else { return "nothing to do: the database has \(found)\n" }
            guard dryRun else { return "the database had \(found); it has schema \(migration.newest) now\n" }
            let statements = migration.statements.map { "\($0);\n" }.joined()
            return "-- the database has \(found); for schema \(migration.newest) this would be run:\n\(statements)"
        }

        private func json(_ migration: StoreOpener.Migration?) -> JSON {
            let statements = (migration?.statements ?? []).map(JSON.string)
            return [
                "needed": .bool(!statements.isEmpty), "done": .bool(!statements.isEmpty && !dryRun),
                "statements": .array(statements),
            ]
        }
    }
}
