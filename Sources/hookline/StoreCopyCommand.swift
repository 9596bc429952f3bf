// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Foundation
import Outbox
import ServiceConfiguration
import StoreCopying

/// `hookline store copy`.
struct StoreCopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy a store from SQLite to PostgreSQL, or back.",
        discussion: """
            Everything is copied, read again on both sides and compared. No service may use either store meanwhile, and the
            target has to be empty. A copy that was interrupted goes on where it was when it is run again; until it is
            whole, no service opens the target. With --anew such a copy is emptied out of the target first: where it was one of
            another store, or the source went on since. No other target is ever emptied.

            The password of a database comes from its address, PGPASSWORD, ~/.pgpass, --password-file, or from the
            configuration where that has the same address.
            """
    )

    @Argument(help: "The store to copy: sqlite:PATH or postgres://USER@HOST/DATABASE.")
    var source: String
    @Argument(help: "The store to copy it into.")
    var target: String
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Only say what would be copied; nothing is written.")
    var dryRun = false
    @Flag(help: "Only compare the two; nothing is written.")
    var verifyOnly = false
    @Flag(help: "Empty the target first where it is a copy that was not finished, and begin again.")
    var anew = false
    @Option(help: "A file with the password of the database.")
    var passwordFile: String?
    @Option(help: "In which pieces tables are made on PostgreSQL: none, week or day; week if left out.")
    var partitions: String?

    func validate() throws {
        guard !dryRun || !verifyOnly else { throw ValidationError("--dry-run and --verify-only exclude each other") }
        guard !anew || !verifyOnly else { throw ValidationError("--anew and --verify-only exclude each other") }
        guard partitions.map({ ["none", "week", "day"].contains($0) }) ?? true else {
            throw ValidationError("--partitions is '\(partitions ?? "")'; expected none, week or day")
        }
    }

    func run() async throws {
        let access = try access()
        let summary: CopySummary
        do throws(StoreError) {
            let stores = try StoreCopies(from: source, to: target, access)
            summary = try await run(stores)
        } catch {
            Terminal.printError("the store: \(error.reason)")
            throw ExitCode(sysexit: .ioError)
        }
        output.print(json: json(summary), text: text(summary))
        Terminal.printErrors(summary.differences)
        guard summary.isSame else { throw ExitCode.findings }
    }

    private func access() throws -> StoreCopies.Access {
        var access = StoreCopies.Access()
        access.configured = try global.settingsForTools()?.store
        access.partitions = partitions
        guard let passwordFile else { return access }
        let bytes = try Terminal.read(passwordFile, expecting: "the password")
        access.password = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return access
    }

    private func run(_ stores: StoreCopies) async throws(StoreError) -> CopySummary {
        let source = try await stores.openSource()
        let target: any CopyingStore
        do throws(StoreError) {
            target = try await stores.openTarget(isRehearsal: dryRun || verifyOnly)
        } catch {
            await source.close()
            throw error
        }
        let result = await result(source, target)
        await source.close()
        await target.close()
        return try result.get()
    }

    private func result(
        _ source: any CopyingStore,
        _ target: any CopyingStore
    ) async -> Result<CopySummary, StoreError> {
        let progress = CopyProgressLine()
        let copy = StoreCopy(from: source, to: target, startsAnew: anew) { progress.show($0) }
        defer { progress.end() }
        do throws(StoreError) {
            if dryRun { return .success(try await copy.rehearse()) }
            guard verifyOnly else { return .success(try await copy.run()) }
            try await source.requireIdle()
            try await target.requireIdle()
            return .success(try await StoreComparison(source, target) { progress.show($0) }.run())
        } catch {
            return .failure(error)
        }
    }

    private func text(_ summary: CopySummary) -> String {
        let width = summary.tables.map(\.name.count).max() ?? 0
        let lines = summary.tables.map { table in
            let name = table.name.padding(toLength: width, withPad: " ", startingAt: 0)
            let sum = table.checksums.first.map { "  \($0.prefix(16))" } ?? ""
            let known = table.known > 0 ? "  (\(table.known) of them were there)" : ""
            return "\(name)  \(table.rows)\(known)\(sum)\n"
        }
        return lines.joined() + conclusion(summary)
    }

    private func conclusion(_ summary: CopySummary) -> String {
        let rows = summary.tables.reduce(0) { $0 + $1.rows }
        if dryRun {
            let first = summary.isAnew ? ", after the target, a copy that was not finished, was emptied" : ""
            return "these \(rows) rows would be copied\(first); nothing was written\n"
        }
        guard summary.isSame else {
            let closed = verifyOnly ? "" : "; no service opens the target"
            return "the two are not the same\(closed)\n"
        }
        return verifyOnly ? "the two are the same: \(rows) rows\n" : "copied and compared: \(rows) rows\n"
    }

    private func json(_ summary: CopySummary) -> JSON {
        let tables = summary.tables.map { table -> JSON in
            [
                "table": .string(table.name), "rows": .number(JSONNumber(table.rows)),
                "known": .number(JSONNumber(table.known)),
                "checksum": table.checksums.first.map(JSON.string) ?? .null,
                "target_checksum": table.checksums.last.map(JSON.string) ?? .null,
            ]
        }
        let differences = summary.differences.map { difference -> JSON in
            [
                "table": .string(difference.table), "row": .string(difference.row),
                "kind": .string(difference.kind.rawValue),
            ]
        }
        return [
            "resumed": .bool(summary.isResumed), "anew": .bool(summary.isAnew),
            "copied": .bool(!dryRun && !verifyOnly && summary.isSame),
            "same": dryRun ? .null : .bool(summary.isSame), "tables": .array(tables),
            "differences": .array(differences),
        ]
    }
}
