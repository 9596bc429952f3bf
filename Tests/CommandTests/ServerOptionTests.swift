// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Every command works from another machine, or docs/admin-api.md says why it does not.
@Suite("Commands that ask a service", .timeLimit(.minutes(10)))
struct ServerOptionTests {
    /// What `--experimental-dump-help` says of a command.
    private struct Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable {
                let name: String
            }

            let names: [Name]?
        }

        let commandName: String
        let subcommands: [Command]?
        let arguments: [Argument]?

        /// The commands below it that do something, by their words.
        func leaves(below words: [String]) -> [(words: String, asksServices: Bool)] {
            let below = (subcommands ?? []).filter { $0.commandName != "help" }
            guard below.isEmpty else {
                return below.flatMap { $0.leaves(below: words + [$0.commandName]) }
            }
            let names = (arguments ?? []).flatMap { $0.names ?? [] }.map(\.name)
            return [(words.joined(separator: " "), names.contains("server"))]
        }
    }

    private struct Help: Decodable {
        let command: Command
    }

    /// The commands in the first column of the page's table of those that take no `--server`.
    private func excused() throws -> Set<String> {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/admin-api.md")
        let text = try String(contentsOf: page.standardizedFileURL, encoding: .utf8)
        let table = try #require(text.components(separatedBy: "| takes no `--server` |").dropFirst().first)
        let rows = table.components(separatedBy: "\n\n")[0].split(separator: "\n").filter { $0.hasPrefix("| `") }
        let cells = rows.map { $0.split(separator: "|")[0] }
        return Set(cells.flatMap { cell in cell.matches(of: /`([^`]+)`/).map { String($0.1) } })
    }

    @Test("each takes --server, or the page says why it does not, and never both")
    func everyCommand() async throws {
        let run = try await hookline(["--experimental-dump-help"])
        let leaves = try JSONDecoder().decode(Help.self, from: Data(run.output.utf8)).command.leaves(below: [])
        #expect(leaves.count > 45)
        let without = Set(leaves.filter { !$0.asksServices }.map(\.words))
        #expect(try excused() == without)
    }
}
