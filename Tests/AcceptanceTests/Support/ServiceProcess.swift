// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HooklineApp
import Sandbox
import ServiceConfiguration
import TestSupport
import Testing

/// The built command running `serve` as a process that is killed and started again over the same store.
///
/// Each run listens where the system lets it, as its first lines say.
struct ServiceProcess: Sendable {
    /// A run that ended although nobody ended it, or that is not to be had any more.
    struct Failure: Error {
        let what: String
    }

    /// The run that listens now.
    private struct Run: Sendable {
        let program: RunningProgram
        let url: String
    }

    private struct State: Sendable {
        var current: Run?
        var kills = 0
        /// Whether the run was killed whose end comes next.
        var isKilled = false
        var isEnding = false
        /// Whether there will be no run any more.
        var isOver = false
        var exitCode: Int32?
    }

    let settings: Settings
    private let program: Program
    private let state = Watchers(State())

    /// How often it was killed.
    var killCount: Int { state.value.kills }

    /// Starts it, lends it, and ends it.
    ///
    /// - Parameters:
    ///   - folder: Where its files are.
    ///   - rules: Its rule file, for the source `orders`.
    ///   - partnerPort: Where the sandbox listens.
    ///   - body: Uses it.
    /// - Throws: What the body throws, or why a run ended by itself.
    static func with(
        folder: URL,
        rules: String,
        partnerPort: Int,
        _ body: (ServiceProcess) async throws -> Void
    ) async throws {
        let process = try ServiceProcess(folder: folder, rules: rules, partnerPort: partnerPort)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await process.keepRunning() }
            try await body(process)
            _ = try await process.terminate()
            try await group.waitForAll()
        }
    }

    private init(folder: URL, rules: String, partnerPort: Int) throws {
        try Data(rules.utf8).write(to: folder.appending(path: "rules.yaml"))
        let text = """
            listen: 127.0.0.1:0
            store: sqlite:hookline.db
            rules: rules.yaml
            accounts:
              main:
                base_url: http://127.0.0.1:\(partnerPort)/api/v1/public
                api_key: \(SandboxSettings.defaultAPIKey)
                api_secret: \(SandboxSettings.defaultAPISecret)
            sources:
              orders: {secrets: ["crash-test-secret"], country: IN, event_type: body.event, event_id: body.id}
            admin: {listen: 127.0.0.1:0}
            log: {level: error}
            """
        let configuration = folder.appending(path: "hookline.yaml").path
        try Data(text.utf8).write(to: URL(filePath: configuration))
        var reader = SettingsReader(path: configuration)
        let (settings, diagnostics) = reader.read()
        self.settings = try #require(settings, "\(diagnostics)")
        program = .hookline(["serve", "--config", configuration])
    }

    /// Where its source listens; waits while it is being started.
    func url() async throws -> String {
        let reached = await state.until(at: nil) { $0.current != nil || $0.isOver }
        guard let run = reached.current else { throw Failure(what: "hookline serve is not running") }
        return run.url
    }

    /// Kills it without warning, and returns when the next run listens.
    func killAndRestart() async throws {
        let run = state.change { state in
            defer { state.current = nil }
            guard state.current != nil else { return state.current }
            state.isKilled = true
            state.kills += 1
            return state.current
        }
        run?.program.send(SIGKILL)
        _ = try await url()
    }

    /// Ends it as an init system would.
    ///
    /// - Returns: Its exit code.
    func terminate() async throws -> Int32 {
        let run = state.change { state in
            state.isEnding = true
            return state.current
        }
        run?.program.send(SIGTERM)
        return try #require(await state.until(at: nil) { $0.isOver }.exitCode)
    }

    /// One run after the other, until one is terminated.
    private func keepRunning() async throws {
        defer { state.change { ($0.current, $0.isOver) = (nil, true) } }
        while !state.value.isEnding {
            let exitCode = try await program.running { program in
                guard let address = await program.line(after: "hookline: hooks: listening on ") else { return }
                let run = Run(program: program, url: "http://\(address)/hooks/orders")
                state.change { ($0.current, $0.isKilled) = (run, false) }
                await program.untilEnded()
                state.change { $0.current = nil }
            }.exitCode
            let wasEnded = state.change { state in
                state.exitCode = exitCode
                return state.isEnding || state.isKilled
            }
            guard wasEnded else { throw Failure(what: "hookline serve ended with \(exitCode)") }
        }
    }
}
