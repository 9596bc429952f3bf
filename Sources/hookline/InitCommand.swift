// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Doctor
import Foundation
import Starters

/// `hookline init`: a folder to begin with.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a folder to begin with: configuration, rules with tests and samples, secrets.",
        discussion: """
            hookline init --preset razorpay shop
            Asks nothing, changes no file that is there, examines what it wrote, and ends with the next commands. Messages \
            go to the sandbox until the partner's key is set.
            """
    )

    @Option(help: "The sender: 'hookline sources list' shows those that are known.")
    var preset = "generic"
    @Argument(help: "The folder; this one if left out.")
    var folder = "."

    func run() async throws {
        var generator = SystemRandomNumberGenerator()
        let starter: Starter
        do throws(StarterError) {
            starter = try Starter(preset: preset, using: &generator)
        } catch {
            Terminal.printError("--preset: \(error.reason)")
            throw ExitCode(sysexit: .dataError)
        }
        try write(starter.files)
        let report = try await SandboxRun.during { await Doctor(configuration: path("hookline.yaml")).run() }
        let mend = report.isHealthy ? "" : "first mend what is WRONG above; 'hookline doctor' looks again\n"
        Terminal.print(Self.written(starter.files) + "\n" + report.text + "\n" + mend + next(starter))
    }

    private func path(_ file: String) -> String { folder == "." ? file : "\(folder)/\(file)" }

    /// Writes all, or nothing where one of them is there already.
    private func write(_ files: [Starter.File]) throws {
        let files = files.filter {
            $0.path != Starter.ignored || !FileManager.default.fileExists(atPath: path($0.path))
        }
        let taken = files.map { path($0.path) }.filter { FileManager.default.fileExists(atPath: $0) }
        guard taken.isEmpty else {
            for path in taken { Terminal.printError("\(path): is there already; expected a folder without it") }
            Terminal.printError(
                "for one more sender: init another folder, and copy its rules and its entry of 'sources' from there"
            )
            throw ExitCode(sysexit: .ioError)
        }
        do {
            for file in files {
                let url = URL(filePath: path(file.path))
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(),
                    withIntermediateDirectories: true,
                    attributes: file.isSecret ? [.posixPermissions: 0o700] : nil
                )
                let permissions: [FileAttributeKey: Any] = [.posixPermissions: file.isSecret ? 0o600 : 0o644]
                guard
                    FileManager.default.createFile(
                        atPath: url.path,
                        contents: Data(file.content),
                        attributes: permissions
                    )
                else { throw CocoaError(.fileWriteUnknown) }
            }
        } catch {
            Terminal.printError("\(folder): cannot be written: \(error.localizedDescription)")
            throw ExitCode(sysexit: .ioError)
        }
    }

    private static func written(_ files: [Starter.File]) -> String {
        let samples = files.filter { $0.path.contains("/samples/") }
        let others = files.filter { !$0.path.contains("/samples/") }
        let secret = others.map { "  \($0.path)\($0.isSecret ? "   (for you alone: tell it to the sender)" : "")\n" }
            .joined()
        return "written:\n\(secret)  and \(samples.count) samples of the sender's events below rules/samples/\n"
    }

    private func next(_ starter: Starter) -> String {
        let isPlain = folder.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0)) }
        let enter = folder == "." ? "" : "cd \(isPlain ? folder : "'\(folder.replacing("'", with: "'\\''"))'") && "
        let steps = starter.steps.enumerated().map { "  \($0.offset + 1). \($0.element)\n" }.joined()
        return """
            next:
              \(enter)hookline dev
              \(enter)\(starter.trial)
              \(enter)FLOWZIAC_API_KEY=pk_… FLOWZIAC_API_SECRET=… hookline serve

            The first runs the service with the partner's sandbox and shows what happens; the second, in another terminal, a first
            message; the third is for real. In the sender's dashboard:
            \(steps)
            """
    }
}
