// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HTTPTypes
import HooklineApp
import Messages
import Outbox
import PartnerAPI
import SQLiteOutbox
import Sandbox
import TestSupport
import Testing

/// The commands of the chapter "After a bad day" of docs/operations.md, in its order, against a service that runs.
@Suite("After a bad day", .timeLimit(.minutes(10)))
struct AfterABadDayTests {
    private static let page = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/operations.md")

    /// The rules once they are mended.
    private static let rules = """
        version: 1
        source: orders
        rules:
          - name: order-built
            event: order.built
            to: "{{ phone }}"
            send: {text: "built {{ id }}"}
        """

    /// The lines of the chapter's blocks.
    private static func commands() throws -> [String] {
        let text = try String(contentsOf: page, encoding: .utf8)
        let chapter = try #require(text.split(separator: "\n## ").first { $0.hasPrefix("After a bad day\n") })
        let blocks = chapter.split(separator: "```sh\n").dropFirst()
        return blocks.flatMap { block in
            (block.split(separator: "```").first ?? "").split(separator: "\n").map(String.init)
        }
    }

    @Test("39, 53, 35: every command of the chapter does what the chapter says")
    func chapter() async throws {
        let commands = try Self.commands()
        #expect(commands.count == 11)
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "hookline.db").path
            try await badDay(in: file)
            try await withSandbox(SandboxFaults(), clock: SystemClock()) { partner, port in
                try await ServiceProcess.with(folder: folder, rules: Self.rules, partnerPort: port) { process in
                    _ = try await process.url()
                    var outputs: [String] = []
                    for command in commands {
                        let run = try await self.run(command, in: folder)
                        let onlyCounts = command.contains(" release ") || command.contains(" cancel ")
                        #expect(run.exitCode == (onlyCounts ? 1 : 0), "\(command): \(run.errors)")
                        outputs.append(run.output)
                    }
                    #expect(
                        outputs[2].hasSuffix("1 message to release: account main, since 2026-01-15T10:00:00.000Z\n")
                    )
                    #expect(outputs[6].hasPrefix("1 event: 1 message would be made\n  1 by order-built\n"))
                    #expect(outputs[8].split(separator: "\n").count == 4, "a title and three jobs")
                    #expect(outputs[9].split(separator: "\n").count == 2 && outputs[9].contains("order-later"))
                    #expect(outputs[10].contains("order-later  scheduled  1"))
                    let texts = await partner.received(atLeast: 2).compactMap(\.request.text)
                    #expect(Set(texts) == ["order-refused", "built 3"])
                }
            }
            let store = try await SQLiteOutbox.open(file, role: .tool)
            let counts = try await closing(store) { try await store.countsByState() }
            #expect(counts == [.accepted: 3, .failed: 1, .scheduled: 1])
        }
    }

    private func run(_ command: String, in folder: URL) async throws -> ProgramRun {
        let bin = folder.appending(path: "bin")
        if !FileManager.default.fileExists(atPath: bin.path) {
            try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: false)
            let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            let built = tests.deletingLastPathComponent().appending(path: "hookline")
            try FileManager.default.createSymbolicLink(at: bin.appending(path: "hookline"), withDestinationURL: built)
        }
        let environment = ["PATH": "\(bin.path):/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "100", "USER": "asha"]
        return try await Program("/bin/sh", ["-c", command], environment: environment, folder: folder.path).run()
    }

    /// What a day leaves behind on which the partner hung and a rule had a mistake.
    private func badDay(in file: String) async throws {
        let (store, now) = (try await SQLiteOutbox.open(file), SystemClock().now.advanced(by: .seconds(-3_600)))
        try await closing(store) {
            let later = now.advanced(by: .seconds(90_000))
            for (rule, due) in [("order-held", nil), ("order-refused", nil), ("order-later", Optional(later))] {
                let message = NewMessage(
                    id: MessageID(at: now),
                    rule: rule,
                    account: "main",
                    request: try Make.request(text: rule),
                    terms: SendTerms(dueAt: due, onUncertain: .hold)
                )
                _ = try await store.accept(Make.submission(source: "orders", messages: [message], at: now))
                guard let claimed = try await store.claim(at: now).first else { continue }
                let outcome: Outcome = rule == "order-held" ? .uncertain(Make.detail()) : .refused(Make.detail(422))
                _ = try await store.settle(claimed, outcome, at: now)
            }
            let event = NewEvent(
                id: EventID(at: now),
                source: "orders",
                type: "order.built",
                receivedAt: now,
                headers: [.contentType: "application/json"],
                rawBody: Array(#"{"event": "order.built", "id": "3", "phone": "9845061237"}"#.utf8),
                disposition: .matched
            )
            let failure = FailedMessage(id: MessageID(at: now), rule: "order-built", reason: "name is undefined")
            _ = try await store.accept(Submission(event: event, failures: [failure]))
        }
    }
}
