// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Subprocess
import SystemPackage

// Programs that tests run: the built command, a TLS server. `Foundation.Process` is not used: up to Swift 6.3 its
// `run()` reads 256 bytes of each entry of /proc/self/fd, also of the last one before an unmapped page, and ended
// one of our CI runs (swift-corelibs-foundation, pull request 5472).

/// What a program printed on both streams until its end, and its exit code.
package struct FinishedProcess: Sendable {
    package let output: String
    package let errors: String
    /// As a shell counts: 128 and the signal's number where a signal ended it.
    package let exitCode: Int32
}

/// A program that runs beside the test that started it.
package struct ChildProcess: Sendable {
    /// A program that ended before it said what was waited for.
    package struct EndedEarly: Error, Hashable {
        let program: String
    }

    /// More than any test prints.
    private static let outputLimit = 64 << 20

    package let identifier: Int32
    private let end: Task<Int32, any Error>

    /// The command that was built with these tests, beside the test program.
    package static var hookline: String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "hookline").path
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - program: Its path, or its name in `PATH`.
    ///   - arguments: What it is given.
    ///   - input: The text on its standard input.
    ///   - folder: Where it runs; nil: where the tests run.
    ///   - environment: All of its environment; nil: that of the tests.
    /// - Returns: What it said.
    /// - Throws: `SubprocessError` where it cannot be started.
    package static func run(
        _ program: String,
        _ arguments: [String],
        input: String = "",
        in folder: URL? = nil,
        environment: [String: String]? = nil
    ) async throws -> FinishedProcess {
        let result = try await Subprocess.run(
            configuration(program, arguments, folder, environment),
            input: .string(input),
            output: .string(limit: outputLimit),
            error: .string(limit: outputLimit)
        )
        return FinishedProcess(
            output: result.standardOutput,
            errors: result.standardError,
            exitCode: exitCode(result.terminationStatus)
        )
    }

    /// Starts a program and waits until a line of its standard output says what is waited for.
    ///
    /// - Parameters:
    ///   - program: Its path, or its name in `PATH`.
    ///   - arguments: What it is given.
    ///   - find: What a line says; nil: wait for another one.
    /// - Returns: The program, which runs on, and what the line said.
    /// - Throws: `EndedEarly`; `SubprocessError` where it cannot be started.
    package static func start<Value: Sendable>(
        _ program: String,
        _ arguments: [String],
        until find: @escaping @Sendable (String) -> Value?
    ) async throws -> (process: ChildProcess, value: Value) {
        let (found, report) = AsyncThrowingStream.makeStream(of: (Int32, Value).self)
        let end = Task {
            defer { report.finish() }
            let result = try await Subprocess.run(
                configuration(program, arguments, nil, nil),
                input: .none,
                output: .sequence,
                error: .discarded
            ) { execution in
                // All of it is read, or the program would wait for somebody to do so.
                for try await line in execution.standardOutput.strings() {
                    if let value = find(line) { report.yield((execution.processIdentifier.value, value)) }
                }
            }
            return exitCode(result.terminationStatus)
        }
        for try await (identifier, value) in found {
            return (ChildProcess(identifier: identifier, end: end), value)
        }
        _ = try await end.value
        throw EndedEarly(program: program)
    }

    /// Sends a signal, as `SIGKILL`; does nothing when it has ended.
    package func signal(_ number: Int32) {
        kill(identifier, number)
    }

    /// Waits for its end.
    ///
    /// - Returns: The exit code as a shell counts.
    /// - Throws: What kept its output from being read.
    package func exitCode() async throws -> Int32 {
        try await end.value
    }

    private static func exitCode(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let number): 128 + number
        }
    }

    private static func configuration(
        _ program: String,
        _ arguments: [String],
        _ folder: URL?,
        _ environment: [String: String]?
    ) -> Configuration {
        let names = environment.map { names in
            Environment.custom(names.map { Array("\($0.key)=\($0.value)".utf8) + [0] })
        }
        return Configuration(
            executable: program.contains("/") ? .path(FilePath(program)) : .name(program),
            arguments: Arguments(arguments),
            environment: names ?? .inherit,
            workingDirectory: folder.map { FilePath($0.path) }
        )
    }
}
