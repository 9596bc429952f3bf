// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A program that a test starts as a process of its own.
///
/// All tests start processes here and nowhere else. Foundation's `Process` is not used: up to Swift 6.3 its `run()` reads
/// 256 bytes of each entry of /proc/self/fd, also of the last one before an unmapped page, and ended one of our CI runs
/// (swift-corelibs-foundation, pull request 5472).
package struct Program: Sendable {
    private let configuration: Configuration
    /// So many bytes of each stream are kept at most; more is an error of the test.
    private static let longestOutput = 16 << 20

    /// A program.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - arguments: What it is given.
    ///   - environment: All of its environment; that of the tests if left out.
    ///   - folder: Where it runs; where the tests do if left out.
    package init(
        _ path: String,
        _ arguments: [String] = [],
        environment: [String: String]? = nil,
        folder: String? = nil
    ) {
        configuration = Configuration(
            executable: .path(FilePath(path)),
            arguments: Arguments(arguments),
            environment: environment.map { .custom($0.map { Array("\($0)=\($1)\0".utf8) }) } ?? .inherit,
            workingDirectory: folder.map { FilePath($0) }
        )
    }

    /// The command that was built with these tests, which stands beside the test program.
    package static func hookline(
        _ arguments: [String],
        environment: [String: String]? = nil,
        folder: String? = nil
    ) -> Program {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let command = tests.deletingLastPathComponent().appending(path: "hookline")
        return Program(command.path, arguments, environment: environment, folder: folder)
    }

    /// Runs it to its end.
    ///
    /// - Parameter input: What stands on its standard input.
    /// - Returns: What it printed, and how it ended.
    /// - Throws: Why it could not be started.
    package func run(input: String = "") async throws -> ProgramRun {
        let run = try await Subprocess.run(
            configuration,
            input: .string(input),
            output: .string(limit: Self.longestOutput),
            error: .string(limit: Self.longestOutput)
        )
        return ProgramRun(output: run.standardOutput, errors: run.standardError, exitCode: run.terminationStatus.code)
    }

    /// Starts it, lends it while it runs, and kills it where it still does afterwards.
    ///
    /// - Parameters:
    ///   - showsErrors: Whether what it writes on standard error stands among the tests' own; it is dropped else.
    ///   - body: Uses it.
    /// - Returns: What the body returned, and how the program ended: its exit code, or 128 and the number of the signal
    ///   that ended it.
    /// - Throws: What the body throws, or why the program could not be started.
    package func running<Value: Sendable>(
        showsErrors: Bool = true,
        _ body: (RunningProgram) async throws -> Value
    ) async throws -> (value: Value, exitCode: Int32) {
        if showsErrors { return try await running(errors: .currentStandardError, body) }
        return try await running(errors: .discarded, body)
    }

    private func running<Value: Sendable>(
        errors: some ErrorOutputProtocol,
        _ body: (RunningProgram) async throws -> Value
    ) async throws -> (value: Value, exitCode: Int32) {
        let program = RunningProgram()
        let run = try await Subprocess.run(
            configuration,
            input: .none,
            output: .sequence,
            error: errors
        ) { execution in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { program.ended() }
                    for try await line in execution.standardOutput.strings() { program.printed(line) }
                }
                group.addTask {
                    for await signal in program.signals { try execution.send(signal: Signal(rawValue: signal)) }
                }
                defer {
                    // It may have ended by itself; then nobody gets the signal.
                    try? execution.send(signal: .kill)
                    group.cancelAll()
                }
                return try await body(program)
            }
        }
        return (run.closureResult, run.terminationStatus.code)
    }
}

/// What a program printed on both streams, and its exit code.
package struct ProgramRun: Hashable, Sendable {
    package let output: String
    package let errors: String
    /// The exit code, or 128 and the number of the signal that ended it.
    package let exitCode: Int32
}

/// A program that runs, as a test sees it.
package struct RunningProgram: Sendable {
    private struct Printed: Sendable {
        var lines: [String] = []
        var hasEnded = false
    }

    private let output = Watchers(Printed())
    fileprivate let signals: AsyncStream<Int32>
    private let wanted: AsyncStream<Int32>.Continuation

    fileprivate init() {
        (signals, wanted) = AsyncStream.makeStream()
    }

    fileprivate func printed(_ line: String) {
        output.change { $0.lines.append(line) }
    }

    fileprivate func ended() {
        output.change { $0.hasEnded = true }
    }

    /// Sends it a signal, such as `SIGTERM`; nothing happens when it has ended.
    package func send(_ signal: Int32) {
        wanted.yield(signal)
    }

    /// Waits for a line of its standard output.
    ///
    /// - Parameter start: How the line begins.
    /// - Returns: The rest of the first such line; `nil` when the program ended without it, or the waiting task was
    ///   cancelled.
    package func line(after start: String) async -> String? {
        let printed = await output.until(at: nil) { $0.hasEnded || $0.lines.contains { $0.hasPrefix(start) } }
        return printed.lines.first { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }

    /// Returns when it has closed its standard output, as a program does when it ends.
    package func untilEnded() async {
        _ = await output.until(at: nil) { $0.hasEnded }
    }
}

extension TerminationStatus {
    /// The exit code as shells say it.
    fileprivate var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
