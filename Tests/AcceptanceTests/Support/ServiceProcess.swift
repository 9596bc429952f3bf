// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ChildProcesses
import Foundation
import HooklineApp
import Sandbox
import Testing

/// The built command running `serve` as a process that can be killed and started again over the same store.
actor ServiceProcess {
    nonisolated let settings: Settings
    private let configuration: String
    private var process: ChildProcess?
    /// Where the source of the run that began last listens: the system chooses a port for each run.
    private var url = ""
    private var isRestarting = false
    /// How often it was killed.
    private(set) var killCount = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// The exit code of the last run that was terminated.
    private(set) var exitCode: Int32?

    init(folder: URL, rules: String, partnerPort: Int) throws {
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
        configuration = folder.appending(path: "hookline.yaml").path
        try Data(text.utf8).write(to: URL(filePath: configuration))
        var reader = SettingsReader(path: configuration)
        let (settings, diagnostics) = reader.read()
        self.settings = try #require(settings, "\(diagnostics)")
    }

    /// Starts it and waits until it says where it listens.
    func start() async throws {
        let (process, address) = try await ChildProcess.start(
            ChildProcess.hookline,
            ["serve", "--config", configuration]
        ) { line in
            line.firstRange(of: "hooks: listening on ").map {
                line[$0.upperBound...].trimmingCharacters(in: .whitespacesAndNewlines)
            }
        }
        self.process = process
        url = "http://\(address)/hooks/orders"
    }

    /// Kills it without warning and starts it again.
    func killAndRestart() async throws {
        guard let process, !isRestarting else { return }
        isRestarting = true
        // Also when it does not come up again: whoever waits must find that out.
        defer {
            isRestarting = false
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
        killCount += 1
        process.signal(SIGKILL)
        _ = try await process.exitCode()
        try await start()
    }

    /// Ends it as an init system would, and waits for its end.
    func terminate() async throws {
        guard let process else { return }
        process.signal(SIGTERM)
        exitCode = try await process.exitCode()
    }

    /// Where it listens, as soon as it does: at once unless it is being restarted.
    func listening() async -> String {
        if isRestarting { await withCheckedContinuation { waiting.append($0) } }
        return url
    }
}
