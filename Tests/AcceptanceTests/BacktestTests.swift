// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import Events
import Foundation
import Rehearsal
import TestSupport
import Testing

/// Number 34: what came in against changed rules, by the command, beside the service that owns the store.
@Suite("hookline rules backtest", .timeLimit(.minutes(10)))
struct BacktestCommandTests {
    private static let rules = """
        version: 1
        source: orders
        rules:
          - name: paid
            event: order.paid
            once_per: "{{ id }}"
            to: "{{ phone }}"
            send: {text: "Thank you, {{ name }}"}
          - name: reminder
            event: order.open
            delay: 1h
            to: "{{ phone }}"
            send: {text: "Still there?"}
        """

    private func body(_ event: String, _ id: Int, name: String = "Meera") -> String {
        #"{"event": "\#(event)", "id": "\#(id)", "phone": "9845061237", "name": "\#(name)"}"#
    }

    private func backtest(_ hookline: HooklineUnderTest, _ arguments: String...) async throws -> ProgramRun {
        try await hookline.command(["rules", "backtest"] + arguments)
    }

    @Test("finds nothing while the rules are as they were, and each difference after a change, without sending")
    func changedRules() async throws {
        try await withHookline(HooklineSetup(rules: ["rules.yaml": Self.rules])) { hookline in
            try await hookline.post(body("order.paid", 1), source: "orders")
            try await hookline.post(body("order.paid", 2, name: "Ravi"), source: "orders")
            try await hookline.post(body("order.open", 3), source: "orders")
            try await hookline.post("[", source: "orders")

            let same = try await backtest(hookline)
            #expect(same.exitCode == 0)
            #expect(same.errors == "")
            #expect(same.output.hasPrefix("3 of 4 events rehearsed, from 2026-"))
            #expect(same.output.contains("\nleft out: 1 whose body could not be read when it came\n"))
            #expect(same.output.hasSuffix("\nno difference: 3 messages as before\n"))

            let changed = hookline.folder.appending(path: "changed.yaml")
            let text = Self.rules.replacing("Thank you, ", with: "Thank you for {{ id }}, ").replacing("1h", with: "2h")
            try Data(text.utf8).write(to: changed)
            let runs = [
                try await backtest(hookline, changed.path, "--json"),
                try await backtest(hookline, changed.path, "--json"),
            ]
            #expect(runs.map(\.exitCode) == [1, 1])
            #expect(runs[0].output == runs[1].output)
            let answer = try JSON(parsing: runs[0].output)
            let counts = #"{"same":0,"added":0,"removed":0,"changed":2,"moved":1,"undecided":0}"#
            #expect(answer["counts"]?.text() == counts)
            #expect(!runs[0].output.contains("9845061237"))
            let told = try await backtest(hookline, changed.path, "--rule", "paid", "--limit", "1")
            #expect(told.output.contains("    - \"Thank you, Meera\"\n    + \"Thank you for 1, Meera\"\n"))
            #expect(told.output.contains("\nand 1 more difference\n"))

            try Data("version: 1\nrules: [{name: x}]".utf8).write(to: changed)
            let broken = try await backtest(hookline, changed.path)
            #expect(broken.exitCode == 65)
            #expect(broken.output == "")
            #expect(broken.errors.contains("changed.yaml:2:"))
            let wrong = try await backtest(hookline, "--since", "yesterday")
            #expect(wrong.exitCode == 64)
        }
    }

    @Test("events of a file are rehearsed as those of the store are, and a line that is none is told by its number")
    func eventsOfAFile() async throws {
        try await withHookline(HooklineSetup(rules: ["rules.yaml": Self.rules])) { hookline in
            for id in 1...3 { try await hookline.post(body("order.paid", id), source: "orders") }
            let config = hookline.folder.appending(path: "hookline.yaml").path
            let exported = try await Program.hookline(
                ["events", "export", "--config", config, "--source", "orders"],
                environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"],
                folder: hookline.folder.path
            ).run()
            #expect(exported.exitCode == 0 && exported.output.split(separator: "\n").count == 3)
            let file = hookline.folder.appending(path: "events.jsonl")
            let bare = #"{"source": "orders", "body": \#(body("order.paid", 4))}"#
            try Data((exported.output + "\n" + bare).utf8).write(to: file)
            let changed = hookline.folder.appending(path: "changed.yaml")
            let text = Self.rules.replacing("Thank you, ", with: "Thank you for {{ id }}, ")
            try Data(text.utf8).write(to: changed)
            let before = hookline.folder.appending(path: "rules/rules.yaml").path
            let found = try await backtest(
                hookline,
                changed.path,
                "--against",
                before,
                "--events",
                file.path,
                "--json"
            )
            let counts = #"{"same":0,"added":0,"removed":0,"changed":4,"moved":0,"undecided":0}"#
            let answer = try JSON(parsing: found.output)
            #expect(answer["counts"]?.text() == counts)
            #expect(found.exitCode == 1 && found.errors == "")
            let alone = try await backtest(hookline, "--events", file.path)
            #expect(alone.output.hasSuffix("\n4 added, 0 removed, 0 changed, 0 moved, 0 as before\n"))
            try Data((bare + "\n{\"source\": 1}\n").utf8).write(to: file)
            let broken = try await backtest(hookline, "--events", file.path)
            #expect(broken.exitCode == 65 && broken.errors == "\(file.path): line 2: has no source\n")
        }
    }
}
