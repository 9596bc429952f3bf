// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HooklineApp
import Sandbox
import Testing

/// The built command running `serve` as a process that can be killed and started again over the same store.
actor ServiceProcess {
    nonisolated let settings: Settings
    /// Where its source listens; the port stays the same over all runs.
    nonisolated let url: String
    private let configuration: String
    private var process: Process?
    private var isRestarting = false
    /// How often it was killed.
    private(set) var killCount = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// The exit code of the last run that was terminated.
    private(set) var exitCode: Int32?

    init(folder: URL, rules: String, partnerPort: Int) throws {
        let port = try Self.freePort()
        try Data(rules.utf8).write(to: folder.appending(path: "rules.yaml"))
        let text = """
            listen: 127.0.0.1:\(port)
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
        url = "http://127.0.0.1:\(port)/hooks/orders"
    }

    /// Starts it and waits until it says that it listens.
    func start() async throws {
        let output = Pipe()
        let process = Process()
        process.executableURL = Self.command
        process.arguments = ["serve", "--config", configuration]
        process.standardOutput = output
        try process.run()
        self.process = process
        try await Self.untilListening(output.fileHandleForReading)
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
        kill(process.processIdentifier, SIGKILL)
        await Self.untilExit(process)
        try await start()
    }

    /// Ends it as an init system would, and waits for its end.
    func terminate() async {
        guard let process else { return }
        process.terminate()
        await Self.untilExit(process)
        exitCode = process.terminationStatus
    }

    /// Returns when a run listens, at once unless it is being restarted.
    func untilListening() async {
        guard isRestarting else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// The command that was built with these tests, beside the test program.
    private static var command: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(
            path: "hookline"
        )
    }

    private static func untilExit(_ process: Process) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                process.waitUntilExit()
                continuation.resume()
            }
        }
    }

    private static func untilListening(_ output: FileHandle) async throws {
        let isListening = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var text = ""
                while !text.contains("hooks: listening on") {
                    let bytes = output.availableData
                    guard !bytes.isEmpty else { break }
                    text += String(decoding: bytes, as: UTF8.self)
                }
                continuation.resume(returning: text.contains("hooks: listening on"))
            }
        }
        try #require(isListening, "hookline serve ended before it listened")
    }

    /// A port that nobody has now; the service binds it a moment later.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
            }
        }
        try #require(result, "no port is free")
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
